// A stored plan is text in base64: 4 characters for 3 bytes, where a list of numbers takes about 4 for each.

/** Writes a plan as text. */
export const toText = (bytes: Uint8Array): string =>
  btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));

/** Reads what `toText` wrote; throws when it is something else. */
export const toBytes = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
