import { expect, it } from 'vitest';
import { encode } from '../../encode.mjs';
import { decode } from './decode.ts';

it('gives back every byte that was encoded', () => {
  const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  expect(decode(encode(bytes))).toEqual(bytes);
  expect(new Set(bytes).size).toBe(256);
});
