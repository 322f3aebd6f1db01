// By what totals are split: what the edge knows goes before what a client says of itself.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Control, LIVE, until } from './control.ts';
import { batch, exposure } from './edge-events-client.ts';
import { RawLog } from './raw-log-files.ts';

const PROJECT = '/api/v1/projects/shop';

let control: Control;
let log: RawLog;

beforeAll(async () => {
  control = await Control.withProject();
  log = new RawLog(`${control.workers.control}${LIVE}`, control.token);
  for (const [name, attribute] of Object.entries({
    country: { type: 'string', class: 'public', known_at: 'edge', dimension: true },
    plan: { type: 'string', class: 'public', known_at: 'client', dimension: true },
  })) {
    const answer = await control.ask('PUT', `${PROJECT}/attributes/${name}`, { body: attribute });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  }
});

afterAll(() => control.end());

/** The levels of the exposure that a key sends from Sweden. */
async function levels(kind: string, properties: object): Promise<unknown> {
  const { key } = (await control.ask('POST', `${LIVE}/keys`, { body: { kind } })).body;
  const met = exposure('traveller', 'on', { properties });
  const response = await fetch(`${control.workers.edge}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'X-Pennon-Country': 'SE' },
    body: JSON.stringify(batch([met])),
  });
  expect(await response.json()).toMatchObject({ accepted: 1 });
  await log.flush();
  const lines = await log.lines();
  return lines.find((line) => line.id === met.id)?.levels;
}

it('takes the country from the platform for clients, and from servers what they say', async () => {
  const said = { country: 'US', plan: 'pro', 'e-mail': 'a@b.example' };
  await until(async () => ((await levels('client', said)) === undefined ? undefined : true));
  expect(await levels('client', said)).toEqual({ country: 'SE', plan: 'pro' });
  expect(await levels('client', {})).toEqual({ country: 'SE' });
  expect(await levels('server', said)).toEqual({ country: 'US', plan: 'pro' });
  expect(await levels('server', {})).toBeUndefined();
});

it('refuses a private attribute as a dimension', async () => {
  const body = { type: 'string', class: 'private', known_at: 'client', dimension: true };
  const answer = await control.ask('PUT', `${PROJECT}/attributes/email`, { body });
  expect(answer.status).toBe(422);
});
