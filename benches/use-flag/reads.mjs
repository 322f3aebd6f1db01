// The read of `useFlag` in the built package, and `Map.get` of the same keys.
import { createClient } from 'pennon/inline';
import { FlagProvider, useFlag } from 'pennon/inline/react';
import { snapshots } from 'react';

/** Nanoseconds of one read each, for `flags` (`{key, kind}`) of a bootstrapped plan. */
export async function reads({ benchSync, median }, envelope, flags) {
  const client = createClient({
    endpoint: 'http://127.0.0.1:1',
    key: 'pk_env_bench_key',
    context: {
      units: { user: 'user-1' },
      attributes: { country: 'SE', email: 'a@example.com', age: 30 },
    },
    bootstrap: { plan: envelope },
    consent: false,
    autoStart: false,
    logger: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  await client.ready();
  FlagProvider({ client });
  const values = flags.map(({ key, kind }) => useFlag(key, kind === 'rules' ? 'none' : false));
  if (new Set(values).size !== 6 || values.includes('none')) {
    throw new Error(`unexpected values: ${[...new Set(values)].join(', ')}`);
  }
  const keys = flags.map(({ key }) => key);
  const map = new Map(keys.map((key, i) => [key, values[i]]));
  const times = { targetMs: 40, rounds: 7, warmMs: 80 };
  const each = (loop) => median(benchSync(loop, times)) / flags.length;
  // Two loops of their own: a shared one would be slow for whoever comes second.
  const useFlagNs = each(() => {
    let on = 0;
    for (const snapshot of snapshots) if (snapshot() === true) on++;
    return on;
  });
  const mapGetNs = each(() => {
    let on = 0;
    for (const key of keys) if (map.get(key) === true) on++;
    return on;
  });
  return { useFlag: useFlagNs, mapGet: mapGetNs };
}
