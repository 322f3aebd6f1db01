import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BatchBody,
  batch,
  counts,
  type EventBody,
  exposure,
  post,
} from './edge-events-client.ts';
import { logLines } from './edge-log.ts';
import { type Seeded, seed } from './edge-seed.ts';
import { makeState, removeState, spawnWorkers, startWorkers } from './start.ts';

const BATCHES = 60;
const EVENTS = 10;
const SENDERS = 6;

let persist: string;
let seeded: Seeded;

beforeAll(async () => {
  persist = await makeState();
  const workers = await startWorkers({ persist });
  seeded = await seed(workers.miniflare);
  await workers.stop();
});

afterAll(() => removeState(persist));

interface Load {
  readonly acknowledged: BatchBody[];
  /** Sent, and perhaps taken. */
  readonly unsure: BatchBody[];
}

/** Sends what is queued until nothing is left, or until `enough` acknowledgements have come. */
async function load(
  edge: string,
  queue: BatchBody[],
  enough = Number.POSITIVE_INFINITY,
  whenEnough: () => Promise<void> = async () => {},
): Promise<Load> {
  const sent: Load = { acknowledged: [], unsure: [] };
  const sender = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        const response = await post(edge, seeded.clientKey, next);
        (response.ok ? sent.acknowledged : sent.unsure).push(next);
      } catch {
        sent.unsure.push(next);
      }
      if (sent.acknowledged.length >= enough) {
        return whenEnough();
      }
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return sent;
}

it('loses and doubles nothing when workerd is killed with requests in flight', async () => {
  const batches = Array.from({ length: BATCHES }, (_, n) => {
    return batch(Array.from({ length: EVENTS }, (_, i) => exposure(`person-${n}-${i}`)));
  });
  const queue = [...batches];
  const acknowledged: BatchBody[] = [];
  for (const enough of [3, 10, 17]) {
    const workers = await spawnWorkers(persist);
    let killed: Promise<void> | undefined;
    const sent = await load(workers.edge, queue, enough, () => {
      killed ??= workers.kill();
      return killed;
    });
    expect(sent.unsure, 'requests were in flight').not.toEqual([]);
    acknowledged.push(...sent.acknowledged);
    queue.push(...sent.unsure);
  }
  const survived = acknowledged.length;

  const before = await startWorkers({ persist });
  const held = (await counts(before.miniflare, seeded.environment))['on/exposed'] ?? 0;
  await before.stop();
  expect(held).toBeGreaterThanOrEqual(survived * EVENTS);

  const workers = await spawnWorkers(persist);
  const rest = await load(workers.edge, queue);
  expect(rest.unsure).toEqual([]);
  const again = await load(workers.edge, [...batches]);
  expect(again.acknowledged).toHaveLength(BATCHES);
  await workers.stop();

  const after = await startWorkers({ persist });
  expect(await counts(after.miniflare, seeded.environment)).toEqual({
    'on/exposed': BATCHES * EVENTS,
  });
  await after.stop();

  const logged = logLines(persist).map((line) => line.id);
  const sent = batches.flatMap((sent) => sent.events.map((event) => (event as EventBody).id));
  expect(logged.toSorted()).toEqual(sent.toSorted());
}, 60_000);
