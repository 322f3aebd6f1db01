// The two ways of docs/operations.md to copy a machine, and what the copy is worth.
import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { audit } from './audit.ts';
import { Load, pause } from './load.ts';
import { Machine } from './machine.ts';
import { batchOf, story } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

const random = new Random(seed());

/** Packs the state of a machine that does not run, and unpacks it elsewhere. */
async function copy(state: string): Promise<string> {
  const elsewhere = await mkdtemp(join(tmpdir(), 'pennon-restored-'));
  const archive = join(elsewhere, 'backup.tar.gz');
  execFileSync('tar', ['--create', '--gzip', '--file', archive, '--directory', state, '.']);
  execFileSync('tar', ['--extract', '--file', archive, '--directory', elsewhere]);
  return elsewhere;
}

const WAYS: readonly [string, (machine: Machine) => Promise<void>][] = [
  ['stopped in order', (machine) => machine.stop()],
  ['as it was in the middle of a write', (machine) => machine.kill()],
];

it.each(WAYS)('a copy of the state %s is the same machine', async (_, end) => {
  const machine = await Machine.start();
  const project = await Project.setUp(machine);
  const plan = Buffer.from(await (await project.config()).arrayBuffer());
  const load = new Load(project, random, 20);
  await pause(1_500);
  await project.must('POST', `${project.path}/log/flush`);
  await pause(500);
  // What is under way when the machine ends is retried by its outbox, at the copy.
  await end(machine);
  const restored = await Machine.start({}, await copy(machine.state));
  const there = project.on(restored);
  load.moveTo(there);
  await load.finish();
  const { lost, doubled, findings, acknowledged } = await audit(there, load.deeds);
  expect(findings).toEqual([]);
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
  expect(acknowledged).toBeGreaterThan(100);
  expect(Buffer.from(await (await there.config()).arrayBuffer()).equals(plan)).toBe(true);
  expect((await there.send(batchOf(story(random, 0)))).status).toBe(200);
  expect((await there.writeFlag('after')).status).toBe(201);
  await restored.close();
  await machine.close();
});
