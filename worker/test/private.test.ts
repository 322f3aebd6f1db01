// Plants values wherever a client can put them, and searches every file that the Workers keep.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';
import { batch, exposure, post, uuid7 } from './edge-events-client.ts';
import { RawLog } from './raw-log-files.ts';

const PROJECT = '/api/v1/projects/shop';
/** What nobody may keep. Short, so that no page of a database ends in the middle of it. */
const PLANTED = 'Zq7xPl4nt';
/** What a developer sends on purpose. */
const MEANT = 'Zq7xMe4nt';

let control: Control;
let clientKey: string;
let serverKey: string;

beforeAll(async () => {
  control = await Control.withProject();
  const makeKey = async (kind: string) =>
    (await control.ask('POST', `${LIVE}/keys`, { body: { kind } })).body.key;
  clientKey = await makeKey('client');
  serverKey = await makeKey('server');
  for (const [name, attribute] of Object.entries({
    email: { type: 'string', class: 'private', known_at: 'client' },
    plan: { type: 'string', class: 'public', known_at: 'client', dimension: true },
  })) {
    const answer = await control.ask('PUT', `${PROJECT}/attributes/${name}`, { body: attribute });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  }
  const rule = {
    id: 'mail',
    when: { attribute: 'email', op: 'contains', values: ['@shop.example'] },
    variant: 'off',
  };
  await control.ask('PUT', `${LIVE}/flags/shop`, { body: booleanFlag({ rules: [rule] }) });
});

afterAll(() => control.end());

/** A context and an event with planted values in every place that a client may fill. */
function planted() {
  const secret = { email: `${PLANTED}@shop.example`, note: PLANTED, [PLANTED]: true };
  return {
    context: { units: { user: 'u1' }, attributes: secret, groups: { company: secret } },
    exposure: exposure('u1', 'on', {
      properties: { plan: 'pro', ...secret },
      attributes: secret,
      context: { attributes: secret },
      email: PLANTED,
    }),
    identify: {
      id: uuid7(),
      type: 'identify',
      at: Date.now(),
      units: { user: 'u1', device: 'd1' },
      traits: secret,
    },
    rejected: { ...exposure('u1'), id: PLANTED, properties: secret },
  };
}

async function evaluate(key: string, context: object): Promise<void> {
  const response = await fetch(`${control.workers.edge}/v1/evaluate`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}` },
    body: JSON.stringify({ context }),
  });
  expect(response.status).toBe(200);
  await response.text();
}

it('keeps no value that was not meant to be kept, in any file and in no log', async () => {
  const { context, exposure, identify, rejected } = planted();
  const meant = { type: 'track', name: 'paid', properties: { coupon: MEANT } };
  const track = { id: uuid7(), at: Date.now(), units: { user: 'u1' }, ...meant };
  await evaluate(clientKey, context);
  await evaluate(serverKey, context);
  const body = batch([exposure, identify, track, rejected], { context, note: PLANTED });
  const answer = await post(control.workers.edge, clientKey, body);
  expect(await answer.json()).toMatchObject({ accepted: 3, rejected: [{ index: 3 }] });
  await post(control.workers.edge, clientKey, `{"note": "${PLANTED}"`);
  await post(control.workers.edge, clientKey, batch([], { id: PLANTED }));

  const log = new RawLog(`${control.workers.control}${LIVE}`, control.token);
  await log.flush();
  await post(control.workers.edge, serverKey, batch([planted().exposure]));
  const printed = control.workers.log();
  await control.workers.stop();
  const holding = (text: string) =>
    everything(control.state)
      .filter(([, content]) => content.includes(text))
      .map(([path]) => path);
  expect(holding(MEANT)).not.toEqual([]);
  expect(holding('u1')).not.toEqual([]);
  expect(holding(PLANTED)).toEqual([]);
  expect(printed).not.toContain(PLANTED);
}, 60_000);

/** Every file below a folder as it is, as what it was compressed from, and as rows. */
function everything(folder: string): [string, string][] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return paths.flatMap((path) => {
    const bytes = readFileSync(path);
    const texts = [bytes.toString('latin1')];
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      texts.push(gunzipSync(bytes).toString());
    }
    if (bytes.subarray(0, 6).toString() === 'SQLite') {
      texts.push(rows(path));
    }
    return texts.map((text): [string, string] => [path, text]);
  });
}

function rows(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all() as { name: string }[];
  const all = tables.map(({ name }) => {
    const statement = database.prepare(`SELECT * FROM "${name}"`);
    statement.setReadBigInts(true);
    return statement.all();
  });
  database.close();
  return JSON.stringify(all, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}
