/** Compact JSON with the fields of objects in order; undefined for what JSON cannot hold. */
export const jsonOf = (value: unknown): string | undefined => {
  const written = JSON.stringify(value);
  return written === undefined ? undefined : ordered(JSON.parse(written));
};

const ordered = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(ordered).join(',')}]`;
  if (typeof value === 'object' && value) {
    const fields = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
    return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${ordered(one)}`).join(',')}}`;
  }
  return JSON.stringify(value);
};

const byCodePoint = (left: string, right: string): number => {
  const [points, others] = [[...left], [...right]].map((letters) =>
    letters.map((letter) => letter.codePointAt(0) ?? 0),
  ) as [number[], number[]];
  const at = points.findIndex((point, i) => point !== others[i]);
  return at < 0 ? points.length - others.length : (points[at] ?? 0) - (others[at] ?? -1);
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NAMED = /^([+-]?)(?:inf(?:inity)?|(nan))$/i;
const NO_NUMBER = -0;

/** A number as other systems read one, also "nan"; minus zero, which is never a number here, for other texts. */
export const numberOf = (text: string): number => {
  if (NUMBER.test(text)) return Number(text) || 0;
  const [whole, sign, isNotNumber] = NAMED.exec(text) ?? [];
  if (whole === undefined) return NO_NUMBER;
  if (isNotNumber) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
};
