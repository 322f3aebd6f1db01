import type { Storage } from './options.ts';

const PREFIX = 'pennon:';

/** JSON has no bytes: they travel as text with one character a byte. */
const encode = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array
    ? { latin1: Array.from(value, (byte) => String.fromCharCode(byte)).join('') }
    : value;

const decode = (_: string, value: { latin1?: string } | null): unknown =>
  typeof value?.latin1 === 'string'
    ? Uint8Array.from(value.latin1, (character) => character.charCodeAt(0))
    : value;

/** Opens the page's localStorage; rejects where it is missing or blocked. */
export const openLocalStorage = async (): Promise<Storage> => {
  const records = localStorage;
  records.setItem(PREFIX, '');
  return {
    get: async (key) => {
      const text = records.getItem(PREFIX + key);
      return text === null ? undefined : JSON.parse(text, decode);
    },
    set: async (key, value) =>
      value === undefined
        ? records.removeItem(PREFIX + key)
        : records.setItem(PREFIX + key, JSON.stringify(value, encode)),
    keys: async (prefix) =>
      Object.keys(records)
        .filter((key) => key.startsWith(PREFIX + prefix))
        .map((key) => key.slice(PREFIX.length)),
  };
};
