import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batch, counts, exposure, post, totals } from './edge-events-client.ts';
import { type Seeded, seed } from './edge-seed.ts';
import { shard, stores } from './edge-stores.ts';
import { makeState, removeState, type Started, startWorkers } from './start.ts';

const DAY_MS = 86_400_000;

let persist: string;
let workers: Started;
let seeded: Seeded;

beforeAll(async () => {
  persist = await makeState();
  workers = await startWorkers({ persist });
  seeded = await seed(workers.miniflare, { shards: 1 });
});

afterAll(async () => {
  await workers.stop();
  await removeState(persist);
});

/** Does something to the tables of the shard while nobody else has them open. */
async function withTables<T>(work: (database: DatabaseSync) => T): Promise<T> {
  await workers.stop();
  const files = readdirSync(persist, { recursive: true, encoding: 'utf8' });
  const shards = files.filter((file) => /Shard.*[0-9a-f]{64}\.sqlite$/.test(file));
  const databases = shards.map((file) => new DatabaseSync(join(persist, file)));
  // Whoever asks for totals makes empty shards beside the only one.
  const database = databases.find((database) => {
    return database.prepare('SELECT 1 FROM shard').get() !== undefined;
  });
  if (database === undefined) throw new Error('no shard has taken anything');
  const outcome = work(database);
  for (const database of databases) database.close();
  workers = await startWorkers({ persist });
  return outcome;
}

/** Makes it so that nothing was heard of one of the subjects for some days. */
function age(database: DatabaseSync, days: number): void {
  database
    .prepare(
      'UPDATE subject SET seen_at = seen_at - ? WHERE subject = (SELECT MIN(subject) FROM subject)',
    )
    .run(days * DAY_MS);
  // Something is on its way to the same subject, and not due in this test.
  database
    .prepare(
      `INSERT INTO handover (id, unit_type, subject, hash, state, path, due_at)
       SELECT 'waiting', unit_type, subject, hash, state, '', ? FROM subject ORDER BY subject LIMIT 1`,
    )
    .run(Date.now() + DAY_MS);
  // Two handovers were taken over once, and only one of them can still come again.
  for (const days of [9, 7]) {
    database
      .prepare('INSERT INTO handover_taken (id, hash, taken_at) VALUES (?, 1, ?)')
      .run(`${days} days ago`, Date.now() - days * DAY_MS);
  }
}

/** What a shard deletes under a setting. */
async function retain(retention: object): Promise<unknown> {
  const { archive } = await stores(workers.miniflare);
  const name = `env/${seeded.environment}`;
  const record = JSON.parse(await archive.text(name));
  await archive.put(name, JSON.stringify({ ...record, retention }));
  const stub = await shard(workers.miniflare, seeded.environment, 0);
  const response = await stub.fetch('https://shard/retain', { method: 'POST', body: '' });
  expect(response.status).toBe(200);
  return response.json();
}

function file(daysAgo: number, number = 0): string {
  const day = new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
  return `log/${seeded.environment}/${day}/00/${number}-000000000001.ndjson.gz`;
}

it('deletes files of its own that are old enough, and people with what they are counted by left', async () => {
  // Of the third it was heard today, although what it tells is of last week.
  const offline = exposure('offline', 'on', { at: Date.now() - 6 * DAY_MS });
  const body = batch([exposure('one'), exposure('other'), offline]);
  expect((await post(workers.edge, seeded.clientKey, body)).status).toBe(200);
  const { archive } = await stores(workers.miniflare);
  const files = [file(400), file(31), file(29), file(400, 1)];
  for (const name of files) {
    await archive.put(name, 'x');
  }
  expect(await retain({})).toEqual({ files: 0, subjects: 0 });
  expect(await retain({ raw_log_days: 30 })).toEqual({ files: 2, subjects: 0 });
  expect(await archive.names('log/')).toEqual([file(400, 1), file(29)]);
  expect(await retain({ subject_days: 5 })).toEqual({ files: 0, subjects: 0 });
  await withTables((database) => age(database, 7));
  expect(await retain({ subject_days: 5 })).toEqual({ files: 0, subjects: 1 });
  expect(await retain({ subject_days: 5 })).toEqual({ files: 0, subjects: 0 });
  const { archive: bucket } = await stores(workers.miniflare);
  expect(await bucket.names('contrib/')).toHaveLength(1);
  expect(await counts(workers.miniflare, seeded.environment)).toEqual({ 'on/exposed': 3 });
  const [home] = await totals(workers.miniflare, seeded.environment, 1);
  expect(home).toMatchObject({ pending: 1 });
  const taken = await withTables((database) =>
    database.prepare('SELECT id FROM handover_taken').all(),
  );
  expect(taken.map(({ id }) => id)).toEqual(['7 days ago']);
});
