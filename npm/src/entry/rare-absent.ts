import { type Explain, explainWith } from '../client/explain.ts';
import type { Full } from '../client/wasm.ts';

export { evaluate } from '../client/remote.ts';
export { demandSigned } from '../client/trust.ts';
export { operate } from '../engine/operators.ts';

/** A Worker would have to carry the full wasm in every deployment, so there it explains nothing; the edge's API does. */
const loadFull = (): Promise<Full> =>
  Promise.reject(new Error('explanations are not available in Workers'));

/** Explains decisions there. */
export const explain: Explain = /* @__PURE__ */ explainWith(loadFull);
