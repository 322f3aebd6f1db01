// The databases of shards, for tests that damage them while the machine is stopped.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Does something to the tables of one shard of the only environment that has one of this number. */
export function withShard<T>(state: string, number: number, work: (db: DatabaseSync) => T): T {
  const files = readdirSync(state, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /Shard.*[0-9a-f]{64}\.sqlite$/.test(name))) {
    const db = new DatabaseSync(join(state, file));
    try {
      // The object beside the shards, in which the platform keeps its own records, has no such table.
      const has = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'shard'").get();
      const found = has && db.prepare('SELECT number FROM shard').get();
      if (found?.number === number) return work(db);
    } finally {
      db.close();
    }
  }
  throw new Error(`no shard has the number ${number}`);
}
