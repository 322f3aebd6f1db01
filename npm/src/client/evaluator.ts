import { createEngine } from '../engine/engine.ts';
import { operate } from '../engine/operators.ts';
import type { Context } from '../types.ts';
import type { Reader } from './client.ts';
import { parseEnvelope } from './envelope.ts';
import { createReader } from './reader.ts';
import { type DecidingPlan, type Resolution, resolve } from './resolution.ts';
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
    let current: DecidingPlan;

    const setContext = (next: Context): void => {
      context = next;
      table.clear();
      current.engine.setContext(context, now());
    };
    const setPlan = (bytes: Uint8Array): void => {
      const envelope = parseEnvelope(bytes);
      current = {
        ...envelope,
        engine: createEngine(instantiate, envelope.plan, undefined, operate),
      };
      setContext(context);
    };
    const answer = (key: string): Resolution => {
      const known = table.get(key) ?? resolve(current, key, now());
      table.set(key, known);
      return known;
    };
    setPlan(plan);
    return { ...createReader<unknown, Reader>(answer), setPlan, setContext };
  };
