// Dates as people and other systems write them; `core/src/date/lenient.rs` says the same.

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;

/** Milliseconds of the units of a relative date; months and years are calendar steps. */
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: DAY, w: 7 * DAY };

const RELATIVE = /^-?(\d+)([hdwmy])$/;
const ISO =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[ t](\d\d?):(\d\d?)(?::(\d\d?)(\.\d+)?)?(?: ?(z|utc|gmt|[+-]\d\d:?\d\d))?)?$/i;
const RFC_2822 =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun), )?(\d\d?) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (\d{4}) (\d\d?):(\d\d?)(?::(\d\d?)(\.\d+)?)? ?(z|utc|gmt|[+-]\d\d:?\d\d)$/i;
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Milliseconds since 1970; not a number for texts that are no date. */
export const parseLenientDate = (text: string, now: number): number => {
  const [, digits = '', unit = ''] = RELATIVE.exec(text) ?? [];
  if (unit) {
    const count = Number(digits);
    if (count >= 10_000) return Number.NaN;
    const step = UNITS[unit];
    return step ? now - count * step : calendar(now, unit === 'm' ? count : -count);
  }
  const iso = ISO.exec(text);
  if (iso) {
    const [, year, month, day, ...time] = iso;
    return moment(Number(year), Number(month), Number(day), time);
  }
  const [, day, month = '', year, ...time] = RFC_2822.exec(text) ?? [];
  const index = MONTHS.indexOf(month.toLowerCase()) / 3;
  return day ? moment(Number(year), index + 1, Number(day), time) : Number.NaN;
};

const moment = (
  year: number,
  month: number,
  day: number,
  time: readonly (string | undefined)[],
): number => {
  const [hour, minute, second] = time.slice(0, 3).map((part) => Number(part ?? 0)) as number[];
  const [, , , fraction = '', zone = ''] = time;
  const shift = offset(zone);
  const exists =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    (hour as number) < 24 &&
    (minute as number) < 60 &&
    (second as number) <= 60;
  if (!exists) return Number.NaN;
  const clock = (hour as number) * HOUR + (minute as number) * MINUTE + (second as number) * 1000;
  return midnight(year, month, day) + clock + Number(`0${fraction}`) * 1000 - shift;
};

/** Milliseconds of an offset such as `+01:00`; not a number for one that does not exist. */
const offset = (zone: string): number => {
  const digits = zone.replace(':', '').slice(1);
  if (!/^\d{4}$/.test(digits)) return 0;
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
};

/** The moment so many months before now, or years when negative: step by step, within each month. */
export const calendar = (now: number, count: number): number => {
  const start = new Date(now);
  let year = start.getUTCFullYear();
  let month = start.getUTCMonth() + 1;
  let day = start.getUTCDate();
  for (let left = Math.abs(count); left > 0; left--) {
    if (count < 0 || month === 1) year--;
    if (count > 0) month = month === 1 ? 12 : month - 1;
    // What lies before the first year is before every date that text can say.
    if (year < 1) return Number.NEGATIVE_INFINITY;
    day = Math.min(day, daysOf(year, month));
  }
  const time = ((now % DAY) + DAY) % DAY;
  return midnight(year, month, day) + time;
};

/** Years below 100 are those years, and not of the last century. */
const midnight = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month - 1, day);

const daysOf = (year: number, month: number): number =>
  new Date(midnight(year, month + 1, 0)).getUTCDate();
