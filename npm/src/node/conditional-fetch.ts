type Fetch = typeof globalThis.fetch;

/** The last answer that had an ETag. */
interface Known {
  readonly url: unknown;
  readonly etag: string;
  readonly body: ArrayBuffer;
}

/**
 * Does for a server what a browser's HTTP cache does for a page: asks only whether the last answer still holds, and
 * gives it again when it does. Every request carries `headers` besides.
 */
export const createConditionalFetch = (
  headers: Readonly<Record<string, string>> = {},
): ((fetch: Fetch) => Fetch) => {
  let known: Known | undefined;
  return (fetch) => async (url, init) => {
    const last = known?.url === url ? known : undefined;
    // Options about the browser's cache and about pages that end; Workers refuse them.
    const { cache: _, keepalive: __, ...rest } = init ?? {};
    const response = await fetch(url, {
      ...rest,
      headers: { ...headers, ...(last && { 'if-none-match': last.etag }) },
    });
    if (last && response.status === 304) return new Response(last.body);
    const etag = response.headers.get('etag');
    if (!etag || response.status !== 200) return response;
    const body = await response.arrayBuffer();
    known = { url, etag, body };
    return new Response(body, { headers: response.headers });
  };
};
