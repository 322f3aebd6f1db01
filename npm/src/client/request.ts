import { LEAVING_MAX_LENGTH } from './limits.ts';

/** A request that has not been answered by then counts as failed. */
const TIMEOUT_MS = 10_000;
/** A pause of more than a day is taken for a mistake. */
const RETRY_AFTER_MAX_SECONDS = 86_400;

/** An answer whose body has been read; `status` is 0 when there was none in time. */
export interface Answer {
  readonly status: number;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** The pause the other side asked for. */
  readonly retryMs?: number;
  readonly cause?: unknown;
}

/**
 * Asks, or hands in `body`, and reads the whole answer; gives up in time, and never rejects.
 *
 * What is handed in outlives the page. What is asked for is compared with the edge's by the browser's own cache: a
 * condition set by hand would cost a request for permission from another origin.
 */
export const request = async (
  fetch: typeof globalThis.fetch,
  url: string,
  body: string | undefined,
): Promise<Answer> => {
  try {
    const response = await fetch(url, {
      ...(body && { method: 'POST', body, keepalive: body.length < LEAVING_MAX_LENGTH }),
      cache: 'no-cache',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const seconds = Number(response.headers.get('retry-after')) || 0;
    return {
      status: response.status,
      bytes: new Uint8Array(await response.arrayBuffer()),
      retryMs: Math.min(seconds, RETRY_AFTER_MAX_SECONDS) * 1_000,
    };
  } catch (cause) {
    return { status: 0, cause };
  }
};
