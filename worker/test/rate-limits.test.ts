import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batch, exposure, post } from './edge-events-client.ts';
import { seed } from './edge-seed.ts';
import { type Started, startWorkers } from './start.ts';

let workers: Started;

beforeAll(async () => {
  const limits = {
    EVENTS_BY_KEY: 6,
    EVENTS_BY_ADDRESS: 3,
    EVALUATE_BY_KEY: 6,
    EVALUATE_BY_ADDRESS: 3,
    STREAM_BY_KEY: 6,
    STREAM_BY_ADDRESS: 3,
  };
  workers = await startWorkers({ limits });
});

afterAll(() => workers.stop());

function statuses(
  count: number,
  send: () => Promise<Response>,
): Promise<{ status: number; answer: Response }[]> {
  const sent = Array.from({ length: count }, async () => {
    const answer = await send();
    return { status: answer.status, answer };
  });
  return Promise.all(sent);
}

const count = (answers: { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

it('refuses an address, then a key, and says when to come again', async () => {
  const { clientKey } = await seed(workers.miniflare);
  const from = (address: string) => () =>
    post(workers.edge, clientKey, batch([exposure('a')]), { 'CF-Connecting-IP': address });
  // The window of the limit may end in between, so there may be one more than allowed.
  const first = await statuses(8, from('192.0.2.1'));
  expect(count(first, 200)).toBeGreaterThanOrEqual(3);
  expect(count(first, 429)).toBeGreaterThanOrEqual(2);
  const refused = first.find(({ status }) => status === 429)?.answer;
  expect(refused?.headers.get('retry-after')).toBe('10');
  expect(refused?.headers.get('access-control-allow-origin')).toBe('*');
  expect(await refused?.json()).toMatchObject({ error: { code: 'too_many_requests' } });
});

it('counts servers by their key alone, and each key for itself', async () => {
  const one = await seed(workers.miniflare);
  const two = await seed(workers.miniflare);
  const send = (key: string) => () =>
    fetch(`${workers.edge}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'CF-Connecting-IP': '192.0.2.2' },
      body: JSON.stringify(batch([exposure('a')])),
    });
  const many = await statuses(14, send(one.serverKey));
  expect(count(many, 200)).toBeGreaterThanOrEqual(6);
  expect(count(many, 429)).toBeGreaterThanOrEqual(2);
  expect(count(await statuses(5, send(two.serverKey)), 200)).toBe(5);
});

it('counts questions for themselves, by address and by key', async () => {
  const { clientKey, serverKey } = await seed(workers.miniflare);
  const ask = (key: string) => () =>
    fetch(`${workers.edge}/v1/evaluate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'CF-Connecting-IP': '192.0.2.3' },
      body: JSON.stringify({ context: {}, flags: [] }),
    });
  // What was published here is no plan, so whoever is let in gets 503.
  const first = await statuses(8, ask(clientKey));
  expect(count(first, 503)).toBeGreaterThanOrEqual(3);
  expect(count(first, 429)).toBeGreaterThanOrEqual(2);
  const refused = first.find(({ status }) => status === 429)?.answer;
  expect(refused?.headers.get('retry-after')).toBe('10');
  expect(await refused?.json()).toMatchObject({ error: { code: 'too_many_requests' } });
  const many = await statuses(14, ask(serverKey));
  expect(count(many, 503)).toBeGreaterThanOrEqual(6);
  expect(count(many, 429)).toBeGreaterThanOrEqual(2);
  // Whoever may ask no more can still send.
  const sent = await post(workers.edge, clientKey, batch([exposure('a')]));
  expect(sent.status).toBe(200);
});

/** Asks for a push connection; what `fetch` cannot do. */
function connect(key: string): Promise<{ status: number; answer: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      'CF-Connecting-IP': '192.0.2.4',
    };
    const asked = request(`${workers.edge}/v1/stream`, { headers });
    const settle = (answer: IncomingMessage) => {
      resolve({ status: answer.statusCode ?? 0, answer });
      answer.destroy();
    };
    asked.on('response', settle).on('upgrade', settle).on('error', reject).end();
  });
}

it('counts push connections for themselves, by address and by key', async () => {
  const { clientKey, serverKey } = await seed(workers.miniflare);
  const open = (key: string, times: number) =>
    Promise.all(Array.from({ length: times }, () => connect(key)));
  const first = await open(clientKey, 8);
  expect(first.length - count(first, 429)).toBeGreaterThanOrEqual(3);
  expect(count(first, 429)).toBeGreaterThanOrEqual(2);
  const refused = first.find(({ status }) => status === 429)?.answer;
  expect(refused?.headers['retry-after']).toBe('10');
  const many = await open(serverKey, 14);
  expect(many.length - count(many, 429)).toBeGreaterThanOrEqual(6);
  expect(count(many, 429)).toBeGreaterThanOrEqual(2);
});
