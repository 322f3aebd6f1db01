// Compressed copies of snapshots, as a client that reads headers itself sees them.
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';

interface Raw {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

let control: Control;
let path: string;

beforeAll(async () => {
  control = await Control.withProject();
  for (let n = 0; n < 20; n += 1) {
    await control.ask('PUT', `${LIVE}/flags/flag-${n}`, { body: booleanFlag() });
  }
  const { body } = await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } });
  path = `/v1/config/${body.key}`;
});

afterAll(() => control?.end());

/** No library between us and the wire: `fetch` would unpack. */
function get(headers: Record<string, string>): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request(control.workers.edge + path, { headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const { statusCode = 0, headers: received } = answer;
      resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks) });
    });
    sent.once('error', reject);
    sent.end();
  });
}

it('sends what publishing compressed, with a tag of its own', async () => {
  const plain = await get({ 'accept-encoding': 'identity' });
  expect(plain.status).toBe(200);
  expect(plain.headers['content-encoding']).toBeUndefined();
  const tag = String(plain.headers.etag);
  for (const [accepted, encoding, suffix, unpack] of [
    ['gzip, deflate, br', 'br', '-br', brotliDecompressSync],
    ['gzip', 'gzip', '-gz', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', '-gz', gunzipSync],
  ] as const) {
    const packed = await get({ 'accept-encoding': accepted });
    expect(packed.headers['content-encoding'], accepted).toBe(encoding);
    expect(packed.headers.etag).toBe(tag.replace(/"$/, `${suffix}"`));
    expect(packed.headers.vary).toBe('Accept-Encoding');
    expect(packed.body.length).toBeLessThan(plain.body.length);
    expect(unpack(packed.body).equals(plain.body)).toBe(true);
    for (const known of [tag, String(packed.headers.etag)]) {
      const again = await get({ 'accept-encoding': accepted, 'if-none-match': known });
      expect([again.status, again.headers.etag, again.body.length]).toEqual([304, known, 0]);
    }
  }
});

it('is the newest one after a publication, in every encoding', async () => {
  const before = await get({ 'accept-encoding': 'br' });
  await control.ask('PUT', `${LIVE}/flags/another`, { body: booleanFlag() });
  const after = await until(async () => {
    const answer = await get({ 'accept-encoding': 'br' });
    return answer.headers.etag === before.headers.etag ? undefined : answer;
  });
  const plain = await get({ 'accept-encoding': 'identity' });
  expect(brotliDecompressSync(after.body).equals(plain.body)).toBe(true);
});
