import { createDialectEngine as loadDialectPlan } from '../engine/dialects/engine.ts';
import { type Engine, type Instantiate, createEngine as loadPlan } from '../engine/engine.ts';
import { operate } from '../engine/operators.ts';

/** An engine that can also decide everything at once, which the client never does: it decides what is asked for. */
export interface WholeEngine extends Engine {
  /** All decisions by flag index, valid until the next call of any function of the engine. */
  decideAll(): Uint32Array;
}

/** The engine without a client, for benches and for comparing the builds of the core; not part of the public surface. */
export const createEngine = (
  instantiate: Instantiate,
  plan: Uint8Array,
  place?: 'client' | 'server',
): WholeEngine => {
  return whole(loadPlan(instantiate, plan, place === 'server' ? place : undefined, operate));
};

/** The same for a plan of other dialects, with `eval-posthog`. */
export const createDialectEngine = (
  instantiate: Instantiate,
  plan: Uint8Array,
  place?: 'client' | 'server',
): WholeEngine => whole(loadDialectPlan(instantiate, plan, place === 'server' ? place : undefined));

const whole = (engine: Engine): WholeEngine => {
  const { decide } = engine;
  let decisions: Uint32Array | undefined;
  return {
    ...engine,
    decideAll() {
      decisions ??= new Uint32Array(engine.keys().length);
      const all = decisions;
      const { length } = all;
      for (let flag = 0; flag < length; flag++) all[flag] = decide(flag);
      return all;
    },
  };
};
