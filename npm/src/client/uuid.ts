/** Makes a version 7 UUID: it sorts by time, and its randomness keeps ids of the same millisecond apart. */
export const uuidv7 = (nowMs: number): string => {
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0');
  const random = crypto.getRandomValues(new Uint8Array(19));
  let i = 0;
  // t: a digit of the time, r: a random digit, v: a random digit whose two highest bits are 1 and 0.
  return 'tttttttt-tttt-7rrr-vrrr-rrrrrrrrrrrr'.replace(/[trv]/g, (kind) => {
    const at = i++;
    if (kind === 't') return time.charAt(at);
    const digit = (random[at - 12] ?? 0) & 15;
    return (kind === 'v' ? (digit & 3) | 8 : digit).toString(16);
  });
};
