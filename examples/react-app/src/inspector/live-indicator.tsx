import { useClient } from 'pennon/react';
import { type ReactElement, useSyncExternalStore } from 'react';

/** Says whether the page follows published changes, and which revision it holds. */
export function LiveIndicator(): ReactElement {
  const client = useClient();
  const status = useSyncExternalStore(
    (listener) => client.subscribe(listener),
    () => client.status(),
  );
  return (
    <p className="live" role="status" data-live={!status.stale} data-revision={status.revision}>
      <span key={status.revision} className="live-dot" aria-hidden="true" />
      {status.revision === undefined
        ? 'No plan yet'
        : status.stale
          ? `Offline, plan ${status.revision}`
          : `Live, plan ${status.revision}`}
    </p>
  );
}
