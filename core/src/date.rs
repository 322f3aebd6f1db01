//! RFC 3339 timestamps.

/// Milliseconds since 1970 of an RFC 3339 timestamp.
///
/// **Shape** `2026-11-25T09:00:00Z`, with an optional fraction of the second and any offset in
/// hours and minutes; `T` and `Z` may be lower case. A leap second is the first second of the next
/// minute. Digits beyond milliseconds are dropped.
///
/// ```
/// assert_eq!(pennon_core::parse_date(b"1970-01-01T01:00:00.5+01:00"), Some(500));
/// ```
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole milliseconds of four-digit years"
)]
pub fn parse_date(text: &[u8]) -> Option<i64> {
    milliseconds(text).map(|date| date as i64)
}

/// The same as a double, which is how evaluation compares dates.
pub(crate) fn milliseconds(text: &[u8]) -> Option<f64> {
    let mut rest = Rest(text);
    let year = rest.digits(4, 0..=9999)?;
    rest.skip(b"-")?;
    let month = rest.digits(2, 1..=12)?;
    rest.skip(b"-")?;
    let day = rest.digits(2, 1..=days_of_month(year, month))?;
    rest.skip(b"Tt")?;
    let hour = rest.digits(2, 0..=23)?;
    rest.skip(b":")?;
    let minute = rest.digits(2, 0..=59)?;
    rest.skip(b":")?;
    let second = rest.digits(2, 0..=60)?;
    let milliseconds = rest.fraction()?;
    let offset_minutes = rest.offset()?;
    let minutes = hour
        .wrapping_mul(60)
        .wrapping_add(minute)
        .wrapping_sub(offset_minutes);
    let milliseconds = second.wrapping_mul(1000).wrapping_add(milliseconds);
    rest.0.is_empty().then_some(
        f64::from(days_from_civil(year, month, day)) * 86_400_000.0
            + f64::from(minutes) * 60_000.0
            + f64::from(milliseconds),
    )
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn skip(&mut self, one_of: &[u8]) -> Option<()> {
        let byte = self.next()?;
        one_of.contains(&byte).then_some(())
    }

    fn digits(&mut self, count: u32, allowed: core::ops::RangeInclusive<i32>) -> Option<i32> {
        let mut value = 0_i32;
        for _ in 0..count {
            let digit = self.next()?.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value.wrapping_mul(10).wrapping_add(i32::from(digit));
        }
        allowed.contains(&value).then_some(value)
    }

    /// Milliseconds of an optional fraction.
    fn fraction(&mut self) -> Option<i32> {
        let Some(digits) = self.0.strip_prefix(b".") else {
            return Some(0);
        };
        self.0 = digits;
        let mut scale = 1000_i32;
        let mut value = 0_i32;
        while let Some(digit @ b'0'..=b'9') = self.0.first() {
            scale /= 10;
            value = value.wrapping_add(i32::from(digit & 15).wrapping_mul(scale));
            self.next();
        }
        (self.0.len() < digits.len()).then_some(value)
    }

    /// Minutes to the east of UTC.
    fn offset(&mut self) -> Option<i32> {
        let sign = self.next()?;
        if sign | 32 == b'z' {
            return Some(0);
        }
        let hours = self.digits(2, 0..=23)?;
        self.skip(b":")?;
        let minutes = self.digits(2, 0..=59)?;
        let offset = hours.wrapping_mul(60).wrapping_add(minutes);
        match sign {
            b'+' => Some(offset),
            b'-' => Some(offset.wrapping_neg()),
            _ => None,
        }
    }
}

fn days_of_month(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, Gregorian throughout.
///
/// Years begin in March here, so that the leap day is the last one: `(153 m + 2) / 5` days lie
/// before month `m` of such a year, and 719 468 before 1970 since the year 0.
fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let (year, month) = if month > 2 {
        (year, month.wrapping_sub(3))
    } else {
        (year.wrapping_sub(1), month.wrapping_add(9))
    };
    let leap_days = year
        .div_euclid(4)
        .wrapping_sub(year.div_euclid(100))
        .wrapping_add(year.div_euclid(400));
    year.wrapping_mul(365)
        .wrapping_add(leap_days)
        .wrapping_add(month.wrapping_mul(153).wrapping_add(2) / 5)
        .wrapping_add(day)
        .wrapping_sub(1 + 719_468)
}
