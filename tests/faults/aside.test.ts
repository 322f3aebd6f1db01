// A subject of whom more is known than a row of the database holds: it is put aside, and everybody
// else in the same delivery is counted.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Machine } from './machine.ts';

const ENVIRONMENT = 'env_aside';
const HOUR = 3_600_000;

// So many metrics read one event that the sums alone, for 256 flags each, are more than 2 MB.
const metric = (key: string) => ({
  key,
  version: '00000001',
  kind: 'sum',
  event: 'order-paid',
  window_ms: 72 * HOUR,
  direction: 'up',
});
const definitions_body = {
  metrics: Array.from({ length: 250 }, (_, n) => metric(`metric-number-${n}`)),
  dimensions: [],
  units: ['user'],
};

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.start();
});
afterAll(() => machine?.close());

const hex = () => randomBytes(16).toString('hex');
const met = (user: string, flag: string) => ({ user, exposure: { flag, variant: 'on' } });
const paid = (user: string) => ({ user, track: { name: 'order-paid', value: 1.5 } });

async function deliver(events: readonly { user: string }[]): Promise<number[]> {
  const at = Date.now();
  const copies = events.map(({ user, ...what }, index) => ({
    index,
    id: hex(),
    at,
    unit_type: 'user',
    unit_id: user,
    hash: 0,
    line: JSON.stringify({ user, ...what }),
    ...what,
  }));
  const place = { environment: ENVIRONMENT, pepper: '5a'.repeat(32), shard: 0, shards: 1 };
  const counted = { definitions: '00ff00ff00ff00ff', definitions_body };
  const body = JSON.stringify({ ...place, ...counted, batch: hex(), received_at: at, copies });
  const answer = await machine.object('SHARD', `${ENVIRONMENT}/0`, '/deliver', {
    method: 'POST',
    body,
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text).fresh;
}

async function totals() {
  const answer = await machine.object('SHARD', `${ENVIRONMENT}/0`, '/totals');
  const told = await answer.json();
  const sum = (metric: string, flag: string) =>
    told.cells
      .filter(
        (cell: { metric: string; flag: string }) =>
          [cell.metric, cell.flag].join() === [metric, flag].join(),
      )
      .reduce((n: number, cell: { n: number }) => n + cell.n, 0);
  return { aside: told.aside as number, sum };
}

it('a subject that cannot be written is put aside, and nobody else', async () => {
  await deliver(Array.from({ length: 256 }, (_, n) => met('victim', `flag-${n}`)));
  for (let round = 0; round < 3; round += 1) {
    const events = Array.from({ length: 200 }, () => paid('victim'));
    const fresh = await deliver([
      met(`before-${round}`, 'sale'),
      ...events,
      met(`after-${round}`, 'sale'),
    ]);
    expect(fresh).toHaveLength(202);
  }
  const { aside, sum } = await totals();
  expect(aside).toBeGreaterThan(0);
  expect(sum('exposed', 'sale')).toBe(6);
  expect(sum('exposed', 'flag-7')).toBe(1);
  const metrics = await machine.object('SHARD', `${ENVIRONMENT}/0`, '/metrics');
  const samples: { name: string; value: number }[] = await metrics.json();
  const told = samples.find(({ name }) => name === 'pennon_shard_subjects_put_aside_total');
  expect(told?.value).toBe(aside);
  await machine.logged(/1 subjects are put aside/);
});
