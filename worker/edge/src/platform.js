// What would be a crossing each between Rust and JavaScript, done in one: a text is decoded or
// encoded each time one crosses, and that is most of what a short request costs.

const PLAIN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'ETag, Retry-After, X-Pennon-Revision, X-Pennon-Stale, X-Request-Id',
};
const JSON_ONCE = { ...PLAIN, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };

/** The lines of a request's head that are read for each request; the time is the first. */
export function head({ method, url, headers }) {
  const of = (name) => headers.get(name) ?? '';
  return `${Date.now()}\n${method}\n${url}\n${of('authorization')}\n${of('origin')}\n${of('if-none-match')}\n${of('content-length')}`;
}

/**
 * An answer. `lines` are names and values of headers in turns; `bytes` lie in the module's memory,
 * which is used again, so they are copied.
 */
export function answer(status, isJson, isCompressed, lines, bytes) {
  const headers = { ...(isJson ? JSON_ONCE : PLAIN) };
  const words = lines.split('\n');
  for (let i = 1; i < words.length; i += 2) {
    headers[words[i - 1]] = words[i];
  }
  const init = isCompressed ? { status, headers, encodeBody: 'manual' } : { status, headers };
  return new Response(bytes === undefined ? null : bytes.slice(), init);
}
