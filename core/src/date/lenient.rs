//! Dates as people and other systems write them: relative, with or without a time or an offset.

use super::{civil, day_number, days_of_month};

/// Milliseconds since 1970 of a date in one of many forms; times without an offset are UTC.
///
/// **Shape** in this order: `-7d` or `7d` (`h`, `d`, `w`, `m` for months, `y`; below 10 000) before
/// now; `2026-11-25`; `2026-11-25T09:30`, with a space or a `T`, optional seconds and fraction, and
/// an optional offset (`Z`, `+01:00`, `+0100`, `UTC`); RFC 2822. One digit does where two are usual.
///
/// **Units** `now_ms` is milliseconds since 1970.
///
/// ```
/// use pennon_core::parse_lenient_date;
/// assert_eq!(parse_lenient_date(b"2022-04-05 12:34:11+01:00", 0.0), Some(1_649_158_451_000.0));
/// assert_eq!(parse_lenient_date(b"-1d", 86_400_000.0), Some(0.0));
/// ```
pub fn parse_lenient_date(text: &[u8], now_ms: f64) -> Option<f64> {
    if let Some(date) = Relative::parse(text) {
        return Some(date.before(now_ms));
    }
    let mut reader = Reader(text);
    iso(&mut reader).or_else(|| rfc_2822(&mut Reader(text)))
}

/// A time before now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Relative {
    /// So many milliseconds.
    Milliseconds(f64),
    /// So many calendar months, each clamped to the length of its month.
    Months(u32),
    /// So many calendar years, likewise.
    Years(u32),
}

impl Relative {
    /// Reads `-7d` or `7d`; both mean the past.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        let (unit, digits) = digits.split_last()?;
        let mut count = 0_u32;
        for digit in digits {
            count = count
                .saturating_mul(10)
                .saturating_add(u32::from(digit.is_ascii_digit().then_some(digit & 15)?));
        }
        if digits.is_empty() || count >= 10_000 {
            return None;
        }
        let times = |milliseconds: f64| Some(Self::Milliseconds(f64::from(count) * milliseconds));
        match unit {
            b'h' => times(3_600_000.0),
            b'd' => times(86_400_000.0),
            b'w' => times(604_800_000.0),
            b'm' => Some(Self::Months(count)),
            b'y' => Some(Self::Years(count)),
            _ => None,
        }
    }

    /// The moment that lies so long before now.
    pub fn before(self, now_ms: f64) -> f64 {
        match self {
            Self::Milliseconds(ms) => now_ms - ms,
            Self::Months(count) => calendar(now_ms, f64::from(count)),
            Self::Years(count) => calendar(now_ms, -f64::from(count)),
        }
    }
}

/// So many months before now, or years when negative: one step after the other, each clamped to
/// the length of the month it leads to. The time of day stays.
pub(crate) fn calendar(now_ms: f64, count: f64) -> f64 {
    let mut rest = now_ms % MS_PER_DAY;
    if rest < 0.0 {
        rest += MS_PER_DAY;
    }
    let (mut year, mut month, mut day) = civil((now_ms - rest) / MS_PER_DAY);
    let mut left = count.abs();
    while left >= 1.0 {
        left -= 1.0;
        if count < 0.0 || month == 1 {
            // What lies before the first year is before every date that text can say.
            let Some(before) = year.checked_sub(1).filter(|year| *year > 0) else {
                return f64::NEG_INFINITY;
            };
            year = before;
        }
        if count > 0.0 {
            month = if month == 1 {
                12
            } else {
                month.wrapping_sub(1)
            };
        }
        day = day.min(f64::from(days_of_month(year, month)) - 1.0);
    }
    (day_number(year, month, 1) + day) * MS_PER_DAY + rest
}

const MS_PER_DAY: f64 = 86_400_000.0;

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// So many digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let mut value = 0_u32;
        for digit in digits {
            value = value
                .wrapping_mul(10)
                .wrapping_add(u32::from(digit.is_ascii_digit().then_some(digit & 15)?));
        }
        self.0 = rest;
        Some(value)
    }

    /// Takes one of these bytes, if it is next.
    fn take(&mut self, any: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// One or two digits.
    fn number(&mut self) -> Option<u32> {
        self.digits(2).or_else(|| self.digits(1))
    }

    fn word<T: Copy>(&mut self, words: &[(&[u8], T)]) -> Option<T> {
        words.iter().find_map(|(word, value)| {
            let (head, rest) = self.0.split_at_checked(word.len())?;
            head.eq_ignore_ascii_case(word).then(|| {
                self.0 = rest;
                *value
            })
        })
    }
}

