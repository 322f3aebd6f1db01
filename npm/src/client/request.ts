import { LEAVING_MAX_LENGTH, REQUEST_TIMEOUT_MS, RETRY_AFTER_MAX_SECONDS } from './limits.ts';
import type { State } from './state.ts';

/** An answer whose body has been read; `status` is 0 when there was none in time. */
export interface Answer {
  readonly status: number;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** The pause the other side asked for. */
  readonly retryMs?: number;
  readonly cause?: unknown;
}

/** See `ask`, which what loads on demand is handed. */
export type Ask = (state: State, path: string, body?: string) => Promise<Answer>;

/**
 * Asks what lies at `path` below the edge's `/v1/`, or hands in `body` there, and reads the whole answer; gives up in
 * time, and never rejects.
 *
 * What is handed in outlives the page. What is asked for is compared with the edge's by the browser's own cache: a
 * condition set by hand would cost a request for permission from another origin.
 */
export const ask: Ask = async (state, path, body) => {
  try {
    // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
    const call = state.fetch ?? fetch;
    const response = await (state.adapt?.(call) ?? call)(state.address + path, {
      ...(body && { method: 'POST', body, keepalive: body.length < LEAVING_MAX_LENGTH }),
      cache: 'no-cache',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return {
      status: response.status,
      bytes: new Uint8Array(await response.arrayBuffer()),
      retryMs:
        Math.min(Number(response.headers.get('retry-after')) || 0, RETRY_AFTER_MAX_SECONDS) * 1_000,
    };
  } catch (cause) {
    return { status: 0, cause };
  }
};
