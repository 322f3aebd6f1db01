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
      {revision === undefined
        ? 'No plan yet'
        : failing
          ? `Offline, plan ${revision}`
          : `Live, plan ${revision}`}
    </p>
  );
}
