// Reads the raw log from the files in which stopped Workers keep it: what still waits in the shards,
// and what has gone to the bucket.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';

/** Every line of every shard, in no order. */
export function logLines(persist: string): Record<string, unknown>[] {
  const files = readdirSync(persist, { recursive: true, encoding: 'utf8' });
  const paths = files.map((file) => join(persist, file)).filter((path) => statSync(path).isFile());
  const waiting = paths.filter((path) => /Shard.*[0-9a-f]{64}\.sqlite$/.test(path));
  const texts = [...waiting.flatMap(waitingLines), ...paths.flatMap(archivedLines)];
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

function waitingLines(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('SELECT lines FROM log').all() as { lines: string }[];
  database.close();
  return rows.map((row) => row.lines);
}

/** The bucket keeps each object as it was put, in a file of its own under a name of its own. */
function archivedLines(path: string): string[] {
  const bytes = readFileSync(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? [gunzipSync(bytes).toString()] : [];
}
