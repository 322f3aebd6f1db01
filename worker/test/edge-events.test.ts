import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { batch, counts, exposure, post, totals, uuid7 } from './edge-events-client.ts';
import { type Seeded, seed } from './edge-seed.ts';
import { shard } from './edge-stores.ts';
import { type Started, startWorkers } from './start.ts';

let workers: Started;
let seeded: Seeded;

beforeAll(async () => {
  workers = await startWorkers();
});

beforeEach(async () => {
  seeded = await seed(workers.miniflare);
});

afterAll(() => workers.stop());

async function send(body: Parameters<typeof post>[2]): Promise<Record<string, unknown>> {
  const response = await post(workers.edge, seeded.clientKey, body);
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, ...answer };
}

function sums(unit?: string): Promise<Record<string, number>> {
  return counts(workers.miniflare, seeded.environment, unit);
}

const people = Array.from({ length: 20 }, (_, n) => `person-${n}`);

describe('POST /v1/events', () => {
  it('counts each subject once, whatever is sent again', async () => {
    const first = batch(people.map((person) => exposure(person)));
    expect(await send(first)).toEqual({ status: 200, accepted: 20, duplicates: 0, rejected: [] });
    expect(await send(first)).toMatchObject({ accepted: 0, duplicates: 20 });
    const resent = { ...first, sent_at: first.sent_at + 60_000 };
    expect(await send(resent)).toMatchObject({ accepted: 0, duplicates: 20 });
    const newcomer = exposure('newcomer');
    const elsewhere = batch([...first.events, newcomer, newcomer]);
    expect(await send(elsewhere)).toMatchObject({ accepted: 1, duplicates: 21 });
    const met = batch(people.map((person) => exposure(person)));
    expect(await send(met)).toMatchObject({ accepted: 20, duplicates: 0 });
    expect(await sums()).toEqual({ 'on/exposed': 21 });
  });

  it('takes the rest of a batch whose id came with fewer events', async () => {
    const whole = batch(people.map((person) => exposure(person)));
    await send({ ...whole, events: whole.events.slice(0, 5) });
    expect(await send(whole)).toMatchObject({ accepted: 15, duplicates: 5 });
    expect(await sums()).toEqual({ 'on/exposed': 20 });
  });

  it('marks who met two variants, and leaves them where they began', async () => {
    const now = Date.now();
    await send(batch([exposure('a', 'on', { at: now - 5_000 }), exposure('b', 'on')]));
    await send(batch([exposure('a', 'off', { at: now - 1_000 })]));
    expect(await sums()).toEqual({ 'on/exposed': 2, 'on/mixed': 1 });
    await send(batch([exposure('a', 'off', { at: now - 9_000 })]));
    expect(await sums()).toEqual({ 'on/exposed': 1, 'off/exposed': 1, 'off/mixed': 1 });
    await send(batch([exposure('a', 'off', { epoch: 1 })]));
    expect(await sums()).toEqual({ 'on/exposed': 1, 'off/exposed': 2, 'off/mixed': 1 });
  });

  it('counts an event once for each unit type in use', async () => {
    const units = { user: 'u', device: 'd', company: 'c' };
    const event = exposure('', 'on', { units });
    expect(await send(batch([event]))).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await send(batch([event]))).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await sums('user')).toEqual({ 'on/exposed': 1 });
    expect(await sums('device')).toEqual({ 'on/exposed': 1 });
    expect(await sums('company')).toEqual({});
  });

  it('leaves bad events out and says why', async () => {
    const answer = await send(
      batch([
        exposure('a'),
        { ...exposure('b'), id: 'x' },
        exposure('c', ''),
        exposure('d', 'on', { units: { company: 'c' } }),
        'nonsense',
        exposure('e', 'on', { note: 'x'.repeat(9_000) }),
        exposure('f', 'on', { note: Array(20).fill('[').join('') }),
      ]),
    );
    expect(answer).toMatchObject({ status: 200, accepted: 2, duplicates: 0 });
    expect(answer.rejected).toMatchObject([
      { index: 1, id: 'x', code: 'invalid_id' },
      { index: 2, code: 'invalid_field' },
      { index: 3, code: 'no_unit' },
      { index: 4, code: 'invalid_event' },
      { index: 5, code: 'event_too_large' },
    ]);
    expect(await sums()).toEqual({ 'on/exposed': 2 });
  });

  it('adds up what clients gave up, once for each batch', async () => {
    const lossy = batch([], { dropped: 7 });
    await send(lossy);
    await send(lossy);
    await send(
      batch(
        people.map((person) => exposure(person)),
        { dropped: 2 },
      ),
    );
    const shards = await totals(workers.miniflare, seeded.environment);
    expect(shards.reduce((sum, shard) => sum + shard.dropped, 0)).toBe(9);
  });

  it('answers 503 while a shard cannot take its part, and doubles nothing afterwards', async () => {
    const sent = batch(people.map((person) => exposure(person)));
    // A shard that belongs to somebody else refuses everything.
    const stolen = await shard(workers.miniflare, seeded.environment, 2);
    const foreign = {
      environment: 'env_other',
      pepper: '00',
      shard: 2,
      shards: 4,
      batch: '00'.repeat(16),
      received_at: Date.now(),
      dropped: 1,
      copies: [],
    };
    await stolen.fetch('https://shard/deliver', { method: 'POST', body: JSON.stringify(foreign) });
    for (const _ of ['first', 'again']) {
      const response = await post(workers.edge, seeded.clientKey, sent);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ error: { code: 'shard_unavailable' } });
    }
    const held = (await sums())['on/exposed'] ?? 0;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(people.length);
  });

  it('takes other events too', async () => {
    const at = Date.now();
    const units = { user: 'u', device: 'd' };
    const answer = await send(
      batch([
        { id: uuid7(), type: 'track', at, units, name: 'paid', value: 3.5, properties: { a: [1] } },
        { id: uuid7(), type: 'identify', at, units },
        { id: uuid7(), type: 'enrol', at, units, flag: 'shop', value: true },
        {
          id: uuid7(),
          type: 'answer',
          at,
          units,
          survey: 's',
          question: 'q',
          submission: uuid7(),
          sequence: 0,
          value: 9,
        },
      ]),
    );
    expect(answer).toEqual({ status: 200, accepted: 4, duplicates: 0, rejected: [] });
  });

  it('takes events of servers by the header', async () => {
    const response = await fetch(`${workers.edge}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${seeded.serverKey}` },
      body: JSON.stringify(batch([exposure('a')])),
    });
    expect(await response.json()).toMatchObject({ accepted: 1 });
  });
});

