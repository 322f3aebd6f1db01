// What may come over the line instead of a snapshot: a part of it, one with a bit flipped, something
// else, an old one, one signed by a stranger. A client keeps the last good plan, and takes the next
// good one.
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServerClient, type ServerClient } from 'pennon/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

/** What the harmful one does to a body. */
type Harm = (envelope: Buffer) => Buffer;

const FLIPS = 150;
const CUTS = 60;
const random = new Random(seed());
let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

/** A client whose downloads pass through `harm`, without ETags so that each is a whole one. */
function connect(): { readonly client: ServerClient; harm: Harm | undefined } {
  const line: { client: ServerClient; harm: Harm | undefined } = {
    harm: undefined,
    client: createServerClient({
      endpoint: machine.edge,
      key: project.serverKey,
      refreshMs: 0,
      exposures: false,
      logger: () => {},
      fetch: async (input, init) => {
        const request = new Request(input as string, init);
        request.headers.delete('If-None-Match');
        const response = await fetch(request);
        if (line.harm === undefined || !request.url.includes('/v1/config')) return response;
        const body = line.harm(Buffer.from(await response.arrayBuffer()));
        const headers = {
          'Content-Type': 'application/octet-stream',
          ETag: `"${random.fraction()}"`,
        };
        return new Response(new Uint8Array(body), { headers });
      },
    }),
  };
  return line;
}

/** The revision that `client` decides by, and what it decides: never an exception. */
function decided(client: ServerClient) {
  const { variant } = client.getDetails('by-user', false, { units: { user: 'u-1' } });
  return { revision: client.status().revision, variant };
}

/** Where the parts of an envelope are; see docs/plan-format.md. */
function parts(envelope: Buffer) {
  const start = 5 + envelope.readUInt8(4);
  return {
    revision: start,
    issued: start + 8,
    expires: start + 16,
    key: start + 56,
    signature: start + 64,
    plan: start + 128,
  };
}

const cut =
  (length: number): Harm =>
  (envelope) =>
    envelope.subarray(0, length);

function flip(bit: number): Harm {
  return (envelope) => {
    const flipped = Buffer.from(envelope);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return flipped;
  };
}

/** Says that it is newer, and is signed by a stranger. */
const forge: Harm = (envelope) => {
  const forged = Buffer.from(envelope);
  const { revision, signature } = parts(forged);
  forged.writeBigUInt64LE(forged.readBigUInt64LE(revision) + 100n, revision);
  const { privateKey } = generateKeyPairSync('ed25519');
  sign(null, forged.subarray(0, signature), privateKey).copy(forged, signature);
  return forged;
};

/** Says that it is good for ever. */
const immortal: Harm = (envelope) => {
  const changed = Buffer.from(envelope);
  changed.writeBigUInt64LE(0n, parts(changed).expires);
  return changed;
};

async function harms(): Promise<readonly [string, readonly Harm[]][]> {
  const { length } = Buffer.from(await (await serverConfig()).arrayBuffer());
  const bits = Array.from({ length: FLIPS }, () => random.between(0, 8 * length));
  const header = Array.from({ length: FLIPS }, () => random.between(0, 8 * 144));
  const lengths = Array.from({ length: CUTS }, () => random.between(0, length));
  return [
    ['cut off', [0, 1, 4, length - 1, ...lengths].map(cut)],
    ['with one bit flipped', bits.map(flip)],
    ['with one bit of the header flipped', header.map(flip)],
    ['signed by a stranger', [forge]],
    ['with a later expiry', [immortal]],
    ['of something else', [() => Buffer.from('<!doctype html>')]],
  ];
}

function serverConfig(): Promise<Response> {
  const headers = { Authorization: `Bearer ${project.serverKey}` };
  return fetch(`${machine.edge}/v1/config`, { headers });
}

it('a client that holds a plan keeps it, whatever comes in its place', async () => {
  const line = connect();
  await line.client.ready();
  const good = decided(line.client);
  expect(good.variant).toMatch(/^(on|off)$/);
  await project.writeFlag('by-user', { description: 'newer, so that a client would take it' });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  for (const [name, some] of await harms()) {
    for (const harm of some) {
      line.harm = harm;
      await line.client.refresh();
      expect(decided(line.client), name).toEqual(good);
    }
  }
  line.harm = undefined;
  await line.client.refresh();
  expect(decided(line.client)).toMatchObject({ revision: (good.revision ?? 0) + 1 });
  await line.client.close();
});

it('a client that never had a plan says so, and takes the first good one', async () => {
  const line = connect();
  line.harm = forge;
  await line.client.ready();
  for (const [name, some] of await harms()) {
    for (const harm of some.slice(0, 40)) {
      line.harm = harm;
      await line.client.refresh();
      expect(decided(line.client), name).toEqual({ revision: undefined, variant: undefined });
    }
  }
  line.harm = undefined;
  await line.client.refresh();
  expect(decided(line.client).variant).toMatch(/^(on|off)$/);
  await line.client.close();
});

it('an older snapshot does not take a client back', async () => {
  const line = connect();
  const old = Buffer.from(await (await serverConfig()).arrayBuffer());
  await project.writeFlag('by-user', { description: 'newer again' });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await line.client.ready();
  const now = decided(line.client);
  line.harm = () => old;
  await line.client.refresh();
  expect(decided(line.client)).toEqual(now);
  await line.client.close();
});
