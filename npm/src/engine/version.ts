/** The grammar of semver.org 2.0.0; captures the three numbers and the pre-release. */
const VERSION =
  /^((?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2})(?:-((?:0|[1-9]\d*|\d*[a-z-][\da-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*))*))?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/i;

/** Identifiers so that texts compare as they do: a number sorts before other text, a shorter before a longer one. */
const keyOf = (identifiers: string): string =>
  identifiers
    .split('.')
    .map((id) => `${/\D/.test(id) ? '' : `\u0001${String.fromCharCode(id.length)}`}${id}\0`)
    .join('');

/** The sort keys of versions that were met, since a plan compares with the same few again and again. */
const known = new Map<string, string | undefined>();
/** A server meets the versions of everybody who asks. */
const MAX_KNOWN = 1_000;

/** A text that sorts as the version does; undefined for what is no version. */
const sortKeyOf = (text: string): string | undefined => {
  let key = known.get(text);
  if (key === undefined) {
    const [, numbers, preRelease] = VERSION.exec(text) ?? [];
    // A release comes after its pre-releases, and this character after all of theirs.
    key = numbers && keyOf(numbers) + (preRelease ? keyOf(preRelease) : '~');
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, key);
  }
  return key;
};

/** Below 0, 0 or above, by the precedence of two semantic versions; not a number where one of them is none. */
export const compareVersions = (version: string, other: string): number => {
  const left = sortKeyOf(version);
  const right = sortKeyOf(other);
  return left && right ? Number(left > right) - Number(left < right) : Number.NaN;
};
