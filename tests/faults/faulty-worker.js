// Runs in workerd in place of a Worker's own script, and passes everything on to it: through
// bindings that fail when a test says so. The shipped scripts know nothing of this.
//
//   POST /__faults   {"SHARD": {"mode": "refuse", "every": 3}}   replaces all faults of this Worker
//   GET  /__faults   {"SHARD": 12}                              how often each has struck
//   GET  /__rows     {"Shard": 120}                             rows that objects have written
//   *    /__object/BINDING/NAME/PATH                             asks an object as a Worker would
//
// Modes: `refuse` fails before anything is done; `hang` never answers; `deaf` does it and loses the
// answer; `answer` gives the fault's `answer` and does nothing; `trap` (of `Date` only) fails as a
// panic in Rust does; `watch` only counts. `only` limits a fault to calls one of whose arguments
// contains that text, `object` to calls of the object of that name, `method` to calls of that method
// of a binding, and `every` to each nth such call.
import * as real from './index.js';

const LONG_MS = 120_000;

let faults = {};
let struck = {};
let calls = {};

/** The fault that this call meets. */
function meets(name, args, { object, method } = {}) {
  const fault = faults[name];
  if (fault === undefined || (fault.object && fault.object !== object)) return undefined;
  if (fault.method && fault.method !== method) return undefined;
  if (fault.only && !args.some((arg) => names(arg, fault.only))) return undefined;
  calls[name] = (calls[name] ?? 0) + 1;
  if (calls[name] % (fault.every ?? 1) !== 0) return undefined;
  struck[name] = (struck[name] ?? 0) + 1;
  return fault.mode;
}

function names(arg, text) {
  const shown = typeof arg === 'string' ? arg : (arg?.url ?? '');
  return shown.includes(text);
}

/** Calls, unless the fault of that name says otherwise. */
function suffer(name, args, call, about) {
  switch (meets(name, args, about)) {
    case 'refuse':
      return Promise.reject(new Error(`${name} refuses, as the test wants`));
    case 'hang':
      return new Promise((resolve) => setTimeout(resolve, LONG_MS));
    case 'answer':
      return Promise.resolve(Response.json(faults[name].answer));
    case 'deaf':
      return Promise.resolve(call()).then(() => {
        throw new Error(`${name} loses its answer, as the test wants`);
      });
    default:
      return call();
  }
}

/** A binding whose methods suffer. Rust looks at the name of its constructor, which stays. */
function binding(name, target, isStub = false, object = undefined) {
  const isNamespace = target?.constructor?.name === 'DurableObjectNamespace';
  return new Proxy(target, {
    get(_, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== 'function' || property === 'constructor') return value;
      if (isStub && property !== 'fetch') return value.bind(target);
      if (!isNamespace) {
        const about = { object, method: property };
        return (...args) => suffer(name, args, () => value.apply(target, args), about);
      }
      return (...args) => {
        const result = value.apply(target, args);
        return property === 'get' || property === 'getByName'
          ? binding(name, result, true, args[0])
          : result;
      };
    },
  });
}

const environments = new WeakMap();

function failing(env) {
  let wrapped = environments.get(env);
  if (wrapped === undefined) {
    wrapped = {};
    for (const [name, value] of Object.entries(env)) {
      wrapped[name] = typeof value === 'object' && value !== null ? binding(name, value) : value;
    }
    environments.set(env, wrapped);
  }
  return wrapped;
}

const rows = {};

/** The context of an object, whose SQL statements are asked how many rows they wrote. */
function counted(name, ctx) {
  const around = (target, replacements) =>
    new Proxy(target, {
      get(_, property) {
        if (property in replacements) return replacements[property];
        const value = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  let last;
  const settle = () => {
    rows[name] = (rows[name] ?? 0) + (last?.rowsWritten ?? 0);
    last = undefined;
  };
  settlers.add(settle);
  const exec = (...args) => {
    settle();
    last = ctx.storage.sql.exec(...args);
    return last;
  };
  const sql = around(ctx.storage.sql, { exec });
  return around(ctx, { storage: around(ctx.storage, { sql }) });
}

/** A statement is only done when its rows have been read, so the last one of each object waits. */
const settlers = new Set();

/** A class of objects whose bindings, requests and alarms suffer. */
export function object(name, Real) {
  return class extends Real {
    constructor(ctx, env) {
      super(counted(name, ctx), failing(env));
    }
    fetch(request) {
      return suffer(`${name}.fetch`, [request], () => super.fetch(request));
    }
    alarm(...args) {
      return suffer(`${name}.alarm`, [], () => super.alarm(...args));
    }
  };
}

const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) panic();
    super(...args);
  }
  static now() {
    panic();
    return RealDate.now();
  }
};

function panic() {
  if (meets('Date', []) === 'trap') {
    throw new WebAssembly.RuntimeError('unreachable');
  }
}

// The cache is not a binding, so it is replaced where Rust looks for it.
Object.defineProperty(globalThis, 'caches', {
  value: { default: binding('CACHE', caches.default) },
});

/** The test's own routes; everything else belongs to the Worker. */
async function ownRoute(request, env) {
  const url = new URL(request.url);
  if (url.pathname === '/__faults') {
    if (request.method === 'POST') {
      faults = await request.json();
      struck = {};
      calls = {};
    }
    return Response.json(struck);
  }
  if (url.pathname === '/__rows') {
    for (const settle of settlers) settle();
    return Response.json(rows);
  }
  if (url.pathname.startsWith('/__object/')) {
    const [, , space, name, ...path] = url.pathname.split('/');
    const target = `https://object/${path.join('/')}${url.search}`;
    return env[space].getByName(decodeURIComponent(name)).fetch(new Request(target, request));
  }
  return undefined;
}

const entry = {};
for (const [name, handler] of Object.entries(real.default)) {
  entry[name] = (value, env, ctx) =>
    suffer(`@${name}`, [value], () => handler(value, failing(env), ctx));
}
const toWorker = entry.fetch;
entry.fetch = async (request, env, ctx) =>
  (await ownRoute(request, env)) ?? toWorker(request, env, ctx);

export default entry;