fn iso(reader: &mut Reader<'_>) -> Option<f64> {
    let year = reader.digits(4)?;
    reader.take(b"-")?;
    let month = reader.number()?;
    reader.take(b"-")?;
    let date = midnight(year, month, reader.number()?)?;
    if reader.0.is_empty() {
        return Some(date);
    }
    reader.take(b" Tt")?;
    let time = time(reader)?;
    let offset = if reader.0.is_empty() {
        0.0
    } else {
        offset(reader)?
    };
    reader.0.is_empty().then_some(date + time - offset)
}

/// `Tue, 1 Jul 2003 10:52:37 +0200`, with an optional day of the week and optional seconds.
fn rfc_2822(reader: &mut Reader<'_>) -> Option<f64> {
    if reader.word(&DAYS).is_some() {
        reader.take(b",")?;
        reader.take(b" ")?;
    }
    let day = reader.number()?;
    reader.take(b" ")?;
    let month = reader.word(&MONTHS)?;
    reader.take(b" ")?;
    let date = midnight(reader.digits(4)?, month, day)?;
    reader.take(b" ")?;
    let time = time(reader)?;
    let offset = offset(reader)?;
    reader.0.is_empty().then_some(date + time - offset)
}

const DAYS: [(&[u8], ()); 7] = [
    (b"Mon", ()),
    (b"Tue", ()),
    (b"Wed", ()),
    (b"Thu", ()),
    (b"Fri", ()),
    (b"Sat", ()),
    (b"Sun", ()),
];

const MONTHS: [(&[u8], u32); 12] = [
    (b"Jan", 1),
    (b"Feb", 2),
    (b"Mar", 3),
    (b"Apr", 4),
    (b"May", 5),
    (b"Jun", 6),
    (b"Jul", 7),
    (b"Aug", 8),
    (b"Sep", 9),
    (b"Oct", 10),
    (b"Nov", 11),
    (b"Dec", 12),
];

fn midnight(year: u32, month: u32, day: u32) -> Option<f64> {
    let exists = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    exists.then(|| day_number(year, month, day) * MS_PER_DAY)
}

/// `09:30`, with optional seconds and fraction, in milliseconds.
fn time(reader: &mut Reader<'_>) -> Option<f64> {
    let hour = reader.number()?;
    reader.take(b":")?;
    let minute = reader.number()?;
    let mut second = 0;
    let mut fraction = 0.0;
    if reader.take(b":").is_some() {
        second = reader.number()?;
        if reader.take(b".").is_some() {
            let mut scale = 100.0;
            fraction += f64::from(reader.digits(1)?) * scale;
            while let Some(digit) = reader.digits(1) {
                scale /= 10.0;
                fraction += f64::from(digit) * scale;
            }
        }
    }
    let exists = hour < 24 && minute < 60 && second <= 60;
    let minutes = f64::from(hour) * 60.0 + f64::from(minute);
    exists.then(|| (minutes * 60.0 + f64::from(second)) * 1000.0 + fraction)
}

/// `Z`, `UTC`, `GMT`, `+01:00` or `+0100`, after an optional space, in milliseconds.
fn offset(reader: &mut Reader<'_>) -> Option<f64> {
    reader.take(b" ");
    if reader
        .word(&[(b"Z", ()), (b"UTC", ()), (b"GMT", ())])
        .is_some()
    {
        return Some(0.0);
    }
    let sign = if reader.take(b"+-")? == b'-' {
        -1.0
    } else {
        1.0
    };
    let hour = reader.digits(2)?;
    reader.take(b":");
    let minute = reader.digits(2)?;
    let exists = hour < 24 && minute < 60;
    exists.then(|| sign * (f64::from(hour) * 60.0 + f64::from(minute)) * 60_000.0)
}
