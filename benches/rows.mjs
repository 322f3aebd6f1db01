// Rows of `bench --json`, and the table of them for people.

/**
 * One comparison. `ratio` says how many times better we are in that run, so it is peer over ours: every measured
 * quantity here is a cost. `target` is the least ratio that passes; null only informs.
 */
export const row = (name, unit, ours, peer, peer_name, target) => ({
  name,
  unit,
  ours: rounded(ours),
  peer: rounded(peer),
  peer_name,
  ratio: rounded(peer / ours),
  target,
});

/** Whether a row reaches its target; what could not be measured does not. */
export const passes = ({ ratio, target }) =>
  target === null || (Number.isFinite(ratio) && ratio >= target);

const rounded = (number) => (Number.isFinite(number) ? Number(number.toPrecision(4)) : null);

/** The rows as text columns. */
export function table(rows) {
  const lines = rows.map((r) => [
    passes(r) ? '' : 'MISSED',
    r.name,
    `${r.ours} ${r.unit}`,
    `${r.peer_name} ${r.peer}`,
    `${r.ratio}x`,
    r.target === null ? '' : `target ${r.target}x`,
  ]);
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i].length))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
