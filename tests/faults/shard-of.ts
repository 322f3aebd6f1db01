// Which shard a unit belongs to, written down once more from docs/events.md.

/** MurmurHash3, x86, 32 bits. */
export function murmur(text: string, seed: number): number {
  const bytes = Buffer.from(text);
  let hash = seed;
  const blocks = bytes.length >> 2;
  for (let block = 0; block < blocks; block += 1) {
    hash ^= scrambled(bytes.readInt32LE(block * 4));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (const byte of bytes.subarray(blocks * 4).toReversed()) rest = (rest << 8) | byte;
  if (bytes.length & 3) hash ^= scrambled(rest);
  hash ^= bytes.length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}

function scrambled(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/** The shard of a user, of so many. */
export function shardOf(environment: string, user: string, shards: number): number {
  return murmur(`${environment}\0user\0${user}`, 0x53484152) % shards;
}

/** A user of that shard whose name begins so. */
export function userOf(environment: string, shard: number, shards: number, name: string): string {
  for (let n = 0; ; n += 1) {
    const user = `${name}-${n}`;
    if (shardOf(environment, user, shards) === shard) return user;
  }
}
