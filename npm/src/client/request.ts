/** A request that has not been answered by then counts as failed. */
const TIMEOUT_MS = 10_000;
/** A pause of more than a day is taken for a mistake. */
const RETRY_AFTER_MAX_MS = 86_400_000;

/** An answer whose body has been read; `status` is 0 when there was none in time. */
export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag?: string | null;
  /** The pause the other side asked for. */
  readonly retryMs?: number | undefined;
  readonly cause?: unknown;
}

/** Reads `Retry-After`: seconds, or a date. */
const toRetryMs = (text: string | null, nowMs: number): number | undefined => {
  const ms = Number.isNaN(Number(text)) ? Date.parse(`${text}`) - nowMs : Number(text) * 1_000;
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : undefined;
};

/** Asks and reads the whole answer; gives up in time even where `fetch` never settles, and never rejects. */
export const request = (
  fetch: typeof globalThis.fetch,
  nowMs: number,
  url: string,
  init: RequestInit,
): Promise<Answer> =>
  new Promise<Answer>((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    signal.onabort = reject;
    const ask = async (): Promise<Answer> => {
      const response = await fetch(url, { ...init, signal });
      const { headers, status } = response;
      return {
        status,
        bytes: new Uint8Array(await response.arrayBuffer()),
        etag: headers.get('etag'),
        retryMs: toRetryMs(headers.get('retry-after'), nowMs),
      };
    };
    ask().then(resolve, reject);
  }).catch((cause: unknown) => ({ status: 0, bytes: new Uint8Array(), cause }));
