// Requests that mean harm: each is refused with a code, and many of them leave no trace in memory.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { Machine } from './machine.ts';
import { batchOf, story, uuid7 } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

const MEBIBYTE = 1024 * 1024;
const ROUNDS = 20;
/** What garbage collection leaves lying about between two looks. */
const SLACK_BYTES = 96 * MEBIBYTE;

let machine: Machine;
let project: Project;
const random = new Random(seed());

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

/** A batch around the text of an event. */
const around = (event: string) => `{"id":"${uuid7()}","sent_at":${Date.now()},"events":[${event}]}`;

const exposure = (more: string) =>
  `{"id":"${uuid7()}","type":"exposure","at":${Date.now()},"units":{"user":"u"},` +
  `"flag":"by-user","variant":"on"${more}}`;

const manyKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, n) => `"k${n}":${n}`).join(',')}}`;

const bytes = (text: string) => new TextEncoder().encode(text);

type Sent = readonly [body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>];

const REFUSED: readonly [string, number, string, () => Sent][] = [
  ['10 MB of zeros', 413, 'batch_too_large', () => [new Uint8Array(10 * MEBIBYTE)]],
  ['10 MB of events', 413, 'batch_too_large', () => [around(exposure('').repeat(80_000))]],
  [
    'a bomb of 100 MB in 100 kB',
    415,
    'unsupported_encoding',
    () => [new Uint8Array(gzipSync(Buffer.alloc(100 * MEBIBYTE))), { 'Content-Encoding': 'gzip' }],
  ],
  ['100 000 levels', 400, 'invalid_batch', () => ['['.repeat(100_000)]],
  ['levels that end', 400, 'invalid_batch', () => ['['.repeat(60_000) + ']'.repeat(60_000)]],
  ['invalid UTF-8', 400, 'invalid_utf8', () => [new Uint8Array([0x22, 0xc3, 0x28, 0x22])]],
  ['half a character', 400, 'invalid_utf8', () => [bytes('{"id":"é').slice(0, -1)]],
  ['nothing', 400, 'invalid_json', () => ['']],
  ['a batch that is a list', 400, 'invalid_batch', () => ['[]']],
  ['501 events', 413, 'too_many_events', () => [around(Array(501).fill('0').join(','))]],
  ['100 000 keys', 413, 'batch_too_large', () => [manyKeys(100_000)]],
];

it.each(REFUSED)('%s is a %i %s, and memory stays flat', async (_, status, code, make) => {
  const [body, headers] = make();
  const ask = async () => {
    const response = await project.send(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  };
  for (let round = 0; round < ROUNDS / 2; round += 1) await ask();
  const before = machine.resident();
  for (let round = 0; round < ROUNDS; round += 1) await ask();
  expect(machine.resident() - before).toBeLessThan(SLACK_BYTES);
});

const REJECTED: readonly [string, string, () => string][] = [
  [
    'levels inside an event',
    'event_too_deep',
    () => exposure(`,"properties":${'['.repeat(50)}${']'.repeat(50)}`),
  ],
  ['keys in one event', 'event_too_large', () => exposure(`,"properties":${manyKeys(2_000)}`)],
  ['an id that is none', 'invalid_id', () => '{"id":"../../x","type":"exposure"}'],
  [
    'a number as large as the universe',
    'invalid_time',
    () => exposure('').replace(/"at":\d+/, '"at":1e308'),
  ],
  [
    'a type that tries to be a prototype',
    'unknown_type',
    () => exposure('').replace('exposure', '__proto__'),
  ],
  [
    'units without end',
    'invalid_units',
    () => exposure('').replace('"user":"u"', `"user":"${'u'.repeat(300)}"`),
  ],
];

it.each(REJECTED)('%s are rejected as %s, and the neighbour counts', async (_, code, make) => {
  const good = exposure('').replace('"user":"u"', `"user":"${uuid7()}"`);
  const response = await project.send(around(`${make()},${good}`));
  expect(response.status).toBe(200);
  const answer = await response.json();
  expect(answer).toMatchObject({ accepted: 1, rejected: [{ index: 0, code }] });
});

it('keys and tokens of one project open nothing of another', async () => {
  const { token, machine: home, clientKey, environment } = project;
  await project.must('POST', '/api/v1/projects', { key: 'bank', name: 'Bank' });
  await project.must('POST', '/api/v1/projects/bank/environments', { key: 'live', name: 'Live' });
  const name = { name: 'shop only', access: 'admin', projects: ['shop'], expires_in_days: 1 };
  const scoped = await project.must('POST', '/api/v1/tokens', name);
  const stranger = { Authorization: `Bearer ${scoped.token}` };
  const bank = '/api/v1/projects/bank';
  for (const path of [bank, `${bank}/environments/live`, `${bank}/environments/live/exposures`]) {
    const response = await fetch(home.control + path, { headers: stranger });
    expect(response.status, path).toBe(404);
  }
  const forged = [
    clientKey.replace(environment, 'env_000000000000'),
    `${clientKey}x`,
    clientKey.slice(0, -1),
    clientKey.toUpperCase(),
    encodeURIComponent('../env/x'),
    token,
  ];
  for (const key of forged) {
    const config = await fetch(`${home.edge}/v1/config/${key}`);
    expect([401, 403], key).toContain(config.status);
    const events = await fetch(`${home.edge}/v1/events?key=${key}`, {
      method: 'POST',
      body: batchOf(story(random, 0)),
    });
    expect([401, 403], key).toContain(events.status);
  }
});

const TO_CONTROL: readonly [string, number, () => string | Uint8Array<ArrayBuffer>][] = [
  ['10 MB', 413, () => new Uint8Array(10 * MEBIBYTE)],
  ['100 000 levels', 400, () => '['.repeat(100_000)],
  ['invalid UTF-8', 400, () => new Uint8Array([0x22, 0xff, 0x22])],
  ['20 000 variants', 422, () => `{"type":"boolean","variants":${manyKeys(20_000)}}`],
];

it.each(TO_CONTROL)(
  'the admin API answers %s with %i, and memory stays flat',
  async (_, status, make) => {
    const body = make();
    const ask = async () => {
      const response = await fetch(`${machine.control}${project.path}/flags/hostile`, {
        method: 'PUT',
        headers: { Authorization: `Bearer ${project.token}` },
        body,
      });
      expect(response.status).toBe(status);
      await response.arrayBuffer();
    };
    for (let round = 0; round < ROUNDS / 2; round += 1) await ask();
    const before = machine.resident();
    for (let round = 0; round < ROUNDS; round += 1) await ask();
    expect(machine.resident() - before).toBeLessThan(SLACK_BYTES);
  },
);

it('after all that the machine works as if nothing had been', async () => {
  await pause(100);
  expect((await project.send(batchOf(story(random, 0)))).status).toBe(200);
  expect((await project.config()).status).toBe(200);
  expect((await project.writeFlag('after')).status).toBe(201);
});
