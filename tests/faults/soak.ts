// The long form of chaos.test.ts: `cargo xtask soak --minutes N`. With `--events N` nothing is
// killed, and as many events come in as the machine takes.
//
// Prints one JSON object, {"acknowledged","counted","lost","doubled","kills"}, and ends with 1 when
// something was lost or doubled.
import { parseArgs } from 'node:util';
import type { Verdict } from './audit.ts';
import { chaos } from './chaos.ts';
import { flood } from './flood.ts';
import { seed } from './random.ts';

/** How often workerd is killed, where there is time for it. */
const KILLS = 50;
/** A start takes so long that more kills a minute would leave no time for load. */
const KILLS_A_MINUTE = 10;
const START_MS = 2_500;
/** Findings that are told one by one. */
const TOLD = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    events: { type: 'string' },
    pause: { type: 'string', default: '100' },
  },
});

const { kills, ...verdict } =
  values.events === undefined
    ? await soak(Number(values.minutes))
    : await fill(Number(values.events));
for (const finding of verdict.findings.slice(0, TOLD)) console.error(finding);
const { acknowledged, counted, lost, doubled } = verdict;
console.log(JSON.stringify({ acknowledged, counted, lost, doubled, kills }));
process.exitCode = lost > 0 || doubled > 0 ? 1 : 0;

async function soak(minutes: number): Promise<Verdict & { readonly kills: number }> {
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
  console.error(`${outcome.interrupted} requests were under way when workerd was killed`);
  return outcome;
}

async function fill(events: number): Promise<Verdict & { readonly kills: number }> {
  const { figures, ...verdict } = await flood(seed(), events);
  console.error(JSON.stringify(figures));
  return { ...verdict, kills: 0 };
}
