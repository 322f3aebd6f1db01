/** The form of RFC 3339; captures the day, the time, the fraction of its second, and the offset. */
const DATE =
  /^(\d{4}-\d\d-\d\d)t([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

/** Milliseconds since 1970 of an RFC 3339 timestamp, as the core's own reader has them; not a number for other texts. */
export const parseDate = (text: string): number => {
  const [
    ,
    day = '',
    hour,
    minute,
    second,
    fraction = '',
    sign = '',
    offsetHour = 0,
    offsetMinute = 0,
  ] = DATE.exec(text) ?? [];
  // A date without a time is midnight in UTC, and the 30th of February some day in March.
  const midnight = new Date(day);
  if (!midnight.toJSON()?.startsWith(day)) return Number.NaN;
  const minutes =
    Number(hour) * 60 +
    Number(minute) -
    Number(`${sign}1`) * (Number(offsetHour) * 60 + Number(offsetMinute));
  return (
    Number(midnight) +
    (minutes * 60 + Number(second)) * 1_000 +
    // Digits beyond milliseconds are dropped.
    Math.round(Number(fraction.slice(0, 4)) * 1_000)
  );
};
