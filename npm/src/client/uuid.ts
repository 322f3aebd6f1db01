/** Makes a version 7 UUID: it sorts by time, and its randomness keeps ids of the same millisecond apart. */
export const uuidv7 = (nowMs: number): string => {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return [Math.max(0, Math.floor(nowMs)) * 16 + 7, ...random]
    .map((part, i) => part.toString(16).padStart(i ? 8 : 13, '0'))
    .join('')
    .replace(/(.{8})(....)(....)(...)(.{12}).*/, '$1-$2-$3-8$4-$5');
};
