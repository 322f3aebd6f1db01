import type { Context } from '../types.ts';
import type { Explanation } from './client.ts';
import type { Link } from './link.ts';
import type { CurrentPlan } from './plan-source.ts';
import type { LoadFull } from './wasm.ts';

// This module loads on demand, so it imports nothing that the page already has: that would split shared code off.

/** The names file is only polish: an explanation without it speaks of ids. */
const fetchNames = async (
  { endpoint, headers, keyPath, send }: Link,
  hash: Uint8Array,
): Promise<Uint8Array | undefined> => {
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { status, bytes } = await send(`${endpoint}/v1/names/${keyPath}/${hex}`, { headers });
  return status === 200 ? bytes : undefined;
};

/** Explains one decision of `plan` with the full wasm. */
export const explain = async (
  link: Link,
  loadFull: LoadFull,
  { hash, plan }: CurrentPlan,
  context: Context,
  key: string,
  place: 'client' | 'server',
): Promise<Explanation> => {
  const [full, names] = await Promise.all([loadFull(), fetchNames(link, hash)]);
  return full.explain(plan, names, context, key, link.now(), place);
};
