import { readFile } from 'node:fs/promises';
import { type Explain, explainWith } from '../client/explain.ts';
import type { Full } from '../client/wasm.ts';

export { evaluate } from '../client/remote.ts';
export { demandSigned } from '../client/trust.ts';
export { operate } from '../engine/operators.ts';

/** Reads the full wasm from this package's folder. */
const loadFull = async (): Promise<Full> => {
  const full = await import('pennon:full');
  full.initSync({ module: await readFile(new URL('./full_bg.wasm', import.meta.url)) });
  return full;
};

/** Explains decisions with the full wasm. */
export const explain: Explain = /* @__PURE__ */ explainWith(loadFull);
