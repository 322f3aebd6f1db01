//! Exact moments.

use std::fmt;
use std::str::FromStr;

use crate::Amount;

/// Moments of what subjects contribute: Σy, Σy², Σd, Σd², Σyd, Σx, Σx², Σxy, Σxd.
///
/// # Units
///
/// Millionths, and millionths of millionths for products. Adding wraps around, so that taking away
/// is its exact inverse whatever strangers send; 1.7 million subjects at the largest value, 10^10, are
/// below that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums([i128; 9]);

impl Sums {
    /// What one subject contributes: metric, denominator, value before exposure.
    pub fn of(y: Amount, d: Amount, x: Amount) -> Self {
        let [y, d, x] = [y, d, x].map(|amount| i128::from(amount.micros()));
        Self([y, y * y, d, d * d, y * d, x, x * x, x * y, x * d])
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, i128::wrapping_add)
    }

    /// These without the others.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.each(other, i128::wrapping_sub)
    }

    /// Whether all are 0.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// As floating-point numbers in the metric's own unit, each rounded once.
    pub fn to_numbers(self) -> pennon_api::Sums {
        let [y, yy, d, dd, yd, x, xx, xy, xd] = self.0;
        pennon_api::Sums {
            y: single(y),
            yy: product(yy),
            d: single(d),
            dd: product(dd),
            yd: product(yd),
            x: single(x),
            xx: product(xx),
            xy: product(xy),
            xd: product(xd),
        }
    }

    fn each(self, other: Self, combine: impl Fn(i128, i128) -> i128) -> Self {
        let mut sums = self;
        for (sum, other) in sums.0.iter_mut().zip(other.0) {
            *sum = combine(*sum, other);
        }
        sums
    }
}

fn single(micros: i128) -> f64 {
    number(micros, 1_000_000)
}

fn product(micros: i128) -> f64 {
    number(micros, 1_000_000_000_000)
}

/// The whole part and the rest on their own, so that a whole number stays one.
#[expect(clippy::cast_precision_loss, reason = "this is where sums are rounded")]
fn number(sum: i128, scale: i128) -> f64 {
    (sum / scale) as f64 + (sum % scale) as f64 / scale as f64
}

/// Decimal integers with commas between them; zeros at the end are left out.
impl fmt::Display for Sums {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self
            .0
            .iter()
            .rposition(|sum| *sum != 0)
            .map_or(0, |last| last + 1);
        for (position, sum) in self.0.iter().take(length).enumerate() {
            if position > 0 {
                formatter.write_str(",")?;
            }
            write!(formatter, "{sum}")?;
        }
        Ok(())
    }
}

impl FromStr for Sums {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut sums = Self::default();
        if text.is_empty() {
            return Ok(sums);
        }
        let mut slots = sums.0.iter_mut();
        for part in text.split(',') {
            let slot = slots.next().ok_or("there are more than nine sums")?;
            *slot = part
                .parse()
                .map_err(|error| format!("a sum is no integer: {error}"))?;
        }
        Ok(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_every_digit() {
        let amount = Amount::from_number;
        for (sums, text) in [
            (Sums::default(), ""),
            (
                Sums::of(amount(2.0), amount(0.0), amount(0.0)),
                "2000000,4000000000000",
            ),
            (
                Sums::of(amount(0.0), amount(0.0), amount(-1.0)),
                "0,0,0,0,0,-1000000,1000000000000",
            ),
        ] {
            assert_eq!(sums.to_string(), text);
            assert_eq!(text.parse(), Ok(sums));
        }
        assert!("1,2,3,4,5,6,7,8,9,10".parse::<Sums>().is_err());
        assert!("1,x".parse::<Sums>().is_err());
    }

    #[test]
    fn taking_away_is_exact_beyond_every_limit() {
        let large = Sums([i128::MAX; 9]);
        let one = Sums::of(Amount::ONE, Amount::ONE, Amount::ONE);
        assert_eq!(large.plus(one).minus(one), large);
        assert!(large.plus(one).minus(large).minus(one).is_zero());
    }

    #[test]
    fn numbers_are_in_the_metrics_own_unit() {
        let sums = Sums::of(
            Amount::from_number(49.5),
            Amount::ONE,
            Amount::from_number(2.0),
        );
        let numbers = sums.to_numbers();
        let expected = [49.5, 2450.25, 1.0, 1.0, 49.5, 2.0, 4.0, 99.0, 2.0];
        let found = [
            numbers.y, numbers.yy, numbers.d, numbers.dd, numbers.yd, numbers.x, numbers.xx,
            numbers.xy, numbers.xd,
        ];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-12,
                "{found} is not {expected}"
            );
        }
    }

    #[test]
    fn whole_numbers_stay_whole() {
        for whole in [66_593_304_i128, 128_116_710, -60_610_663] {
            let numbers = Sums([whole * 1_000_000_000_000; 9]).to_numbers();
            assert_eq!(numbers.yy.to_string(), whole.to_string());
        }
    }
}
