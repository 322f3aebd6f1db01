// Random numbers that a seed gives again, and choices made with them.

/** A source of random numbers: mulberry32. */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  const pick = (list) => list[below(list.length)];
  return {
    below,
    pick,
    /** Whether something of this chance happens. */
    chance: (share) => next() < share,
    /** From nothing to so many things. */
    some: (most, make) => Array.from({ length: below(most + 1) }, (_, i) => make(i)),
    /** One of several makers, called. */
    make: (...makers) => pick(makers)(),
  };
}
