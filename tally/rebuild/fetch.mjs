// Copies what an environment was counted from into a folder, through the admin API:
//
//   node tally/rebuild/fetch.mjs --control URL --token T --project P --environment E --folder F
//
// The folder holds totals.json, exact.json (what each shard says itself), defs/ and contrib/ as the
// shards wrote them, and log/ unpacked.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** How often, and with what pause, what is between two shards is waited for. */
const PATIENCE = { times: 60, pauseMs: 500 };
/** Copies that are begun again because events came in meanwhile. */
const ATTEMPTS = 5;
/** Totals may be as old as this. */
const CACHE_MS = 2_500;

const string = { type: 'string' };
const { values } = parseArgs({
  options: { control: string, token: string, project: string, environment: string, folder: string },
});
for (const [name, value] of Object.entries({ ...values })) {
  if (!value) throw new Error(`--${name} wants a value`);
}
const { control = '', token, project, environment, folder = '' } = values;
const base = `${control.replace(/\/$/, '')}/api/v1/projects/${project}/environments/${environment}`;

async function ask(path, method = 'GET') {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${base}/${path}`, { method, headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

async function names(area) {
  const all = [];
  for (let path = area; path !== undefined; ) {
    const { files, next } = await (await ask(path)).json();
    all.push(...files.map(({ name }) => name));
    path = next ? `${area}?after=${encodeURIComponent(next)}` : undefined;
  }
  return all;
}

async function keep(path, content) {
  const place = join(folder, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, content);
}

/** Totals with everything in the log that they count, and nothing between two shards. */
async function settledTotals() {
  for (let look = 0; look < PATIENCE.times; look += 1) {
    await ask('log/flush', 'POST');
    const totals = await (await ask('totals')).json();
    if (totals.missing.length > 0) throw new Error(`no answer from shards ${totals.missing}`);
    if (totals.pending === 0) return totals;
    await new Promise((resolve) => setTimeout(resolve, PATIENCE.pauseMs));
  }
  throw new Error('something is still on its way between two shards');
}

/** Copies everything, and says whether nothing was counted meanwhile. */
async function copy() {
  await rm(folder, { recursive: true, force: true });
  const totals = await settledTotals();
  await keep('totals.json', JSON.stringify(totals));
  await keep('exact.json', await (await ask('totals?exact=true')).text());
  for (const area of ['defs', 'contrib', 'log']) {
    await mkdir(join(folder, area), { recursive: true });
    for (const name of await names(area)) {
      const bytes = Buffer.from(await (await ask(`${area}/${name}`)).arrayBuffer());
      const isPacked = name.endsWith('.gz');
      const content = isPacked ? await promisify(gunzip)(bytes) : bytes;
      await keep(join(area, name.replace(/\.gz$/, '')), content);
    }
  }
  await new Promise((resolve) => setTimeout(resolve, CACHE_MS));
  return revisions(await settledTotals()) === revisions(totals);
}

function revisions({ shards }) {
  return JSON.stringify(shards.map(({ shard, revision }) => [shard, revision]));
}

for (let attempt = 1; !(await copy()); attempt += 1) {
  if (attempt === ATTEMPTS) throw new Error('events come in all the time; recount a quieter hour');
}
