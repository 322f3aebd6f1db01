// The figures in Chromium: one browser process per engine and round, in turns.
import { inTurns } from '../rounds.mjs';
import { row } from '../rows.mjs';
import { preparePages } from './bundle.mjs';
import { withPages } from './pages.mjs';

const ROUNDS = 5;

/** The decision and load figures beside the same peers as in Node. */
export async function browserRows() {
  const ours = ['decisions', 'newContext', 'all', 'load'];
  const tasks = { pennon: ours, flagd: ours.slice(0, 3), growthbook: ['load'] };
  await preparePages();
  const { pennon, flagd, growthbook } = await withPages((open) =>
    inTurns(Object.keys(tasks), ROUNDS, (name) =>
      open(name, (page) => runTasks(page, tasks[name])),
    ),
  );
  const us = (ns) => ns / 1e3;
  return [
    row(
      'chromium: one computed decision, context set',
      'ns',
      pennon.decisions,
      flagd.decisions,
      'flagd-core',
      6,
    ),
    row(
      'chromium: one decision, new context, 50 % rollout',
      'ns',
      pennon.simple,
      flagd.simple,
      'flagd-core',
      1.2,
    ),
    row(
      'chromium: one decision, new context, 5x3 rules',
      'ns',
      pennon.rules,
      flagd.rules,
      'flagd-core',
      1.2,
    ),
    row(
      'chromium: all 1000 flags, new context',
      'us',
      us(pennon.all),
      us(flagd.all),
      'flagd-core',
      12,
    ),
    row(
      'chromium: load a 1000-flag plan',
      'us',
      us(pennon.load),
      us(growthbook.load),
      'growthbook',
      5,
    ),
  ];
}

async function runTasks(page, tasks) {
  const figures = {};
  for (const task of tasks) {
    const result = await page.evaluate((name) => globalThis.bench[name](), task);
    Object.assign(figures, typeof result === 'number' ? { [task]: result } : result);
  }
  return figures;
}

/** What 1000 varied flags keep resident: linear memory and growth of the JavaScript heap. */
export async function memoryRows() {
  await preparePages();
  const [pennon, growthbook] = await withPages(async (open) => [
    await open('pennon', residentMegabytes),
    await open('growthbook', residentMegabytes),
  ]);
  return [
    row('chromium: 1000 varied flags resident, of 0.5 MB', 'MB', pennon, 0.5, 'budget', 1),
    row('chromium: 1000 varied flags resident', 'MB', pennon, growthbook, 'growthbook', null),
  ];
}

async function residentMegabytes(page) {
  const devtools = await page.context().newCDPSession(page);
  const heap = async () => {
    for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    return usedSize;
  };
  // A first engine brings the code; the second one is what its flags cost.
  await page.evaluate(() => globalThis.bench.keep('two'));
  const before = await heap();
  const linear = await page.evaluate(() => globalThis.bench.keep('varied'));
  return ((await heap()) - before + linear) / 1_048_576;
}
