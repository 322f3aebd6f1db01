// The way of the raw log to the bucket, with a bucket that refuses or loses its answers.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { batch, exposure, uuid7 } from '../../worker/test/edge-events-client.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { fileNames, logLines } from './raw-log.ts';

let machine: Machine;
let project: Project;
const sent = new Set<string>();

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterEach(() => machine.heal());
afterAll(() => machine?.close());

async function send(count: number): Promise<void> {
  const events = Array.from({ length: count }, () => exposure(uuid7(), 'on', { flag: 'by-user' }));
  const response = await project.send(JSON.stringify(batch(events)));
  expect(await response.json()).toMatchObject({ accepted: count });
  for (const { id } of events) sent.add(id);
}

const flush = () => project.ask('POST', `${project.path}/log/flush`);

async function expectEachOnce(): Promise<void> {
  const ids = (await logLines(project)).map(({ id }) => id);
  expect(ids.toSorted()).toEqual([...sent].toSorted());
}

it.each(['refuse', 'deaf'] as const)(
  'loses and doubles no line when the bucket is %s',
  async (mode) => {
    await send(40);
    await machine.fail('control', { ARCHIVE: { mode, only: 'log/' } });
    expect((await flush()).status).toBe(503);
    await send(40);
    expect((await flush()).status).toBe(503);
    await machine.heal();
    await expectEachOnce();
  },
);

it('loses and doubles no line when workerd dies before it hears that a file is written', async () => {
  await send(40);
  await machine.fail('control', { ARCHIVE: { mode: 'deaf', only: 'log/' } });
  expect((await flush()).status).toBe(503);
  const names = await fileNames(project);
  await machine.restart();
  await send(40);
  await expectEachOnce();
  const later = await fileNames(project);
  expect(later).toEqual(expect.arrayContaining(names));
});

it('takes events while the bucket is down', async () => {
  await machine.fail('control', { ARCHIVE: { mode: 'refuse' } });
  await send(40);
  await machine.heal();
  await expectEachOnce();
});
