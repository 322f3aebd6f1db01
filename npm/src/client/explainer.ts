import { FlagError, MESSAGES } from '../errors.ts';
import type { Context } from '../types.ts';
import type { Explanation } from './client.ts';
import type { Link } from './link.ts';
import type { CurrentPlan } from './plan-source.ts';
import type { LoadFull } from './wasm.ts';

/** Loads what explains and lets it explain `key`; rejects with a `FlagError`. */
export const explainWith = async (
  link: Link,
  loadFull: LoadFull,
  plan: CurrentPlan | undefined,
  context: Context,
  key: string,
  place: 'client' | 'server',
): Promise<Explanation> => {
  if (!plan) throw new FlagError('PROVIDER_NOT_READY');
  if (plan.engine.index(key) < 0) throw new FlagError('FLAG_NOT_FOUND');
  try {
    const { explain } = await import('./explain.ts');
    return await explain(link, loadFull, plan, context, key, place);
  } catch (cause) {
    throw new FlagError('GENERAL', MESSAGES.GENERAL, { cause });
  }
};
