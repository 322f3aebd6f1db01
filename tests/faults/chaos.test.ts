import { expect, it } from 'vitest';
import { chaos } from './chaos.ts';
import { seed } from './random.ts';
import { recount } from './recount.ts';

it('loses and doubles nothing when workerd is killed five times with requests in flight', async () => {
  const outcome = await chaos({
    seed: seed(),
    kills: 5,
    lifeMs: 2_000,
    pauseMs: 40,
    note: (line) => console.error(line),
  });
  // A batch that was cut off between two shards is whole once its client has come back.
  const whole = await outcome.reopen();
  const recounted = await recount(outcome.project);
  await outcome.project.machine.close();
  expect(outcome.findings).toEqual([]);
  expect(whole.findings).toEqual([]);
  expect(recounted.differences).toBe(0);
  expect(recounted.lines).toBe(whole.acknowledged);
  expect(outcome).toMatchObject({ lost: 0, doubled: 0, kills: 5 });
  expect(outcome.interrupted).toBeGreaterThan(0);
  expect(outcome.acknowledged).toBeGreaterThan(1_000);
}, 300_000);
