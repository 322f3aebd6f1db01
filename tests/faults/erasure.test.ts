// Erases people, and counts what is left of the raw log once more: totals and recount stay equal.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../worker/test/control.ts';
import { batch, exposure, uuid7 } from '../../worker/test/edge-events-client.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { recount } from './recount.ts';
import { foundSums } from './totals.ts';

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

async function send(events: readonly unknown[]): Promise<void> {
  const response = await project.send(JSON.stringify(batch(events)));
  expect(await response.json()).toMatchObject({ accepted: events.length });
}

/** What people of all kinds do: with a device, without, and all on one account. */
function lives(): unknown[] {
  const at = Date.now();
  return Array.from({ length: 30 }, (_, n) => {
    const device = `d${n}`;
    const units = [{ user: `u${n}`, device }, { user: `u${n}` }, { user: 'shared', device }][n % 3];
    const variant = n % 2 === 0 ? 'on' : 'off';
    const met = ['by-user', 'by-device'].map((flag) => exposure('', variant, { units, flag, at }));
    const paid = { id: uuid7(), type: 'track', at: at + 1, units, name: 'order-paid' };
    return [...met, { ...paid, value: n + 0.25, properties: { note: 'secret' } }];
  }).flat();
}

async function erase(units: Record<string, string>): Promise<{ subjects: number }> {
  const { id } = await project.must('POST', `${project.path}/erasures`, { units });
  return until(async () => {
    const state = await project.must('GET', `${project.path}/erasures/${id}`);
    return state.done ? state : undefined;
  });
}

it('changes no total, and a recount finds them all', async () => {
  await send(lives());
  const merge = { type: 'identify', at: Date.now(), units: { user: 'u0' } };
  await send([{ id: uuid7(), ...merge, previous: { user: 'u1' } }]);
  await until(async () => {
    const { pending } = await project.must('GET', `${project.path}/totals`);
    return pending === 0 ? true : undefined;
  });
  const before = await foundSums(project);
  await project.must('POST', `${project.path}/log/flush`);
  for (const [units, subjects] of [
    [{ user: 'u0' }, 1],
    [{ user: 'shared' }, 1],
    [{ device: 'd3', user: 'u3' }, 2],
    [{ user: 'nobody' }, 0],
  ] as const) {
    expect(await erase(units)).toMatchObject({ subjects });
  }
  expect(await foundSums(project)).toEqual(before);
  expect(await recount(project)).toMatchObject({ differences: 0 });

  await send([
    exposure('u0', 'on', { flag: 'by-user' }),
    exposure('u4', 'on', { flag: 'by-user' }),
  ]);
  expect(await recount(project)).toMatchObject({ differences: 0 });
}, 600_000);
