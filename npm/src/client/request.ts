import { LEAVING_MAX_LENGTH } from './limits.ts';
import type { State } from './state.ts';

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
