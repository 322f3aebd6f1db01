// A panic in Rust is a trap in workerd. It ends the request that it happens in, and nothing else.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Machine } from './machine.ts';
import { batchOf, story } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

let machine: Machine;
let project: Project;
const random = new Random(seed());

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

const send = () => project.send(batchOf(story(random, 0)));
/** Asks the control Worker and the shards for the time, among other things. */
const count = () => project.ask('GET', `${project.path}/exposures`);

it.each(['edge', 'control'] as const)('a panic in %s costs one request', async (script) => {
  for (let round = 0; round < 5; round += 1) {
    await machine.fail(script, { Date: { mode: 'trap', every: 2 } });
    const during = await Promise.all([send(), count(), send(), count(), project.config()]);
    expect(Object.keys(await machine.struck(script))).toEqual(['Date']);
    for (const { status } of during) expect([200, 500, 503, 504]).toContain(status);
    await machine.heal();
    for (const response of [await send(), await send(), await project.config()]) {
      expect(response.status).toBe(200);
    }
    expect((await count()).status).toBe(200);
  }
});
