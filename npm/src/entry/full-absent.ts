import type { Full } from '../client/wasm.ts';
import { FlagError } from '../errors.ts';

/** A Worker would have to carry the full wasm in every deployment, so there it explains nothing; the edge's API does. */
export const loadFull = async (): Promise<Full> => {
  throw new FlagError('GENERAL', 'explanations are not available in Workers');
};
