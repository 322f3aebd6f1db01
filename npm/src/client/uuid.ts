/** Makes a version 7 UUID: it sorts by time, and its randomness keeps ids of the same millisecond apart. */
export const uuidv7 = (nowMs: number): string => {
  let digits = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0');
  for (const random of crypto.getRandomValues(new Uint32Array(3)))
    digits += random.toString(16).padStart(8, '0');
  return digits.replace(/(.{8})(.{4})(...)(...)(.{12}).*/, '$1-$2-7$3-8$4-$5');
};
