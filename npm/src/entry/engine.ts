import { type Engine, createEngine as loadPlan } from '../engine/engine.ts';
import type { EngineExports } from '../engine/wasm.ts';

/** An engine that can also decide everything at once, which the client never does: it decides what is asked for. */
export interface WholeEngine extends Engine {
  /** All decisions by flag index, valid until the next call of any function of the engine. */
  decideAll(): Uint32Array;
}

/** The engine without a client, for benches and for comparing the builds of the core; not part of the public surface. */
export const createEngine = (
  instantiate: Parameters<typeof loadPlan>[0],
  ...plan: [plan: Uint8Array, place?: 'client' | 'server']
): WholeEngine => {
  let exports: WebAssembly.Exports | undefined;
  const engine = loadPlan(
    (imports) => {
      exports = instantiate(imports);
      return exports;
    },
    ...plan,
  );
  const wasm = exports as unknown as EngineExports;
  return {
    ...engine,
    decideAll() {
      wasm.all();
      return new Uint32Array(wasm.memory.buffer, wasm.at(5), engine.keys.length);
    },
  };
};
