// Exposures that name revisions which the control plane does not have: after it was taken back to a
// backup, or because somebody made them up. They are logged, and keep nobody from being counted.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pause } from './load.ts';
import { Machine } from './machine.ts';
import { uuid7 } from './people.ts';
import { Project } from './project.ts';

/** How often the edge looks a revision up. */
const LOOK_MS = 1_000;

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());
beforeEach(() => pause(LOOK_MS));

interface Outcome {
  readonly status: number;
  readonly uncounted: number;
}

async function send(revision: number, flag = 'gone'): Promise<Outcome> {
  const seen = { flag, variant: 'on', revision, at: Date.now(), units: { user: uuid7() } };
  const events = [{ id: uuid7(), type: 'exposure', ...seen }];
  const body = JSON.stringify({ id: uuid7(), sent_at: Date.now(), events });
  const response = await project.send(body);
  const { uncounted = [] } = await response.json();
  return { status: response.status, uncounted: uncounted.length };
}

async function revisionNow(): Promise<number> {
  return (await project.must('GET', project.path)).revision;
}

it('clients of a lost revision are answered, all of them, once it was looked for', async () => {
  const lost = (await revisionNow()) + 5;
  expect(await send(lost)).toEqual({ status: 200, uncounted: 1 });
  for (let round = 0; round < 30; round += 1) {
    expect(await send(lost)).toEqual({ status: 200, uncounted: 1 });
    await pause(50);
  }
});

it('who names another revision each time holds up nobody for longer than a look', async () => {
  const lost = (await revisionNow()) + 7;
  let isOver = false;
  const stranger = (async () => {
    for (let made = 9e15; !isOver; made -= 1) await send(made);
  })();
  await pause(LOOK_MS);
  await send(lost);
  await pause(1.5 * LOOK_MS);
  const outcomes: Outcome[] = [];
  for (let round = 0; round < 30; round += 1) outcomes.push(await send(lost));
  isOver = true;
  await stranger;
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200]));
});

it('a flag that is new is counted, although others name revisions that are not', async () => {
  const lost = (await revisionNow()) + 50;
  for (let round = 0; round < 4; round += 1) {
    const flag = `new-${round}`;
    for (let n = 0; n < 5; n += 1) await send(lost);
    await project.writeFlag(flag);
    const revision = await revisionNow();
    let outcome = await send(revision, flag);
    for (let look = 0; look < 20 && outcome.status === 503; look += 1) {
      await pause(LOOK_MS / 4);
      outcome = await send(revision, flag);
    }
    expect(outcome).toEqual({ status: 200, uncounted: 0 });
  }
});

it('while the owner says nothing, the named revision is not taken for refuted', async () => {
  const lost = (await revisionNow()) + 90;
  await machine.fail('edge', { PROJECT: { mode: 'refuse' } });
  await send(lost);
  const outcome = await send(lost);
  await machine.heal();
  expect(outcome.status).toBe(503);
});
