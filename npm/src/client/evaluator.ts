import { createEngine } from '../engine/engine.ts';
import type { Context } from '../types.ts';
import type { Reader } from './client.ts';
import { parseEnvelope } from './envelope.ts';
import { createReader } from './reader.ts';
import { createStore } from './store.ts';
import type { LoadWasm } from './wasm.ts';

/** What `createEvaluator` takes; `plan` is a published plan in its envelope. */
export interface EvaluatorOptions {
  readonly plan: Uint8Array;
  readonly context?: Context;
  readonly now?: () => number;
}

/** The flags of one context, decided from plans that the application brings. */
export interface Evaluator extends Reader {
  /** Replaces the plan. Throws a `FlagError` when it is damaged or too new, and the earlier one stays. */
  setPlan(plan: Uint8Array): void;
  setContext(context: Context): void;
  /** Calls `listener` with the keys whose answer changed. */
  subscribe(listener: (changed: readonly string[]) => void): () => void;
}

/** Makes the `createEvaluator` of an environment; it rejects with a `FlagError` when the plan is damaged or too new. */
export const createEvaluatorConnector =
  (load: LoadWasm) =>
  async ({ plan, context = {}, now = Date.now }: EvaluatorOptions): Promise<Evaluator> => {
    const { instantiate } = await load();
    let expiresMs = 0;
    const store = createStore(
      {
        now,
        isStale: () => expiresMs > 0 && now() > expiresMs,
        seen: () => {},
        report: () => {},
      },
      context,
      undefined,
      undefined,
    );
    const setPlan = (bytes: Uint8Array): void => {
      const envelope = parseEnvelope(new Uint8Array(bytes));
      const engine = createEngine(instantiate, envelope.plan);
      expiresMs = envelope.expiresMs;
      store.setPlan({ engine, revision: envelope.revision });
    };
    setPlan(plan);
    return {
      ...createReader(store.read),
      setPlan,
      setContext: store.setContext,
      subscribe: store.subscribe,
    };
  };
