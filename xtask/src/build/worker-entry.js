// What workerd starts: the handlers and objects of a Rust Worker, made to survive a trap.
//
// A panic in Rust ends in a trap, and the module's memory is then not to be trusted. The call after
// it starts a fresh instance, and every object makes its Rust half again from its own arguments.
import * as wasm from './index.js';

const HANDLERS = ['fetch', 'scheduled', 'queue'];
const METHODS = ['fetch', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'];

const state = wasm.__worker_init_state();

// A trap in a future that nobody awaits shows up nowhere else.
addEventListener('error', (event) => note(event.error));

/** How to reject each call that is under way: a trap ends them all, and workerd would not notice. */
const pending = new Set();

function note(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    state.criticalError = true;
    for (const reject of pending) {
      reject(error);
    }
    pending.clear();
  }
}

function failed(error) {
  note(error);
  throw error;
}

function guarded(call) {
  if (state.criticalError) {
    state.criticalError = false;
    wasm.__wbg_reset_state();
  }
  try {
    const result = call();
    return result instanceof Promise ? watched(result.catch(failed)) : result;
  } catch (error) {
    return failed(error);
  }
}

/** The outcome of a call, or the trap that ended the instance it was running in. */
function watched(result) {
  return new Promise((resolve, reject) => {
    pending.add(reject);
    result.then(resolve, reject).finally(() => pending.delete(reject));
  });
}

/** A class that workerd can construct, around a class that Rust exports. */
export function durable(Rust) {
  const halves = new WeakMap();
  const half = (object) => {
    const known = halves.get(object);
    if (known.instance !== state.instanceId) {
      known.instance = state.instanceId;
      known.rust = new Rust(known.ctx, known.env);
    }
    return known.rust;
  };
  class Durable {
    constructor(ctx, env) {
      halves.set(this, { ctx, env, instance: undefined, rust: undefined });
      guarded(() => half(this));
    }
  }
  for (const name of METHODS.filter((method) => method in Rust.prototype)) {
    Durable.prototype[name] = function method(...values) {
      return guarded(() => half(this)[name](...values));
    };
  }
  return Durable;
}

const entry = {};
for (const name of HANDLERS.filter((handler) => handler in wasm)) {
  entry[name] = (value, env, ctx) => guarded(() => wasm[name](value, env, ctx));
}

/** A told length up to which a body is read before Rust is called. */
const SMALL_BODY = 65_536;
/** Addresses of the routes that want a body. */
const WANTS_BODY = /^[^/]*\/\/[^/]*\/v1\/e(?:valuate|vents)(?:\?|$)/;

// A Worker that exports `answer` takes the body along, and answers at once where it need not wait.
if ('answer' in wasm) {
  entry.fetch = (request, env, ctx) => {
    // A slow upload does not make the request a later one.
    const now = Date.now();
    const answer = (body) => guarded(() => wasm.answer(request, env, ctx, now, body));
    const { method, url, headers } = request;
    const length = method === 'POST' && WANTS_BODY.test(url) ? headers.get('content-length') : null;
    if (length !== null && Number(length) <= SMALL_BODY) {
      return request.arrayBuffer().then((body) => answer(new Uint8Array(body)));
    }
    return answer();
  };
}
export default entry;
