/** The form of RFC 3339; captures the day and the fraction of the second. */
const DATE =
  /^(\d{4}-\d\d-\d\d)t(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** A leap second, which JavaScript does not read: it is the first second of the next minute. */
const LEAP = ':60';

/** Milliseconds since 1970 of an RFC 3339 timestamp, as the core's own reader has them; not a number for other texts. */
export const parseDate = (text: string): number => {
  const [, day = '', fraction = ''] = DATE.exec(text) ?? [];
  // JavaScript may take the 30th of February for a day in March.
  if (!new Date(day).toJSON()?.startsWith(day)) return Number.NaN;
  const whole = text.replace(fraction, '').replace(LEAP, ':59').toUpperCase();
  return (
    Date.parse(whole) +
    (text.includes(LEAP) ? 1_000 : 0) +
    // Digits beyond milliseconds are dropped.
    Math.round(Number(fraction.slice(0, 4)) * 1_000)
  );
};
