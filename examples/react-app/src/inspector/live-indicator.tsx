import { useStatus } from 'pennon/react';
import type { ReactElement } from 'react';

/** Says whether the page follows published changes, and which revision it holds. */
export function LiveIndicator(): ReactElement {
  const { revision, failing, engine } = useStatus();
  return (
    <p
      className="live"
      role="status"
      data-live={!failing}
      data-revision={revision}
      data-engine={engine}
    >
      <span key={revision} className="live-dot" aria-hidden="true" />
      {told(revision, failing)}
    </p>
  );
}

function told(revision: number | undefined, failing: boolean): string {
  if (revision === undefined) return failing ? 'No plan, the console says why' : 'No plan yet';
  return `${failing ? 'Offline' : 'Live'}, plan ${revision}`;
}
