/** JSON has no bytes: they travel as the characters from here on, none of which JSON escapes. */
const FIRST_CHARACTER = 256;

/** Turns a plan into text, for storages that keep only that. */
export const toText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(FIRST_CHARACTER + byte)).join('');

/** Turns the text back; from any other text come bytes that are no plan. */
export const fromText = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) - FIRST_CHARACTER);
