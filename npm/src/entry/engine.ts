import { type Engine, createEngine as loadPlan } from '../engine/engine.ts';

/** An engine that can also decide everything at once, which the client never does: it decides what is asked for. */
export interface WholeEngine extends Engine {
  /** All decisions by flag index, valid until the next call of any function of the engine. */
  decideAll(): Uint32Array;
}

/** The engine without a client, for benches and for comparing the builds of the core; not part of the public surface. */
export const createEngine = (...input: Parameters<typeof loadPlan>): WholeEngine => {
  const engine = loadPlan(...input);
  const decisions = new Uint32Array(engine.keys.length);
  return {
    ...engine,
    decideAll() {
      for (let flag = 0; flag < decisions.length; flag++) decisions[flag] = engine.decide(flag);
      return decisions;
    },
  };
};
