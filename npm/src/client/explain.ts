import { FlagError, MESSAGES } from '../errors.ts';
import type { Context } from '../types.ts';
import type { Explanation } from './client.ts';
import type { Link } from './link.ts';
import { request } from './request.ts';
import type { LoadFull } from './wasm.ts';

/** The names file is only polish: an explanation without it speaks of ids. */
const fetchNames = async ({ fetch, namesUrl, headers, report }: Link, hash: Uint8Array): Promise<string | undefined> => {
  try {
    const { response, bytes } = await request(fetch, namesUrl(hash), { headers: { ...headers } });
    return response.ok ? new TextDecoder().decode(bytes) : undefined;
  } catch (cause) {
    report('the names of the plan could not be fetched', cause);
    return undefined;
  }
};

/** Explains one decision with the full wasm; rejects with a `FlagError`. */
export const explain = async (
  link: Link,
  loadFull: LoadFull,
  context: Context,
  key: string,
): Promise<Explanation> => {
  const plan = link.plans.current();
  if (!plan) throw new FlagError('PROVIDER_NOT_READY');
  if (plan.engine.index(key) < 0) throw new FlagError('FLAG_NOT_FOUND');
  try {
    const [full, names] = await Promise.all([loadFull(), fetchNames(link, plan.envelope.hash)]);
    return full.explain(plan.envelope.plan, names, context, key, link.now(), 'client');
  } catch (cause) {
    throw new FlagError('GENERAL', MESSAGES.GENERAL, { cause });
  }
};
