//! Points in time as people write them: RFC 3339 text, epoch milliseconds, or relative to now.

use pennon_core::Relative;
use serde_json::Value;

use crate::model::Moment;
use crate::program::Instant;

/// Units of a relative time and their milliseconds.
const UNITS: [(char, i64); 5] = [
    ('s', 1_000),
    ('m', 60_000),
    ('h', 3_600_000),
    ('d', 86_400_000),
    ('w', 604_800_000),
];

/// Epoch milliseconds of RFC 3339 text.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    pennon_core::parse_date(text.as_bytes())
}

/// Epoch milliseconds of a window's boundary.
pub(crate) fn of_window(moment: &Moment) -> Option<i64> {
    match moment {
        Moment::Milliseconds(at) => Some(*at),
        Moment::Text(text) => parse_date(text),
    }
}

/// An operand: a date, or `now` with an optional distance such as `now-30d`.
pub(crate) fn of_operand(value: &Value) -> Option<Instant> {
    match value {
        Value::Number(number) => number.as_i64().map(|at| Instant::At(milliseconds(at))),
        Value::String(text) => match text.strip_prefix("now") {
            Some(distance) => from_now(distance).map(|ms| Instant::FromNow(milliseconds(ms))),
            None => parse_date(text).map(|at| Instant::At(milliseconds(at))),
        },
        _ => None,
    }
}

/// An operand of the dialect with dates in many forms: text, where `-7d` is before now.
pub(crate) fn of_lenient_operand(value: &Value) -> Option<Instant> {
    let text = value.as_str()?.as_bytes();
    Some(match Relative::parse(text) {
        Some(Relative::Milliseconds(ms)) => Instant::FromNow(-ms),
        Some(Relative::Months(count)) => Instant::Calendar(f64::from(count)),
        Some(Relative::Years(count)) => Instant::Calendar(-f64::from(count)),
        None => Instant::At(pennon_core::parse_lenient_date(text, 0.0)?),
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "dates are whole milliseconds below 2^53"
)]
pub(crate) fn milliseconds(date: i64) -> f64 {
    date as f64
}

fn from_now(distance: &str) -> Option<i64> {
    if distance.is_empty() {
        return Some(0);
    }
    let (sign, distance) = match distance.strip_prefix('-') {
        Some(distance) => (-1, distance),
        None => (1, distance.strip_prefix('+')?),
    };
    let (unit_ms, count) = UNITS
        .into_iter()
        .find_map(|(unit, unit_ms)| Some((unit_ms, distance.strip_suffix(unit)?)))?;
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    count
        .parse::<i64>()
        .ok()?
        .checked_mul(unit_ms)?
        .checked_mul(sign)
}
