import type { PlanSource } from './plan-source.ts';

const BACK_OFF_MAX_MS = 300_000;
/** What is repeated comes this much earlier or later by chance, so that many pages do not ask at one moment. */
const JITTER = 0.1;

/** The pause after so many failures in a row: it doubles with each, up to a limit. */
export const backOffMs = (baseMs: number, failures: number): number =>
  Math.min(baseMs * 2 ** failures, Math.max(BACK_OFF_MAX_MS, baseMs)) *
  (1 - JITTER + 2 * JITTER * Math.random());

/** Looks again and again: regularly, later after failures. */
export interface Poller {
  start(): Promise<void>;
  stop(): void;
  /** Looks at once. */
  look(): Promise<void>;
}

/**
 * `lookOnce` tells for how long the other side wants to be left alone, and `plans` whether it failed; while `isHidden`,
 * nobody would see what is found.
 */
export const createPoller = (
  lookOnce: () => Promise<number | undefined>,
  plans: PlanSource,
  intervalMs: number,
  isHidden?: () => boolean,
): Poller => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> = Promise.resolve();
  let isStarted = false;
  let failures = 0;

  const look = (): Promise<void> => {
    // One after the other: a look that is under way may have been answered before the change somebody waits for.
    looking = looking.then(lookOnce).then((retryMs = 0) => {
      failures = plans.failing ? failures + 1 : 0;
      clearTimeout(timer);
      if (!isStarted || !(intervalMs > 0)) return;
      timer = setTimeout(
        () => void (isHidden?.() || look()),
        Math.max(retryMs, backOffMs(intervalMs, failures)),
      );
      // A server process may end although it would look again.
      (timer as { unref?: () => void }).unref?.();
    });
    return looking;
  };
  return {
    look,
    start() {
      isStarted = true;
      return look();
    },
    stop() {
      isStarted = false;
      clearTimeout(timer);
    },
  };
};
