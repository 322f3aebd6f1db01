import { useStatus } from 'pennon/react';
import type { ReactElement } from 'react';

/** Says how the page hears of published changes, and which revision it holds. */
export function LiveIndicator(): ReactElement {
  const { revision, failing, live, engine } = useStatus();
  return (
    <p
      className="live"
      role="status"
      data-live={!failing}
      data-push={live}
      data-revision={revision}
      data-engine={engine}
    >
      <span key={revision} className="live-dot" aria-hidden="true" />
      {told(revision, failing, live)}
    </p>
  );
}

function told(revision: number | undefined, failing: boolean, live: boolean): string {
  if (revision === undefined) return failing ? 'No plan, the console says why' : 'No plan yet';
  const how = failing ? 'Offline' : live ? 'Live by push' : 'Polling';
  return `${how}, plan ${revision}`;
}
