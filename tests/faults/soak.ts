// The long form of chaos.test.ts: `cargo xtask soak --minutes N`.
//
// Prints one JSON object, {"acknowledged","counted","lost","doubled","kills"}, and ends with 1 when
// something was lost or doubled.
import { parseArgs } from 'node:util';
import { chaos } from './chaos.ts';
import { seed } from './random.ts';

/** How often workerd is killed, where there is time for it. */
const KILLS = 50;
/** A start takes so long that more kills a minute would leave no time for load. */
const KILLS_A_MINUTE = 10;
const START_MS = 2_500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    pause: { type: 'string', default: '100' },
  },
});
const minutes = Number(values.minutes);
const kills = Math.max(1, Math.min(KILLS, Math.floor(minutes * KILLS_A_MINUTE)));
const began = Date.now();
const outcome = await chaos({
  seed: seed(),
  kills,
  lifeMs: Math.max((minutes * 60_000) / (kills + 1) - START_MS, 500),
  pauseMs: Number(values.pause),
  note: (line) => console.error(`${Math.round((Date.now() - began) / 1000)} s: ${line}`),
});
await outcome.project.machine.close();
for (const finding of outcome.findings.slice(0, 100)) console.error(finding);
console.error(`${outcome.interrupted} requests were under way when workerd was killed`);
const { acknowledged, counted, lost, doubled } = outcome;
console.log(JSON.stringify({ acknowledged, counted, lost, doubled, kills }));
process.exitCode = lost > 0 || doubled > 0 || outcome.findings.length > 0 ? 1 : 0;
