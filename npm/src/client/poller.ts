import type { Page } from './page.ts';

/** What one look came to; `retryMs` is the pause the other side asked for. */
export interface Look {
  readonly failed: boolean;
  readonly retryMs?: number | undefined;
}

const BACK_OFF_MAX_MS = 300_000;
/** Looks come this much earlier or later by chance, so that many pages do not ask at one moment. */
const JITTER = 0.1;

/** Looks again and again while the page is visible: regularly, later after failures, at once when the page comes back. */
export interface Poller {
  /** Looks as soon as `before` has settled, and then regularly; settles after the first look. */
  start(before?: Promise<unknown>): Promise<void>;
  stop(): void;
  /** Looks at once. */
  look(): Promise<void>;
}

export const createPoller = (
  lookOnce: () => Promise<Look>,
  intervalMs: number,
  page: Page | undefined,
  onHide: () => void,
): Poller => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopWatching: (() => void) | undefined;
  let failures = 0;

  const schedule = (retryMs: number | undefined): void => {
    clearTimeout(timer);
    if (!stopWatching || !(intervalMs > 0) || page?.isHidden()) return;
    const backOffMs = Math.min(intervalMs * 2 ** failures, Math.max(BACK_OFF_MAX_MS, intervalMs));
    const ms = Math.max(retryMs ?? 0, backOffMs * (1 - JITTER + 2 * JITTER * Math.random()));
    timer = setTimeout(() => void look(), ms);
    // A server process may end although it would look again.
    (timer as { unref?: () => void }).unref?.();
  };
  const look = (): Promise<void> => {
    // One after the other: a look that is under way may have been answered before the change somebody waits for.
    looking = looking.then(lookOnce).then(({ failed, retryMs }) => {
      failures = failed ? failures + 1 : 0;
      schedule(retryMs);
    });
    return looking;
  };
  return {
    look,
    start(before) {
      if (stopWatching) return looking;
      looking = looking.then(() => before as Promise<void>);
      stopWatching =
        page?.watch(
          () => {
            clearTimeout(timer);
            onHide();
          },
          () => void look(),
        ) ?? (() => {});
      return look();
    },
    stop() {
      clearTimeout(timer);
      stopWatching?.();
      stopWatching = undefined;
    },
  };
};
