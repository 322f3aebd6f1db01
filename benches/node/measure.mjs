// One measurement of one peer in this process: `node measure.mjs <peer> <task> [flags…]`; prints `@@{…}`.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fromHarness } from '../harness/place.mjs';
import { agreement, variedPeer } from '../harness/varied-peers.mjs';
import { all, decisions } from '../tasks.mjs';

const [peerPath, task, ...sizes] = process.argv.slice(2);
const harness = {
  ...(await fromHarness('lib/logical.mjs')),
  ...(await fromHarness('lib/timing.mjs')),
};
const peer = await (peerPath.includes('/')
  ? import(pathToFileURL(resolve(peerPath)).href)
  : fromHarness(`peers/${peerPath}.mjs`));
const configured = (n) => peer.config(harness.flagSet(n));

const TASKS = {
  varied: async ([n]) => {
    const varied = await variedPeer(peer.name === 'pennon' ? 'pennon' : peerPath, n);
    const { configured, ...adapter } = varied.peer;
    return {
      decision: await decisions(adapter, varied.harness, configured, n),
      all: await all(adapter, varied.harness, configured),
      agreement: await agreement(varied),
    };
  },
  decisions: async ([n]) => ({ ns: await decisions(peer, harness, configured(n), n) }),
  values: async ([n]) => ({
    ns: await all({ ...peer, all: peer.allValues }, harness, configured(n)),
  }),
  // All sizes in one process, so that their ratios are of one run.
  growth: async (each) => {
    const results = {};
    for (const n of each) results[`ns${n}`] = await all(peer, harness, configured(n));
    return results;
  },
};

console.log(`@@${JSON.stringify(await TASKS[task](sizes.map(Number)))}`);
// Some peers keep timers running.
process.exit(0);
