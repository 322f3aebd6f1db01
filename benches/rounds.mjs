// Medians over rounds in which everyone has a turn.

/** The middle of some numbers. */
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Measures each name once a round, in reverse order every other round, so that a noisy minute hits everyone.
 *
 * **Shape** `measure(name)` answers an object of numbers; the answer is `{name: {figure: median}}`.
 */
export async function inTurns(names, rounds, measure) {
  const samples = Object.fromEntries(names.map((name) => [name, {}]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 ? names.toReversed() : names) {
      for (const [figure, value] of Object.entries(await measure(name))) {
        samples[name][figure] ??= [];
        samples[name][figure].push(value);
      }
    }
  }
  return mapValues(samples, (figures) => mapValues(figures, median));
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