describe('what POST /v1/events refuses', () => {
  const refusals: [string, Parameters<typeof post>[2], Record<string, string>, number, string][] = [
    ['nothing', '', {}, 400, 'invalid_json'],
    ['half of a batch', '{"id":', {}, 400, 'invalid_json'],
    ['something else', '[]', {}, 400, 'invalid_batch'],
    ['depth', '['.repeat(200_000), {}, 400, 'invalid_batch'],
    ['bytes that are not UTF-8', new Uint8Array([123, 34, 255, 34, 125]), {}, 400, 'invalid_utf8'],
    ['too many events', batch(Array(501).fill(0)), {}, 413, 'too_many_events'],
    ['too many bytes', ' '.repeat(262_145), {}, 413, 'batch_too_large'],
    ['10 MB', ' '.repeat(10_000_000), {}, 413, 'batch_too_large'],
    ['compression', '{}', { 'content-encoding': 'gzip' }, 415, 'unsupported_encoding'],
  ];

  it.each(refusals)('%s', async (_, body, headers, status, code) => {
    const response = await post(workers.edge, seeded.clientKey, body, headers);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('a body without a length that does not end', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 5_000_000) {
          controller.close();
        } else {
          controller.enqueue(new Uint8Array(65_536).fill(32));
        }
      },
    });
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
    const response = await fetch(`${workers.edge}/v1/events?key=${seeded.clientKey}`, init);
    expect(response.status).toBe(413);
  });

  it('keys', async () => {
    const body = batch([exposure('a')]);
    const codeOf = async (key: string) => {
      const response = await post(workers.edge, key, body);
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await codeOf('')).toEqual([401, 'key_missing']);
    expect(await codeOf('pk_x')).toEqual([401, 'key_unknown']);
    expect(await codeOf(seeded.serverKey)).toEqual([403, 'key_in_address']);
    const bound = await seed(workers.miniflare, { origins: ['https://shop.example'] });
    const stranger = await post(workers.edge, bound.clientKey, body, {
      origin: 'https://evil.example',
    });
    expect(stranger.status).toBe(403);
  });

  it('nothing of this broke the isolate', async () => {
    expect(await send(batch([exposure('a')]))).toMatchObject({ accepted: 1 });
  });
});
