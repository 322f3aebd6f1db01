// Runs the statements of docs/raw-log.md on files that shards wrote.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';
import { batch, exposure, post, uuid7 } from './edge-events-client.ts';
import { RawLog } from './raw-log-files.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/raw-log.md', import.meta.url));

let control: Control;
let folder: string;

beforeAll(async () => {
  control = await Control.withProject();
  folder = await mkdtemp(join(tmpdir(), 'pennon-raw-log-'));
});

afterAll(async () => {
  await control.end();
  await rm(folder, { recursive: true, force: true });
});

function paid(user: string, value: number) {
  const at = Date.now();
  return { id: uuid7(), type: 'track', at, units: { user }, name: 'order-paid', value };
}

async function send(events: readonly unknown[]): Promise<void> {
  const { key } = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body;
  const response = await post(control.workers.edge, key, batch(events));
  expect(await response.json()).toMatchObject({ accepted: events.length });
}

async function download(log: RawLog): Promise<void> {
  await log.flush();
  for (const { name } of await log.list()) {
    const path = join(folder, 'raw-log', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await log.bytes(name));
  }
}

it('answers in DuckDB what the API answers', async () => {
  await control.ask('PUT', `${LIVE}/flags/new-checkout`, { body: booleanFlag() });
  const flag = 'new-checkout';
  const met = (user: string, variant: string) => exposure(user, variant, { flag });
  const people = Array.from({ length: 30 }, (_, n) => `person-${n}`);
  await send(people.map((person, n) => met(person, n % 3 === 0 ? 'off' : 'on')));
  await send([met('person-0', 'on'), paid('person-0', 10), paid('person-1', 2.5)]);
  await send([paid('person-1', 1), paid('stranger', 99)]);
  await download(new RawLog(`${control.workers.control}${LIVE}`, control.token));

  const document = await readFile(DOCUMENT, 'utf8');
  const statements = [...document.matchAll(/```sql\n([^`]*)```/g)].map(([, sql = '']) => {
    return sql.replace('raw-log/', `${join(folder, 'raw-log').replaceAll('\\', '/')}/`);
  });
  expect(statements).toHaveLength(2);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const [view = '', query = ''] = statements;
  await connection.run(view);
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
  connection.closeSync();
  expect(rows).toEqual([
    { variant: 'off', people: '10', mixed: '1', payers: '1', revenue: 10 },
    { variant: 'on', people: '20', mixed: '0', payers: '1', revenue: 3.5 },
  ]);

  const { flags } = (await control.ask('GET', `${LIVE}/exposures?flag=${flag}`)).body;
  const variants = rows.map(({ variant, people }) => ({ variant, exposed: Number(people) }));
  expect(flags).toEqual([{ flag, variants, mixed: 1 }]);
});
