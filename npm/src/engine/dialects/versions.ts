// Versions as people write them; `core/src/semver/lenient.rs` says the same.

const VERSION =
  /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-((?:0|[1-9]\d*|\d*[a-z-][\da-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*))*))?(?:\+([\da-z-]+(?:\.[\da-z-]+)*))?$/i;
const SPACE = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g;
const DIGITS = /^\d+$/;
const MOST = 2n ** 64n;

interface Version {
  readonly numbers: readonly bigint[];
  readonly preRelease: string | undefined;
  readonly build: string | undefined;
}

const parse = (text: string): Version | undefined => {
  const loose = text.startsWith('v') ? text.slice(1) : text;
  const [whole, major, minor, patch, preRelease, build] =
    VERSION.exec(loose.replace(SPACE, '')) ?? [];
  if (whole === undefined) return undefined;
  const numbers = [major, minor, patch].map((part) => BigInt(part ?? 0));
  return numbers.every((number) => number < MOST) ? { numbers, preRelease, build } : undefined;
};

/** Below 0, 0 or above; not a number where one of the two is no version. */
export const compareLenientVersions = (
  version: string,
  other: string,
  releases: boolean,
): number => {
  const [left, right] = [parse(version), parse(other)];
  if (!left || !right) return Number.NaN;
  const numbers = firstOf(left.numbers.map((number, i) => order(number, right.numbers[i] ?? 0n)));
  const isBeside = !numbers && right.preRelease !== undefined;
  if (releases && left.preRelease !== undefined && !isBeside) return Number.NaN;
  return (
    numbers ||
    order(left.preRelease === undefined, right.preRelease === undefined) ||
    compareDotted(left.preRelease, right.preRelease, (id) => id) ||
    compareDotted(left.build, right.build, (id) => id.replace(/^0+/, ''))
  );
};

/** Identifiers from left to right; a number sorts before other text, and nothing before anything. */
const compareDotted = (
  left: string | undefined,
  right: string | undefined,
  significant: (id: string) => string,
): number => {
  const [ids, others] = [left, right].map((text) => text?.split('.') ?? []) as [string[], string[]];
  const pairs = ids.slice(0, others.length).map((id, i) => {
    const other = others[i] as string;
    const [isNumber, isOther] = [DIGITS.test(id), DIGITS.test(other)];
    if (!isNumber || !isOther) return order(isOther, isNumber) || order(id, other);
    const [digits, otherDigits] = [significant(id), significant(other)];
    return (
      order(digits.length, otherDigits.length) ||
      order(digits, otherDigits) ||
      order(id.length, other.length)
    );
  });
  return firstOf(pairs) || order(ids.length, others.length);
};

const order = <T>(left: T, right: T): number => Number(left > right) - Number(left < right);

const firstOf = (orders: readonly number[]): number => orders.find((one) => one !== 0) ?? 0;
