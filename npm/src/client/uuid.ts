/** Each `x` is a digit: the time first, then chance. */
const FORM = 'xxxxxxxx-xxxx-7xxx-8xxx-xxxxxxxxxxxx';

/** Makes a version 7 UUID: it sorts by time, and its randomness keeps ids of the same millisecond apart. */
export const uuidv7 = (nowMs: number): string => {
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0');
  const random = crypto.getRandomValues(new Uint8Array(FORM.length));
  let i = 0;
  return FORM.replaceAll('x', () => time[i++] ?? ((random[i] as number) & 15).toString(16));
};
