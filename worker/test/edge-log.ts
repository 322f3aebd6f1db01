// Reads the raw log from the files in which stopped shards keep it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Every line of every shard, in no order. */
export function logLines(persist: string): Record<string, unknown>[] {
  const files = readdirSync(persist, { recursive: true, encoding: 'utf8' });
  const shards = files.filter((file) => /Shard.*[0-9a-f]{64}\.sqlite$/.test(file));
  return shards.flatMap((file) => {
    const database = new DatabaseSync(join(persist, file), { readOnly: true });
    const rows = database.prepare('SELECT lines FROM log').all() as { lines: string }[];
    database.close();
    return rows.flatMap((row) => row.lines.split('\n').map((line) => JSON.parse(line)));
  });
}
