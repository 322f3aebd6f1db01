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
    let date = milliseconds(text);
    (!date.is_nan()).then_some(date as i64)
}

/// The same as a double, which is how evaluation compares dates; no number for other texts.
pub(crate) fn milliseconds(text: &[u8]) -> f64 {
    let mut rest = Rest {
        text,
        is_bad: false,
    };
    let year = rest.digits(4, 0, 9999);
    rest.skip(b'-');
    let month = rest.digits(2, 1, 12);
    rest.skip(b'-');
    let day = rest.digits(2, 1, days_of_month(year, month));
    rest.skip(b't');
    let hour = rest.digits(2, 0, 23);
    rest.skip(b':');
    let minute = rest.digits(2, 0, 59);
    rest.skip(b':');
    let second = rest.digits(2, 0, 60);
    let fraction = rest.fraction();
    let minutes = hour
        .wrapping_mul(60)
        .wrapping_add(minute)
        .wrapping_sub(rest.offset());
    let within_minute = second.wrapping_mul(1000).wrapping_add(fraction);
    if rest.is_bad || !rest.text.is_empty() {
        return f64::NAN;
    }
    (f64::from(days_from_civil(year, month, day)) - 865_566.0) * 86_400_000.0
        + f64::from(minutes.cast_signed()) * 60_000.0
        + f64::from(within_minute)
}

/// What is left of the text; what does not belong there is noted, and looked at once.
struct Rest<'a> {
    text: &'a [u8],
    is_bad: bool,
}

impl Rest<'_> {
    /// The next byte, letters in lower case; 0 at the end.
    fn next(&mut self) -> u8 {
        match self.text.split_first() {
            Some((byte, rest)) => {
                self.text = rest;
                byte.to_ascii_lowercase()
            }
            None => 0,
        }
    }

    fn skip(&mut self, byte: u8) {
        self.is_bad |= self.next() != byte;
    }

    fn digits(&mut self, count: u32, least: u32, most: u32) -> u32 {
        let mut value = 0_u32;
        for _ in 0..count {
            let digit = self.next().wrapping_sub(b'0');
            self.is_bad |= digit > 9;
            value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
        }
        self.is_bad |= value < least || value > most;
        value
    }

    /// Milliseconds of an optional fraction.
    fn fraction(&mut self) -> u32 {
        let mut value = 0_u32;
        if let Some(digits) = self.text.strip_prefix(b".") {
            self.text = digits;
            let mut scale = 1000_u32;
            while let Some(digit @ b'0'..=b'9') = self.text.first() {
                scale /= 10;
                value = value.wrapping_add(u32::from(digit & 15).wrapping_mul(scale));
                self.next();
            }
            self.is_bad |= self.text.len() == digits.len();
        }
        value
    }

    /// Minutes to the east of UTC.
    fn offset(&mut self) -> u32 {
        let sign = self.next();
        if sign == b'z' {
            return 0;
        }
        let hours = self.digits(2, 0, 23);
        self.skip(b':');
        let offset = hours.wrapping_mul(60).wrapping_add(self.digits(2, 0, 59));
        self.is_bad |= sign != b'+' && sign != b'-';
        if sign == b'-' {
            offset.wrapping_neg()
        } else {
            offset
        }
    }
}

fn days_of_month(year: u32, month: u32) -> u32 {
    if month == 2 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        28_u32.wrapping_add(u32::from(is_leap))
    } else {
        // 31 and 30 take turns, and start again in August.
        30 | (month ^ (month >> 3)) & 1
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
    let month = month.wrapping_add(12 * is_before_march).wrapping_sub(3);
    year.wrapping_mul(365)
        .wrapping_add(year / 4)
        .wrapping_sub(year / 100)
        .wrapping_add(year / 400)
        .wrapping_add(month.wrapping_mul(153).wrapping_add(2) / 5)
        .wrapping_add(day)
}
