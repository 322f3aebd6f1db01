// A plan as the client receives it.
import { createHash } from 'node:crypto';

const KEY_ID_AND_SIGNATURE = 8 + 64;

/** Puts a plan into an envelope, unsigned. */
export function envelopeOf(plan, environment = 'env_bench') {
  const head = Buffer.from(`PNV1\0${environment}`);
  head[4] = environment.length;
  const times = Buffer.alloc(24);
  times.writeBigUInt64LE(1n, 0);
  const hash = createHash('sha256').update(plan).digest();
  return Buffer.concat([head, times, hash, Buffer.alloc(KEY_ID_AND_SIGNATURE), plan]);
}
