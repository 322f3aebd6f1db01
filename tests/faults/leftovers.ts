// Looks for a person in every table of every object, as the shards know people.
import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { murmur } from './shard-of.ts';

/** A row that leads to somebody, as `table of file: row`. */
export type Leftover = string;

/** Where units, such as `user/u-17`, are found on a machine that is stopped. */
export function leftovers(state: string, units: readonly string[]): Leftover[] {
  const databases = open(state);
  try {
    const environments = databases.flatMap(({ database }) => peppers(database));
    const needles = environments.flatMap((environment) => {
      return units.flatMap((unit) => traces(environment, unit));
    });
    return databases.flatMap(({ name, database }) => {
      return tables(database).flatMap((table) => {
        const rows = database.prepare(`SELECT * FROM "${table}"`).all();
        const texts = rows.map((row) => Object.values(row).map(shown).join(' | '));
        const found = texts.filter((text) => needles.some((needle) => needle.test(text)));
        return found.map((text) => `${table} of ${name.slice(-24)}: ${text.slice(0, 300)}`);
      });
    });
  } finally {
    for (const { database } of databases) database.close();
  }
}

interface Environment {
  readonly id: string;
  readonly pepper: string;
}

/** What would give a unit away: its id, its subject, and the hash that finds its shard. */
function traces({ id, pepper }: Environment, unit: string): RegExp[] {
  const [type = '', name = ''] = unit.split('/');
  const subject = createHmac('sha256', Buffer.from(pepper, 'hex')).update(`${type}\0${name}`);
  const hash = murmur(`${id}\0${type}\0${name}`, 0x53484152);
  const digits = subject.digest('hex').slice(0, 32);
  return [new RegExp(digits), new RegExp(`\\b${hash}\\b`), new RegExp(`\\b${name}\\b`)];
}

function open(state: string) {
  const files = readdirSync(state, { recursive: true, encoding: 'utf8' });
  const names = files.filter((name) =>
    /Shard.*[0-9a-f]{64}\.sqlite$|Project.*[0-9a-f]{64}\.sqlite$/.test(name),
  );
  return names.map((name) => {
    return { name, database: new DatabaseSync(join(state, name), { readOnly: true }) };
  });
}

function tables(database: DatabaseSync): string[] {
  const sql =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'";
  return database
    .prepare(sql)
    .all()
    .map(({ name }) => String(name));
}

function peppers(database: DatabaseSync): Environment[] {
  if (!tables(database).includes('shard')) return [];
  const rows = database.prepare(
    'SELECT environment AS id, lower(hex(pepper)) AS pepper FROM shard',
  );
  return rows.all().map(({ id, pepper }) => ({ id: String(id), pepper: String(pepper) }));
}

function shown(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}
