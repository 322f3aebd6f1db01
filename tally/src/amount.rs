//! Values as whole millionths, so that adding them in any order gives the same sum.

/// Millionths in one.
const SCALE: f64 = 1e6;
/// The largest value that counts, in millionths: 10^10.
const MAX_MICROS: i64 = 10_000_000_000_000_000;

/// A value of an event, or the sum of a subject's values.
///
/// # Units
///
/// Millionths of the metric's own unit, rounded to the nearest; what is beyond ±10^10 counts as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(i64);

impl Amount {
    /// One.
    pub const ONE: Self = Self(1_000_000);

    /// Nearest to a number; 0 for what is none.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to a range that fits, and what is not a number becomes 0"
    )]
    pub fn from_number(value: f64) -> Self {
        Self::from_micros((value * SCALE).round() as i64)
    }

    /// From millionths, clamped.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(-MAX_MICROS, MAX_MICROS))
    }

    /// Millionths.
    pub fn micros(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_millionths() {
        let cases = [
            (0.0, 0),
            (49.5, 49_500_000),
            (0.1 + 0.2, 300_000),
            (-0.000_000_6, -1),
            (1e300, MAX_MICROS),
            (f64::NEG_INFINITY, -MAX_MICROS),
            (f64::NAN, 0),
        ];
        for (value, micros) in cases {
            assert_eq!(Amount::from_number(value).micros(), micros, "{value}");
        }
    }
}
