import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { compile, initSync } from 'pennon:full';
import type { Kill } from '../client/push.ts';
import type { FlagValue, Json } from '../types.ts';
import { readArtefact } from './artefact.ts';

/** A flag as people write it; what a test leaves out has the usual value. */
export type FlagJson = Readonly<Record<string, Json>>;

/** What a test publishes. */
export interface Publication {
  readonly flags: Readonly<Record<string, FlagJson>>;
  readonly attributes?: Readonly<Record<string, Json>>;
  readonly revision?: number;
  readonly environment?: string;
  readonly expiresMs?: number;
  readonly audience?: 'public' | 'server';
}

export const ENVIRONMENT = 'env_test';

let isInitialised = false;

const initialise = (): void => {
  if (isInitialised) return;
  initSync({ module: readArtefact('full_bg.wasm') });
  isInitialised = true;
};

const kindOf = (value: FlagValue): string => {
  const type = typeof value;
  return type === 'boolean' || type === 'string' || type === 'number' ? type : 'object';
};

/** A flag that always serves `value`. */
export const always = (value: FlagValue, more: FlagJson = {}): FlagJson => ({
  type: kindOf(value),
  variants: { only: value },
  enabled: true,
  off: 'only',
  fallthrough: { variant: 'only' },
  ...more,
});

/** An experiment that draws one of two values, `a` for the first `percent` of the units. */
export const experiment = (
  a: FlagValue,
  b: FlagValue,
  percent: number,
  more: FlagJson = {},
): FlagJson => ({
  type: kindOf(a),
  variants: { a, b },
  enabled: true,
  off: 'b',
  fallthrough: {
    distribution: {
      ranges: [
        { variant: 'a', from: 0, to: percent * 100 },
        { variant: 'b', from: percent * 100, to: 10_000 },
      ].filter(({ from, to }) => from < to),
    },
  },
  ...more,
});

const compiled = ({ flags, attributes = {}, environment = ENVIRONMENT, audience }: Publication) => {
  initialise();
  return compile({ schema: 1, environment, attributes, flags }, audience ?? 'public');
};

/** The names file of what is published. */
export const names = (publication: Publication): Uint8Array<ArrayBuffer> =>
  new Uint8Array(compiled(publication).names);

/** A key that signs, with what clients know of it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly id: string;
  readonly publicKey: string;
}

/** Makes a key for a test. */
export const createSigningKey = (): SigningKey => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of its DER form are the key.
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const id = createHash('sha256').update(raw).digest().subarray(0, 8).toString('hex');
  return { privateKey, id, publicKey: raw.toString('hex') };
};

/** The key of the test's environment. */
export const signingKey: SigningKey = createSigningKey();

/** What `/v1/keys` answers about these keys. */
export const keysAnswer = (...keys: readonly SigningKey[]): Response =>
  Response.json({ keys: keys.map(({ id, publicKey }) => ({ id, public_key: publicKey })) });

/** Compiles flags and puts them into a signed envelope. */
export const publish = (
  publication: Publication,
  key: SigningKey = signingKey,
): Uint8Array<ArrayBuffer> => {
  const { environment = ENVIRONMENT } = publication;
  const { plan } = compiled(publication);
  const name = new TextEncoder().encode(environment);
  const header = new DataView(new ArrayBuffer(24));
  header.setBigUint64(0, BigInt(publication.revision ?? 1), true);
  header.setBigUint64(16, BigInt(publication.expiresMs ?? 0), true);
  const head = Buffer.concat([
    Buffer.from('PNV1'),
    Buffer.from([name.length]),
    name,
    new Uint8Array(header.buffer),
    createHash('sha256').update(plan).digest(),
    Buffer.from(key.id, 'hex'),
  ]);
  return Uint8Array.from([...head, ...sign(null, head, key.privateKey), ...plan]);
};

/** A signed kill, as the edge tells of it. */
export const kill = (
  flag: string,
  revision: number,
  killed = true,
  key: SigningKey = signingKey,
): Kill & { readonly type: 'kill' } => {
  const lines = ['pennon kill 1', ENVIRONMENT, revision, flag, killed ? 1 : 0];
  return {
    type: 'kill',
    environment: ENVIRONMENT,
    revision,
    flag,
    killed,
    key_id: key.id,
    signature: sign(null, Buffer.from(lines.join('\n')), key.privateKey).toString('hex'),
  };
};
