import { createEngine, type Engine } from '../engine/engine.ts';
import type { Context } from '../types.ts';
import type { Reader } from './client.ts';
import { parseEnvelope } from './envelope.ts';
import { createReader } from './reader.ts';
import { failure, type Resolution, resolveDecision } from './resolution.ts';
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
  /** Replaces the context, and decides every flag for it at the present time. */
  setContext(context: Context): void;
}

/** Makes the `createEvaluator` of an environment; it rejects with a `FlagError` when the plan is damaged or too new. */
export const createEvaluatorConnector =
  (load: LoadWasm) =>
  async ({ plan, context = {}, now = Date.now }: EvaluatorOptions): Promise<Evaluator> => {
    const { instantiate } = await load();
    const table = new Map<string, Resolution>();
    let engine: Engine;
    let asked = context;
    let revision = 0;
    let expiresMs = 0;

    const setContext = (next: Context): void => {
      asked = next;
      table.clear();
      engine.setContext(next, now());
    };
    const setPlan = (bytes: Uint8Array): void => {
      const envelope = parseEnvelope(new Uint8Array(bytes));
      engine = createEngine(instantiate, envelope.plan);
      ({ revision, expiresMs } = envelope);
      setContext(asked);
    };
    const resolve = (key: string): Resolution => {
      const flag = engine.index(key);
      const isStale = !!expiresMs && now() > expiresMs;
      return flag < 0
        ? failure('FLAG_NOT_FOUND')
        : resolveDecision(engine, flag, engine.decide(flag), revision, isStale);
    };
    setPlan(plan);
    return {
      ...createReader((key) => {
        let answer = table.get(key);
        if (!answer) {
          answer = resolve(key);
          table.set(key, answer);
        }
        return answer;
      }),
      setPlan,
      setContext,
    };
  };
