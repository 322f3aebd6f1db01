// What would be a crossing each between Rust and JavaScript, done in one: a text is decoded or
// encoded each time one crosses, and that is most of what a short request costs.

const PLAIN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'ETag, Retry-After, X-Pennon-Revision, X-Pennon-Stale, X-Request-Id',
};
const JSON_ONCE = { ...PLAIN, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };

/** The lines of a request's head that are read for each request. */
export function head({ method, url, headers }) {
  const of = (name) => headers.get(name) ?? '';
  return `${method}\n${url}\n${of('authorization')}\n${of('origin')}\n${of('if-none-match')}`;
}

/** A body of at most `max` bytes, or nothing; of a longer one no more than `drained` bytes are read. */
export async function body(request, max, drained) {
  const kept = [];
  let total = 0;
  for await (const chunk of request.body ?? []) {
    total += chunk.length;
    if (total > drained) {
      break;
    }
    if (total <= max) {
      kept.push(chunk);
    }
  }
  return total > max ? undefined : new Uint8Array(await new Blob(kept).arrayBuffer());
}

/** An answer with a text, or none; `lines` are names and values of headers in turns. */
export function text(status, isJson, lines, text) {
  return new Response(text, { status, headers: headed(isJson ? JSON_ONCE : PLAIN, lines) });
}

/** An answer with bytes, or none. They lie in the module's memory, which is used again, so they are copied. */
export function bytes(status, isCompressed, lines, bytes) {
  const init = { status, headers: headed(PLAIN, lines) };
  return new Response(bytes?.slice(), isCompressed ? { ...init, encodeBody: 'manual' } : init);
}

function headed(base, lines) {
  const headers = { ...base };
  const words = lines.split('\n');
  for (let i = 1; i < words.length; i += 2) {
    headers[words[i - 1]] = words[i];
  }
  return headers;
}
