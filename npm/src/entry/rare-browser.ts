import { type Explain, explainWith } from '../client/explain.ts';
import type { Full } from '../client/wasm.ts';

export { evaluate } from '../client/remote.ts';
export { demandSigned } from '../client/trust.ts';
export { operate } from '../engine/operators.ts';

/** Loads the full wasm from its own file. */
const loadFull = async (): Promise<Full> => {
  const full = await import('pennon:full');
  await full.default({ module_or_path: new URL('./full_bg.wasm', import.meta.url) });
  return full;
};

/** Explains decisions with the full wasm. */
export const explain: Explain = /* @__PURE__ */ explainWith(loadFull);
