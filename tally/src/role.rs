//! What an event counts as for an exposure.

use pennon_api::{MetricDefinition, MetricKind};
use serde::{Deserialize, Serialize};

use crate::exposure::is_default;
use crate::{Amount, DAY_MS, Event};

/// How much earlier than the exposure an event may seem to be and still count, since two clocks or
/// two requests are involved.
pub const TOLERANCE_MS: u64 = 5_000;
/// How far back the value before the exposure looks.
pub const BEFORE_MS: u64 = 7 * DAY_MS;

/// When an event happened, seen from an exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// In the days before: it counts as `x`.
    Before,
    /// In the window after: it counts as `y`.
    Within,
    /// Too early or too late.
    Outside,
}

/// The role of an event at `at` for an exposure at `exposed_at` and a window.
pub(crate) fn role(at: u64, exposed_at: u64, window_ms: u64) -> Role {
    let opens = exposed_at.saturating_sub(TOLERANCE_MS);
    if at < opens {
        let is_recent = at >= exposed_at.saturating_sub(BEFORE_MS);
        return if is_recent {
            Role::Before
        } else {
            Role::Outside
        };
    }
    if at < exposed_at.saturating_add(window_ms) {
        Role::Within
    } else {
        Role::Outside
    }
}

/// What the events of a subject add up to for one exposure and one metric, before caps.
///
/// # Units
///
/// Millionths. Adding wraps around, as 900 events of the largest value would, so that the order never
/// matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Folded {
    /// Events in the window, of either name of a ratio.
    #[serde(rename = "n", default, skip_serializing_if = "is_default")]
    pub(crate) n: u64,
    #[serde(rename = "y", default, skip_serializing_if = "is_default")]
    pub(crate) y: i64,
    #[serde(rename = "d", default, skip_serializing_if = "is_default")]
    pub(crate) d: i64,
    #[serde(rename = "x", default, skip_serializing_if = "is_default")]
    pub(crate) x: i64,
    /// Whether a limit of memory, not time, made these events leave: an exposure that moves would
    /// not take them along.
    #[serde(rename = "i", default, skip_serializing_if = "is_default")]
    pub(crate) is_inexact: bool,
}

impl Folded {
    /// Counts an event in, in its role.
    pub(crate) fn count(
        &mut self,
        metric: &MetricDefinition,
        name: &str,
        event: &Event,
        exposed_at: u64,
    ) {
        let (y, d) = weights(metric, name, event);
        match role(event.at, exposed_at, metric.window_ms) {
            Role::Within => {
                self.n = self.n.wrapping_add(u64::from(y.is_some() || d.is_some()));
                self.y = self.y.wrapping_add(y.unwrap_or_default().micros());
                self.d = self.d.wrapping_add(d.unwrap_or_default().micros());
            }
            Role::Before => self.x = self.x.wrapping_add(y.unwrap_or_default().micros()),
            Role::Outside => {}
        }
    }

    /// Adds what others add up to.
    pub(crate) fn add(&mut self, other: Self) {
        self.n = self.n.wrapping_add(other.n);
        self.y = self.y.wrapping_add(other.y);
        self.d = self.d.wrapping_add(other.d);
        self.x = self.x.wrapping_add(other.x);
        self.is_inexact |= other.is_inexact;
    }

    /// Metric, denominator and value before, as they count: after caps.
    pub(crate) fn amounts(&self, metric: &MetricDefinition) -> [Amount; 3] {
        let most = match (metric.kind, metric.cap) {
            (MetricKind::Conversion, _) => Some(Amount::ONE),
            (_, Some(cap)) => Some(Amount::from_number(cap)),
            (_, None) => None,
        };
        let capped = |micros: i64| {
            let amount = Amount::from_micros(micros);
            most.map_or(amount, |most| amount.min(most))
        };
        [capped(self.y), Amount::from_micros(self.d), capped(self.x)]
    }
}

/// How much an event adds to the metric, and to the denominator.
fn weights(
    metric: &MetricDefinition,
    name: &str,
    event: &Event,
) -> (Option<Amount>, Option<Amount>) {
    let is_read = metric.event == name;
    let value = event.value.map(Amount::from_micros);
    match metric.kind {
        MetricKind::Conversion | MetricKind::Count => (is_read.then_some(Amount::ONE), None),
        MetricKind::Sum => (is_read.then(|| value.unwrap_or_default()), None),
        MetricKind::Mean => (
            value.filter(|_| is_read),
            value.filter(|_| is_read).map(|_| Amount::ONE),
        ),
        MetricKind::Ratio => {
            let weight = value.unwrap_or(Amount::ONE);
            let divides = metric.denominator_event.as_deref() == Some(name);
            (is_read.then_some(weight), divides.then_some(weight))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_half_open_and_tolerate_five_seconds() {
        let exposed_at = 100 * DAY_MS;
        let cases = [
            (exposed_at - BEFORE_MS - 1, Role::Outside),
            (exposed_at - BEFORE_MS, Role::Before),
            (exposed_at - TOLERANCE_MS - 1, Role::Before),
            (exposed_at - TOLERANCE_MS, Role::Within),
            (exposed_at, Role::Within),
            (exposed_at + DAY_MS - 1, Role::Within),
            (exposed_at + DAY_MS, Role::Outside),
        ];
        for (at, expected) in cases {
            assert_eq!(role(at, exposed_at, DAY_MS), expected, "{at}");
        }
        assert_eq!(role(0, 3, DAY_MS), Role::Within);
    }
}
