/** A request that has not been answered by then counts as failed. */
const TIMEOUT_MS = 10_000;
const RETRY_AFTER_MAX_MS = 300_000;

/** An answer whose body has been read. */
export interface Answer {
  readonly response: Response;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Asks, reads the whole answer, and gives up in time even where `fetch` never settles; rejects when it failed. */
export const request = (
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort();
      reject(new Error('timeout'));
    }, TIMEOUT_MS);
    (async () => {
      const response = await fetch(url, { ...init, signal: controller.signal });
      return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
    })()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });

/** Reads `Retry-After`: seconds, or a date. */
export const retryAfterMs = (response: Response, nowMs: number): number | undefined => {
  const text = response.headers.get('retry-after');
  if (!text) return undefined;
  const ms = Number.isNaN(+text) ? Date.parse(text) - nowMs : +text * 1_000;
  return ms >= 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : undefined;
};
