// Another unit type comes into use, or goes, between two attempts of one batch: its events stand in the
// raw log once all the same.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { Machine } from './machine.ts';
import { uuid7 } from './people.ts';
import { Project } from './project.ts';
import { logLines } from './raw-log.ts';

let machine: Machine;
let project: Project;
beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

const event = (units: object) => ({
  id: uuid7(),
  type: 'exposure',
  at: Date.now(),
  units,
  flag: 'by-device',
  variant: 'on',
});

async function send(events: readonly object[], id = uuid7()): Promise<number> {
  const answer = await project.send(JSON.stringify({ id, sent_at: Date.now(), events }));
  await answer.arrayBuffer();
  return answer.status;
}

/** Waits until the edge knows whether companies are in use. */
async function companies(areInUse: boolean): Promise<void> {
  for (let look = 0; look < 60; look += 1) {
    const body = { id: uuid7(), sent_at: Date.now(), events: [event({ company: uuid7() })] };
    const answer = await (await project.send(JSON.stringify(body))).json();
    if ((answer.rejected.length === 0) === areInUse) return;
    await pause(250);
  }
  throw new Error('the edge does not hear of it');
}

async function linesOf(ids: readonly string[]): Promise<number[]> {
  const lines = await logLines(project);
  return ids.map((id) => lines.filter((line) => line.id === id).length);
}

it('a unit type that comes into use between two attempts doubles no line', async () => {
  const events = Array.from({ length: 20 }, () => event({ device: uuid7(), company: uuid7() }));
  const id = uuid7();
  expect(await send(events, id)).toBe(200);
  await project.writeFlag('a-company', { unit: 'company' });
  await companies(true);
  expect(await send(events, id)).toBe(200);
  expect(await linesOf(events.map(({ id }) => id))).toEqual(events.map(() => 1));
});

it('a unit type that goes between two attempts loses no line', async () => {
  const events = Array.from({ length: 20 }, () => event({ device: uuid7(), company: uuid7() }));
  await machine.fail('edge', { SHARD: { mode: 'refuse', every: 2 } });
  const statuses = await Promise.all(events.map((event) => send([event])));
  await machine.heal();
  expect(statuses).toContain(503);
  await project.must('DELETE', `${project.path}/flags/a-company`);
  await companies(false);
  for (const event of events) expect(await send([event])).toBe(200);
  expect(await linesOf(events.map(({ id }) => id))).toEqual(events.map(() => 1));
});
