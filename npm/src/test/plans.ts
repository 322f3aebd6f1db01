import { createHash } from 'node:crypto';
import { compile, initSync } from 'pennon:full';
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

/** Compiles flags and puts them into an envelope, signed with zeroes. */
export const publish = (publication: Publication): Uint8Array<ArrayBuffer> => {
  const { environment = ENVIRONMENT } = publication;
  const { plan } = compiled(publication);
  const name = new TextEncoder().encode(environment);
  const header = new DataView(new ArrayBuffer(24));
  header.setBigUint64(0, BigInt(publication.revision ?? 1), true);
  header.setBigUint64(16, BigInt(publication.expiresMs ?? 0), true);
  return Uint8Array.from([
    ...new TextEncoder().encode('PNV1'),
    name.length,
    ...name,
    ...new Uint8Array(header.buffer),
    ...createHash('sha256').update(plan).digest(),
    ...new Uint8Array(8 + 64),
    ...plan,
  ]);
};
