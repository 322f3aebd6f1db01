import { decode } from '../engine/wasm.ts';
import { FlagError } from '../errors.ts';

/** A published plan as it travels: who issued it for which environment, how new it is, and the plan bytes. */
export interface Envelope {
  readonly environment: string;
  readonly revision: number;
  /** Infinite where the plan never expires. */
  readonly expiresMs: number;
  readonly hash: Uint8Array;
  readonly plan: Uint8Array;
}

/**
 * Reads the header of an envelope; the plan is not looked into.
 *
 * **Errors** `PARSE_ERROR` when the bytes are no envelope of this format or end too early.
 */
export const parseEnvelope = (bytes: Uint8Array): Envelope => {
  // "PNV1", read as a big-endian number; it and the length byte come before the environment id.
  const magic = 0x504e5631;
  const environmentOffset = 5;
  // Three u64 numbers, the hash, the key id and the signature come between the environment id and the plan.
  const hashOffset = 24;
  const hashEnd = 56;
  const planOffset = 128;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = environmentOffset + (bytes[environmentOffset - 1] as number);
  if (!(bytes.length > start + planOffset) || view.getUint32(0) !== magic)
    throw new FlagError('PARSE_ERROR');
  const u64 = (offset: number): number => Number(view.getBigUint64(start + offset, true));
  return {
    environment: decode(bytes.subarray(environmentOffset, start)),
    revision: u64(0),
    // 0 means never.
    expiresMs: u64(16) || 1 / 0,
    hash: bytes.subarray(start + hashOffset, start + hashEnd),
    plan: bytes.subarray(start + planOffset),
  };
};

/**
 * Compares the plan with what the header says of it; it is taken on trust where the page may not use `crypto.subtle`.
 *
 * **Errors** rejects with `PARSE_ERROR` when it is another one.
 */
export const checkHash = async ({ hash, plan }: Envelope): Promise<void> => {
  const digest = await crypto.subtle?.digest('SHA-256', plan as Uint8Array<ArrayBuffer>);
  if (digest && `${new Uint8Array(digest)}` !== `${hash}`) throw new FlagError('PARSE_ERROR');
};
