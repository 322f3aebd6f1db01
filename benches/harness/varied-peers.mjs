// Our adapter and flagd's over the varied flags instead of the logical ones.
import { variedFlags } from '../varied-flags.mjs';
import { fromHarness } from './place.mjs';
import { flagdConfiguration, variedUsers } from './varied-flagd.mjs';

const PEERS = {
  pennon: async (n) => {
    const { compile } = await import('./compile.mjs');
    const { plainRuleset } = await import('../varied-flags.mjs');
    return {
      ...(await import('./pennon.mjs')),
      configured: compile(await plainRuleset(n)),
      ctx: ({ id, ...attributes }) => ({ units: { user: id }, attributes }),
    };
  },
  flagd: async (n) => ({
    ...(await fromHarness('peers/flagd.mjs')),
    configured: flagdConfiguration(await variedFlags(n)),
    ctx: ({ id, ...attributes }) => ({ targetingKey: id, ...attributes }),
  }),
};

/** The adapter `name` with `n` varied flags, and what the tasks need of the harness, both about the same flags. */
export async function variedPeer(name, n) {
  const flags = await variedFlags(n);
  const users = await variedUsers(256);
  const kind = ({ vs }) => (vs[0] === false ? 'simple' : 'rules');
  return {
    peer: await PEERS[name](n),
    harness: {
      ...(await fromHarness('lib/timing.mjs')),
      flagSet: () => flags.map((flag) => ({ key: flag.key, kind: kind(flag) })),
      users: () => users,
    },
    certain: flags.filter(isCertain).map((flag) => ({ key: flag.key, kind: kind(flag) })),
  };
}

/** No hash takes part in the flag, so every engine must answer the same. */
const isCertain = ({ rules }) => rules.every(({ w }) => w.includes(100));

/** A number that two engines share when they answer alike about every certain flag and user. */
export async function agreement({ peer, harness, certain }) {
  const handle = await peer.create(await peer.load(), peer.configured);
  let sum = 0;
  for (const user of harness.users()) {
    const context = peer.ctx(user, handle);
    for (const { key, kind } of certain) {
      const value =
        kind === 'rules' ? peer.variant(handle, key, context) : peer.bool(handle, key, context);
      for (const char of `${key}=${value};`) sum = (Math.imul(sum, 31) + char.charCodeAt(0)) | 0;
    }
  }
  return sum;
}
