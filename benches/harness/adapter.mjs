// What the harness asks of an adapter, over the engine of the package. Runs in Node and in a page.

export const name = 'pennon';
export const pkg = 'pennon';
export const engine = 'Rust->WASM (raw ABI, plan)';

/**
 * The adapter's functions over `createEngine` of the built package.
 * Every read goes the way of an app: flag key, index, decision, value. A context that differs from the last one
 * is written first, and writing it forgets every decision made before.
 */
export function adapterOver(createEngine) {
  return {
    create(module, plan) {
      const handle = {};
      const instantiate = (imports) => {
        const { exports } = new WebAssembly.Instance(module, imports);
        handle.memory = exports.memory;
        return exports;
      };
      handle.update = (bytes) => {
        handle.engine = createEngine(instantiate, bytes);
        handle.last = undefined;
      };
      handle.update(plan);
      return handle;
    },
    ctx: ({ id, country, email, age, plan, appVersion }) => ({
      units: { user: id },
      attributes: { country, email, age, plan, appVersion },
    }),
    bool: read,
    variant: read,
    all,
    // What `all` leaves to the reader: the value of every decision.
    allValues(handle, context) {
      const decisions = all(handle, context);
      const values = new Array(decisions.length);
      for (let flag = 0; flag < values.length; flag++) {
        values[flag] = handle.engine.value(flag, decisions[flag]);
      }
      return values;
    },
  };
}

function read(handle, key, context) {
  setContext(handle, context);
  const flag = handle.engine.index(key);
  return handle.engine.value(flag, handle.engine.decide(flag));
}

function all(handle, context) {
  setContext(handle, context);
  return handle.engine.decideAll();
}

function setContext(handle, context) {
  if (context === handle.last) return;
  handle.engine.setContext(context, Date.now());
  handle.last = context;
}
