import {
  createEvaluatorConnector,
  type Evaluator,
  type EvaluatorOptions,
} from '../client/evaluator.ts';
import { fromUrl } from '../client/wasm.ts';

export type { Reader, ReadOptions } from '../client/client.ts';
export type { Evaluator, EvaluatorOptions } from '../client/evaluator.ts';
export { FlagError } from '../errors.ts';
export * from '../types.ts';

const load = /* @__PURE__ */ fromUrl(/* @__PURE__ */ new URL('./eval.wasm', import.meta.url));

/** Evaluates plans that the application brings itself: no network, no storage, no exposures. */
export const createEvaluator: (options: EvaluatorOptions) => Promise<Evaluator> =
  /* @__PURE__ */ createEvaluatorConnector(load);
