import { createEngine, type Engine } from '../engine/engine.ts';
import type { Context } from '../types.ts';
import type { Reader } from './client.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { createReader } from './reader.ts';
import { type Resolution, resolve } from './resolution.ts';
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
    let envelope: Envelope;

    const setContext = (next: Context): void => {
      context = next;
      table.clear();
      engine.setContext(context, now());
    };
    const setPlan = (bytes: Uint8Array): void => {
      const next = parseEnvelope(bytes);
      engine = createEngine(instantiate, next.plan);
      envelope = next;
      setContext(context);
    };
    const answer = (key: string): Resolution => {
      let known = table.get(key);
      if (!known) {
        const { revision, expiresMs } = envelope;
        known = resolve(engine, key, revision, !!expiresMs && now() > expiresMs);
        table.set(key, known);
      }
      return known;
    };
    setPlan(plan);
    return { ...createReader<unknown, Reader>(answer), setPlan, setContext };
  };
