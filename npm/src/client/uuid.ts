/** Makes a version 7 UUID: it sorts by time, and its randomness keeps ids of the same millisecond apart. */
export const uuidv7 = (nowMs: number): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0').slice(-12);
  const random = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  // The variant digit is 8..b: the two highest bits of its byte are 1 and 0.
  const variant = '89ab'.charAt((bytes[9] ?? 0) & 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(3, 6)}-${random.slice(6, 18)}`;
};
