import type { FlagValue } from '../types.ts';

const PARAMETER = 'pennon_override';

const parse = (text: string): FlagValue => {
  try {
    return JSON.parse(text) as FlagValue;
  } catch {
    return text;
  }
};

/**
 * Reads overrides from a page's address, for an application that wants that: `?pennon_override=key:value`, repeated.
 *
 * **Shape** The value is JSON where it is valid JSON, else text.
 *
 * **Example**
 * ```ts
 * createClient({ endpoint, key, overrides: overridesFrom(location.href) });
 * ```
 */
export const overridesFrom = (address: string): Readonly<Record<string, FlagValue>> => {
  const entries: [string, FlagValue][] = [];
  for (const entry of new URL(address).searchParams.getAll(PARAMETER)) {
    const colon = entry.indexOf(':');
    if (colon > 0) entries.push([entry.slice(0, colon), parse(entry.slice(colon + 1))]);
  }
  return Object.fromEntries(entries);
};
