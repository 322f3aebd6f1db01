import type { Kill } from './push.ts';

// This module loads on demand, as `explain.ts` does, and so imports nothing either.

const ALGORITHM = 'Ed25519';
/** The environment id begins after the magic and its length; the key id and the signature lie this far behind its end. */
const ENVIRONMENT_OFFSET = 5;
const KEY_ID_OFFSET = 56;
const SIGNATURE_OFFSET = 64;
const SIGNATURE_END = 128;

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

/** The id of the key that is said to have signed it. */
export const keyIdOf = (signed: Uint8Array | Kill): string => {
  if (!(signed instanceof Uint8Array)) return signed.key_id;
  const start = ENVIRONMENT_OFFSET + (signed[ENVIRONMENT_OFFSET - 1] as number);
  const id = signed.subarray(start + KEY_ID_OFFSET, start + SIGNATURE_OFFSET);
  return Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** What was signed, and the signature; `docs/plan-format.md` and `docs/push.md` describe both. */
const partsOf = (signed: Uint8Array | Kill) => {
  if (signed instanceof Uint8Array) {
    const start = ENVIRONMENT_OFFSET + (signed[ENVIRONMENT_OFFSET - 1] as number);
    return {
      text: signed.slice(0, start + SIGNATURE_OFFSET),
      signature: signed.slice(start + SIGNATURE_OFFSET, start + SIGNATURE_END),
    };
  }
  const { environment, revision, flag, killed, signature } = signed;
  const lines = ['pennon kill 1', environment, revision, flag, killed ? 1 : 0];
  return { text: new TextEncoder().encode(lines.join('\n')), signature: bytesOf(signature) };
};

/** Rejects what none of `publicKeys` has signed, and everything where the platform knows no Ed25519. */
export const demandSigned = async (
  publicKeys: readonly string[],
  signed: Uint8Array | Kill,
): Promise<void> => {
  const { subtle } = crypto;
  if (!subtle) throw new Error('signatures cannot be checked on an insecure page');
  const { text, signature } = partsOf(signed);
  const answers = await Promise.all(
    publicKeys.map(async (publicKey) => {
      const key = await subtle.importKey('raw', bytesOf(publicKey), ALGORITHM, false, ['verify']);
      return subtle.verify(ALGORITHM, key, signature, text);
    }),
  );
  if (!answers.includes(true)) throw new Error('signature');
};
