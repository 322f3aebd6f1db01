// The build puts the artefacts of `wasm/` behind these names; see `build.mjs`.

/** The package's version, which the build puts in. */
declare const PENNON_VERSION: string;

declare module 'pennon:wasm-text' {
  /** The wasm, encoded by `encode.mjs`. */
  export const text: string;
}

declare module 'pennon:wasm-module' {
  const module: WebAssembly.Module;

  // biome-ignore lint/style/noDefaultExport: A wasm module is imported so.
  export { module as default };
}

declare module 'pennon:fallback' {
  export const instantiate: (imports: WebAssembly.Imports) => WebAssembly.Exports;
}

declare module 'pennon:full' {
  export const compile: (
    ruleset: unknown,
    audience: 'public' | 'server',
  ) => { readonly plan: Uint8Array; readonly names: Uint8Array };
  export const decide: (
    plan: Uint8Array,
    context: unknown,
    key: string,
    nowMs: number,
    place: 'client' | 'server',
  ) => Readonly<Record<string, unknown>>;
  export const initSync: (input: { module: BufferSource }) => unknown;
  export const explain: import('./client/wasm.ts').Full['explain'];
  const init: (input: { module_or_path: URL }) => Promise<unknown>;

  // biome-ignore lint/style/noDefaultExport: wasm-bindgen exports it so.
  export { init as default };
}
