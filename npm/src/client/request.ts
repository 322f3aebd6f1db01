/** A request that has not been answered by then counts as failed. */
const TIMEOUT_MS = 10_000;
/** A pause of more than a day is taken for a mistake. */
const RETRY_AFTER_MAX_SECONDS = 86_400;

/** An answer whose body has been read; `status` is 0 when there was none in time. */
export interface Answer {
  readonly status: number;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly etag?: string | null;
  /** The pause the other side asked for. */
  readonly retryMs?: number;
  readonly cause?: unknown;
}

/** Asks and reads the whole answer; gives up in time, and never rejects. */
export const request = async (
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
): Promise<Answer> => {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { headers, status } = response;
    const seconds = Number(headers.get('retry-after')) || 0;
    return {
      status,
      bytes: new Uint8Array(await response.arrayBuffer()),
      etag: headers.get('etag'),
      retryMs: Math.min(seconds, RETRY_AFTER_MAX_SECONDS) * 1_000,
    };
  } catch (cause) {
    return { status: 0, cause };
  }
};
