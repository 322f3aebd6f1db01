const MAX_MS = 300_000;
/** What is repeated comes this much earlier or later by chance, so that many pages do not ask at one moment. */
const JITTER = 0.1;

/** The pause after so many failures in a row: it doubles with each, up to a limit. */
export const backOffMs = (baseMs: number, failures: number): number =>
  Math.min(baseMs * 2 ** failures, Math.max(MAX_MS, baseMs)) *
  (1 - JITTER + 2 * JITTER * Math.random());
