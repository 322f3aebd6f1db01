/** The first digit of the encoding is `$`, and there are this many of them; `encode.mjs` says why. */
const FIRST_DIGIT = 36;
const DIGITS = 86;

/** Turns the text that `encode.mjs` made back into bytes. */
export const decode = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes: number[] = [];
  let page = 0;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - FIRST_DIGIT;
    if (digit < DIGITS) {
      bytes.push(page + digit);
      page = 0;
    } else page = (digit - DIGITS + 1) * DIGITS;
  }
  return new Uint8Array(bytes);
};
