import type { Instantiate } from '../engine/engine.ts';
import type { Context } from '../types.ts';
import type { Explanation } from './client.ts';

/** The evaluator, ready to be instantiated for a plan. */
export interface Loaded {
  readonly instantiate: Instantiate;
  readonly kind: 'wasm' | 'fallback';
}

/** Gives the evaluator: at once where it is at hand, else when it has loaded. Rejects when it cannot be had now. */
export type LoadWasm = () => Loaded | Promise<Loaded>;

/** The part of the full wasm that this package uses. */
export interface Full {
  explain(
    plan: Uint8Array,
    names: Uint8Array | undefined,
    context: Context,
    key: string,
    nowMs: number,
    place: string,
  ): Explanation;
}

/** Gives the full wasm, which is large and only loaded to explain. */
export type LoadFull = () => Promise<Full>;

/** Wraps a compiled module. */
export const fromModule = (module: WebAssembly.Module): Loaded => ({
  instantiate: (imports) => new WebAssembly.Instance(module, imports).exports,
  kind: 'wasm',
});

/** The same evaluator as JavaScript, for pages whose policy forbids WebAssembly. */
const loadFallback = async (): Promise<Loaded> => ({
  instantiate: (await import('pennon:fallback')).instantiate,
  kind: 'fallback',
});

/** Loads the wasm from its own file, once; a failed attempt is made again, because the network may be back. */
export const fromUrl = (url: URL): LoadWasm => {
  let loading: Promise<Loaded> | undefined;
  const load = async (): Promise<Loaded> => {
    try {
      const bytes = await (await fetch(url)).arrayBuffer();
      return WebAssembly.compile(bytes).then(fromModule, loadFallback);
    } catch (cause) {
      loading = undefined;
      throw cause;
    }
  };
  return () => {
    loading ??= load();
    return loading;
  };
};

/** Compiles bytes that came with the code. */
export const fromBytes = (decode: () => BufferSource): LoadWasm => {
  let loaded: Loaded | undefined;
  return () => {
    try {
      loaded ??= fromModule(new WebAssembly.Module(decode()));
      return loaded;
    } catch {
      return loadFallback();
    }
  };
};
