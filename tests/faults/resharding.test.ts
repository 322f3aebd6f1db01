// Twice as many shards while events come in, also when workerd dies in the middle of it.
import { afterEach, expect, it } from 'vitest';
import { audit } from './audit.ts';
import { Load, pause } from './load.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

const random = new Random(seed());
let machine: Machine | undefined;
afterEach(() => machine?.close());

async function shards(project: Project): Promise<number> {
  return (await project.must('GET', project.path)).shards;
}

/** Asks for it until it is done, as an admin would whose request was cut off. */
async function double(project: Project, to: number): Promise<void> {
  for (let look = 0; (await shards(project).catch(() => 0)) !== to; look += 1) {
    expect(look, 'it does not come to an end').toBeLessThan(100);
    await project.ask('POST', `${project.path}/shards`, { shards: to }).catch(() => {});
    await pause(200);
  }
}

it('doubling the shards under load loses and doubles nothing', async () => {
  machine = await Machine.start();
  const project = await Project.setUp(machine);
  const load = new Load(project, random, 30);
  await pause(2_000);
  await double(project, 8);
  await pause(1_000);
  await load.finish();
  const { findings, acknowledged } = await audit(project, load.deeds);
  expect(findings).toEqual([]);
  expect(acknowledged).toBeGreaterThan(500);
  expect(await shards(project)).toBe(8);
});

it('a doubling that is killed three times goes on where it was', async () => {
  machine = await Machine.start();
  const project = await Project.setUp(machine);
  const load = new Load(project, random, 30);
  await pause(2_000);
  for (let kill = 0; kill < 3; kill += 1) {
    project.ask('POST', `${project.path}/shards`, { shards: 8 }).catch(() => {});
    await pause(random.between(5, 150));
    await machine.restart();
    await pause(300);
  }
  await double(project, 8);
  await load.finish();
  const { findings } = await audit(project, load.deeds);
  expect(findings).toEqual([]);
  expect(await shards(project)).toBe(8);
});
