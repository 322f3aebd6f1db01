// What the control Worker logs when something goes wrong: lines of JSON that name the request.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batch, uuid7 } from '../../worker/test/edge-events-client.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});

afterAll(() => machine?.close());

/** The line of the log that holds this text. */
async function lineWith(text: string): Promise<unknown> {
  const [, line = ''] = await machine.logged(new RegExp(`(\\{"level".*${text}.*\\})`));
  return JSON.parse(line);
}

it('every answer has an id', async () => {
  const paths = ['/healthz', '/', '/nothing', project.path];
  const answers = await Promise.all(paths.map((path) => project.ask('GET', path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200]);
  const ids = answers.map(({ headers }) => headers.get('X-Request-Id'));
  expect(ids).toEqual(paths.map(() => expect.stringMatching(/^[0-9a-z]{12}$/)));
  expect(new Set(ids).size).toBe(paths.length);
});

it('a request that fails is logged under its id, with what nobody outside is told', async () => {
  await machine.fail('control', { PROJECT: { mode: 'refuse' } });
  const { status, body, headers } = await project.ask('GET', project.path);
  await machine.heal();
  expect([status, body.error.code]).toEqual([500, 'internal']);
  expect(body.error.message).not.toContain('refuses');
  const id = headers.get('X-Request-Id');
  expect(await lineWith(`"request":"${id}"`)).toEqual({
    level: 'error',
    request: id,
    event: 'request_failed',
    status: 500,
    code: 'internal',
    message: expect.stringContaining('PROJECT refuses'),
  });
});

it('an object logs under the id of the request that it answers', async () => {
  await machine.fail('control', { ARCHIVE: { mode: 'hang' } });
  const { body, headers } = await project.ask('POST', `${project.path}/flags/by-user/kill`);
  await machine.heal();
  expect(body.published).toBe(false);
  const id = headers.get('X-Request-Id');
  expect(await lineWith(`"request":"${id}"`)).toMatchObject({
    level: 'warn',
    event: 'put_off',
    name: expect.stringMatching(/\/shop$/),
    message: expect.stringContaining('committed and not delivered yet'),
  });
});

it('a shard logs under the id that the client was given', async () => {
  await machine.fail('control', { ARCHIVE: { mode: 'refuse', only: 'log/' } });
  const user = { id: uuid7(), type: 'exposure', at: Date.now(), units: { user: 'u1' } };
  const event = { ...user, flag: 'by-user', variant: 'on' };
  expect((await project.send(JSON.stringify(batch([event])))).status).toBe(200);
  const { status, headers } = await project.ask('POST', `${project.path}/log/flush`);
  await machine.heal();
  expect(status).toBe(503);
  const id = headers.get('X-Request-Id');
  expect(await lineWith(`"request":"${id}","event":"object_failed"`)).toMatchObject({
    name: 'shard',
    message: expect.stringContaining('ARCHIVE refuses'),
  });
});

it('an object takes the id from the header of whoever asks it', async () => {
  const copy = { index: 0, id: 'no digits', at: 1, hash: 1, unit_type: 'user', unit_id: 'u1' };
  const place = { environment: 'env_none', pepper: '00', shard: 0, shards: 1 };
  const body = JSON.stringify({ ...place, batch: '00', received_at: 1, copies: [copy] });
  const headers = { 'X-Request-Id': '5f2c9a10-1a' };
  const asked = { method: 'POST', headers, body };
  expect((await machine.object('SHARD', 'env_none/0', '/deliver', asked)).status).toBe(500);
  expect(await lineWith('"request":"5f2c9a10-1a"')).toMatchObject({ event: 'object_failed' });
});

it('work that nobody waits for is logged without an id', async () => {
  await machine.fail('control', { SNAPSHOTS: { mode: 'refuse' } });
  await project.must('POST', `${project.path}/flags/by-device/kill`);
  const line = await lineWith('SNAPSHOTS refuses');
  await machine.heal();
  expect(line).toEqual({
    level: 'warn',
    event: 'put_off',
    name: expect.any(String),
    message: expect.stringMatching(/^cannot write yet, attempt \d+: /),
  });
});
