// What happens when a store does not take a publication: nothing is lost, and nobody has to ask again.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addresses, localOptions } from '../local.ts';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { removeState } from './start.ts';

interface Readable {
  get(name: string): Promise<string | null>;
  get(name: string, type: 'arrayBuffer'): Promise<ArrayBuffer | null>;
}

interface Bucket {
  get(name: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

let control: Control;
let environment: { id: string; revision: number; public_key: string };

beforeAll(async () => {
  control = await Control.withProject();
  environment = (await control.ask('GET', LIVE)).body;
  await control.workers.stop();
});
afterAll(() => removeState(control.state));

/** Starts on the same state, with or without the bucket that publishing writes to. */
function start({ bucket }: { bucket: boolean }): Miniflare {
  const options = localOptions({ persist: control.state });
  const worker = (
    options as { workers: { config: { name: string; env: Record<string, unknown> } }[] }
  ).workers.find(({ config }) => config.name === 'pennon-control');
  if (!bucket) delete worker?.config.env.ARCHIVE;
  return new Miniflare(options);
}

/** Both stores, as the edge is bound to them. */
async function stores(miniflare: Miniflare): Promise<{ snapshots: Readable; archive: Bucket }> {
  const snapshots: unknown = await miniflare.getKVNamespace('SNAPSHOTS', 'pennon-edge');
  const archive: unknown = await miniflare.getR2Bucket('ARCHIVE', 'pennon-edge');
  return { snapshots: snapshots as Readable, archive: archive as Bucket };
}

async function ask(miniflare: Miniflare, method: string, path: string, body?: unknown) {
  const { control: origin } = await addresses(miniflare);
  const headers = { Authorization: `Bearer ${control.token}` };
  const init =
    body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(origin + path, init);
  const json: unknown = await answer.json();
  return { status: answer.status, body: json as Record<string, unknown> };
}

test('without the bucket changes are committed, say that they are not published, and wait', async () => {
  const miniflare = start({ bucket: false });
  for (const key of ['first', 'second']) {
    const answer = await ask(miniflare, 'PUT', `${LIVE}/flags/${key}`, booleanFlag());
    expect(answer.status).toBe(201);
    expect(answer.body.published).toBe(false);
  }
  const shown = await ask(miniflare, 'GET', LIVE);
  expect(shown.body).toMatchObject({ revision: environment.revision + 2, published: false });
  const { snapshots } = await stores(miniflare);
  const pointer = JSON.parse((await snapshots.get(`env/${environment.id}`)) ?? '{}');
  expect(pointer.revision).toBe(environment.revision);
  await miniflare.dispose();
});

test('with the bucket back, a start is enough: nobody asks, and the newest revision is there', async () => {
  const miniflare = start({ bucket: true });
  const { snapshots, archive } = await stores(miniflare);
  const pointer = await until(async () => {
    const record = JSON.parse((await snapshots.get(`env/${environment.id}`)) ?? '{}');
    return record.revision === environment.revision + 2 ? record : undefined;
  });
  for (const audience of [pointer.public, pointer.server]) {
    const name = `snap/${audience.snapshot}`;
    const fromKv = Buffer.from((await snapshots.get(name, 'arrayBuffer')) ?? new ArrayBuffer(0));
    const object = await archive.get(name);
    const fromBucket = Buffer.from((await object?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(fromBucket.equals(fromKv)).toBe(true);
    expect(createHash('sha256').update(fromKv).digest('hex')).toBe(audience.snapshot);
    expectSigned(fromKv, audience.plan);
    await expectCompressed({ snapshots, archive }, name, audience.encoded, fromKv);
    expect(await snapshots.get(`names/${audience.names}`)).not.toBeNull();
  }
  const shown = await ask(miniflare, 'GET', LIVE);
  expect(shown.body.published).toBe(true);
  await miniflare.dispose();
});

/** Both stores hold the envelope in brotli and gzip too, under the hashes that the record says. */
async function expectCompressed(
  { snapshots, archive }: { snapshots: Readable; archive: Bucket },
  name: string,
  encoded: { br: string; gzip: string },
  envelope: Buffer,
): Promise<void> {
  const copies = [
    { suffix: 'br', hash: encoded.br, decompress: brotliDecompressSync },
    { suffix: 'gz', hash: encoded.gzip, decompress: gunzipSync },
  ];
  for (const { suffix, hash, decompress } of copies) {
    const fromKv = await snapshots.get(`${name}.${suffix}`, 'arrayBuffer');
    const object = await archive.get(`${name}.${suffix}`);
    const fromBucket = await object?.arrayBuffer();
    for (const bytes of [fromKv, fromBucket]) {
      const copy = Buffer.from(bytes ?? new ArrayBuffer(0));
      expect(createHash('sha256').update(copy).digest('hex')).toBe(hash);
      expect(decompress(copy).equals(envelope)).toBe(true);
    }
  }
}

/** Reads an envelope as docs/plan-format.md describes it, and checks signature, hash and header. */
function expectSigned(envelope: Buffer, plan: string): void {
  expect(envelope.subarray(0, 4).toString()).toBe('PNV1');
  const idEnd = 5 + envelope.readUInt8(4);
  expect(envelope.subarray(5, idEnd).toString()).toBe(environment.id);
  expect(Number(envelope.readBigUInt64LE(idEnd))).toBe(environment.revision + 2);
  const hashStart = idEnd + 24;
  expect(envelope.subarray(hashStart, hashStart + 32).toString('hex')).toBe(plan);
  const signatureStart = hashStart + 40;
  const signature = envelope.subarray(signatureStart, signatureStart + 64);
  const body = envelope.subarray(signatureStart + 64);
  expect(createHash('sha256').update(body).digest('hex')).toBe(plan);
  const raw = Buffer.from(environment.public_key, 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' });
  expect(verify(null, envelope.subarray(0, signatureStart), key, signature)).toBe(true);
}
