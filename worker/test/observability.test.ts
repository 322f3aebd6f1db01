// What the control Worker tells those who watch it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { isKill, Stream } from './stream-client.ts';

let control: Control;

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('PUT', `${LIVE}/flags/a`, { body: booleanFlag() });
});

afterAll(() => control?.end());

it('tells how each dependency does, and whether anybody has set up', async () => {
  const { status, body } = await control.ask('GET', '/healthz', { token: null });
  expect(status).toBe(200);
  const well = { ok: true, ms: expect.any(Number) };
  expect(body).toEqual({
    set_up: true,
    ok: true,
    degraded: false,
    dependencies: { directory: well, r2: well, kv: well, projects: well, shards: well },
  });
});

it('asks every object for its numbers, and shows them to whoever may read', async () => {
  expect((await control.ask('GET', '/metrics', { token: null })).status).toBe(401);
  const { status, body } = await control.ask('GET', '/metrics');
  expect(status).toBe(200);
  const live = '{environment="live",project="shop"}';
  expect(body).toContain(`\npennon_environment_revision${live} 2\n`);
  expect(body).toContain(`\npennon_store_writes_waiting${live} 0\n`);
  expect(body).toContain('\npennon_up{object="project",project="shop"} 1\n');
  for (const environment of ['live', 'test']) {
    const labels = `environment="${environment}",object="shard",project="shop",shard="0"`;
    expect(body).toContain(`\npennon_up{${labels}} 1\n`);
  }
  expect(body).toMatch(/^pennon_shard_subjects\{environment="live",project="shop",shard="0"\} 0$/m);
  // Each name is introduced once.
  const names = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
  const other = await control.ask('GET', '/metrics?project=other');
  expect(other.body).toBe('');
});

it('tells what hubs have sent, and why they have closed sockets', async () => {
  const open = async () => {
    const { body } = await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'server' } });
    return { id: body.id, stream: await Stream.open(control.workers.edge, body.key) };
  };
  const [stays, rude, revoked] = [await open(), await open(), await open()];
  for (const { stream } of [stays, rude, revoked]) await stream.reached(1);
  await control.ask('POST', `${LIVE}/flags/a/kill`);
  for (const { stream } of [stays, rude, revoked]) {
    const { revision } = await stream.heard(isKill);
    await stream.reached(revision);
  }
  rude.stream.send('what?');
  await control.ask('DELETE', `${LIVE}/keys/${revoked.id}`);
  expect([await rude.stream.closed, await revoked.stream.closed]).toEqual([1008, 4401]);
  const numbers = await until(async () => {
    const { body } = await control.ask('GET', '/metrics?project=shop');
    const found = body.matchAll(/^pennon_hub_(\S+)\{environment="live",(.*)\} (\d+)$/gm);
    const all = Object.fromEntries(
      [...found].map(([, name, labels, n]) => {
        const own = /(?:reason|type)="(\w+)"/.exec(labels)?.[1];
        return [own === undefined ? name : `${name} ${own}`, Number(n)];
      }),
    );
    return all.sockets === 1 ? all : undefined;
  });
  expect(numbers).toMatchObject({
    'messages_sent_total revision': 6,
    'messages_sent_total kill': 3,
    'sockets_closed_total key': 1,
    'sockets_closed_total invalid': 1,
    'sockets_closed_total origin': 0,
    'sockets_closed_total slow': 0,
    'sockets_closed_total silent': 0,
  });
  stays.stream.close();
});

it('shows a token the projects that it is for', async () => {
  const body = { name: 'watcher', access: 'read', projects: ['elsewhere'], expires_in_days: 1 };
  const made = await control.ask('POST', '/api/v1/tokens', { body });
  const answer = await control.ask('GET', '/metrics', { token: made.body.token });
  expect([answer.status, answer.body]).toEqual([200, '']);
});
