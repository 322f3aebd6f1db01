//! RFC 3339 timestamps.

pub(crate) mod lenient;

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
    let date = milliseconds(text);
    (!date.is_nan()).then_some(date as i64)
}

/// The same as a double, which is how evaluation compares dates; no number for other texts.
pub(crate) fn milliseconds(text: &[u8]) -> f64 {
    let mut fields = [0; 6];
    let mut offset = [0; 6];
    let Some((moment, mut rest)) = text.split_at_checked(MOMENT.len()) else {
        return f64::NAN;
    };
    let mut is_valid = read(MOMENT, moment, &mut fields);
    let mut milliseconds = 0_u32;
    if let [b'.', digits @ ..] = rest {
        let mut scale = 1000_u32;
        rest = digits;
        while let [digit @ b'0'..=b'9', after @ ..] = rest {
            scale /= 10;
            milliseconds = milliseconds.wrapping_add(u32::from(digit & 15).wrapping_mul(scale));
            rest = after;
        }
        is_valid &= rest.len() < digits.len();
    }
    let is_east = match rest {
        [b'Z' | b'z'] => true,
        [sign @ (b'+' | b'-'), after @ ..] => {
            is_valid &= read(b"00:00", after, &mut offset);
            *sign == b'+'
        }
        _ => return f64::NAN,
    };
    let [year, month, day, hour, minute, second] = fields;
    let [offset_hour, offset_minute, ..] = offset;
    if !is_valid
        || !(1..=12).contains(&month)
        || !(1..=days_of_month(year, month)).contains(&day)
        || hour.max(offset_hour) > 23
        || minute.max(offset_minute) > 59
        || second > 60
    {
        return f64::NAN;
    }
    let seconds = |hour: u32, minute: u32| {
        f64::from(hour.wrapping_mul(60).wrapping_add(minute).wrapping_mul(60))
    };
    let offset = seconds(offset_hour, offset_minute);
    let utc = day_number(year, month, day) * 86_400.0
        + seconds(hour, minute)
        + f64::from(second)
        + if is_east { -offset } else { offset };
    utc * 1000.0 + f64::from(milliseconds)
}

/// A digit for each zero, and separators; letters may be in either case.
const MOMENT: &[u8] = b"0000-00-00t00:00:00";

/// Reads the numbers of a pattern, and says whether the whole text fits it.
fn read(pattern: &[u8], text: &[u8], fields: &mut [u32; 6]) -> bool {
    let mut at = 0_usize;
    let mut is_valid = pattern.len() == text.len();
    for (expected, byte) in pattern.iter().zip(text) {
        if *expected == b'0' {
            let digit = byte.wrapping_sub(b'0');
            is_valid &= digit < 10;
            if let Some(field) = fields.get_mut(at) {
                *field = field.wrapping_mul(10).wrapping_add(u32::from(digit));
            }
        } else {
            is_valid &= byte.to_ascii_lowercase() == *expected;
            at = at.wrapping_add(1);
        }
    }
    is_valid
}

/// Days since 1970-01-01, which is day 0.
fn day_number(year: u32, month: u32, day: u32) -> f64 {
    f64::from(days_from_civil(year, month, day)) - 865_566.0
}

fn days_of_month(year: u32, month: u32) -> u32 {
    if month == 2 {
        let is_leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        28_u32.wrapping_add(u32::from(is_leap))
    } else {
        // 31 and 30 take turns, and start again in August.
        0x1e | ((month ^ (month >> 3)) & 1)
    }
}

/// Days since 1970-01-01, Gregorian throughout.
///
/// Years begin in March here, so that the leap day is the last one: `(153 m + 2) / 5` days lie
/// before month `m` of such a year. Years are counted from 400 before year 0, which is 865 566 days
/// before 1970.
fn days_from_civil(year: u32, month: u32, day: u32) -> u32 {
    let is_before_march = u32::from(month < 3);
    let year = year.wrapping_add(400).wrapping_sub(is_before_march);
    let month = month
        .wrapping_add(is_before_march.wrapping_mul(12))
        .wrapping_sub(3);
    year.wrapping_mul(365)
        .wrapping_add(year / 4)
        .wrapping_sub(year / 100)
        .wrapping_add(year / 400)
        .wrapping_add(month.wrapping_mul(153).wrapping_add(2) / 5)
        .wrapping_add(day)
}

/// Year and month of a number of days since 1970-01-01, and the days of that month before it; years
/// before the first are year 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a year, and casts saturate"
)]
fn civil(days: f64) -> (u32, u32, f64) {
    let mut year = (days / 365.2425 + 1970.0) as u32;
    // The estimate is off by a day or two at the ends of years.
    while year > 0 && day_number(year, 1, 1) > days {
        year = year.wrapping_sub(1);
    }
    while day_number(year.wrapping_add(1), 1, 1) <= days {
        year = year.wrapping_add(1);
    }
    let mut month = 12;
    while month > 1 && day_number(year, month, 1) > days {
        month = month.wrapping_sub(1);
    }
    (year, month, days - day_number(year, month, 1))
}
