// Randomness that can be had again: a run prints its seed.

/** Draws that depend on the seed alone (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A fraction, 0 up to but not including 1. */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, `from` up to but not including `to`. */
  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from));
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.between(0, choices.length)];
    if (choice === undefined) throw new Error('there is nothing to pick from');
    return choice;
  }

  /** True this often. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }
}

/** The seed of the environment variable `PENNON_SEED`, or a new one; either is printed. */
export function seed(): number {
  const given = process.env.PENNON_SEED;
  const value = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
  console.error(`PENNON_SEED=${value}`);
  return value;
}
