//! All that is known of one subject.

use std::collections::BTreeMap;

use pennon_api::Definitions;
use serde::{Deserialize, Serialize};

use crate::exposure::is_default;
use crate::{Amount, Exposure, Library};

/// What a subject met and did, as far as it can still change what the subject contributes.
///
/// # Shape
///
/// Serde writes equal subjects as equal texts, whatever the order in which they learned what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subject {
    /// By flag and epoch.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exposures: Vec<Exposure>,
    /// By the hash of the definitions they came in under, then by name; by time.
    #[serde(rename = "e", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) events: BTreeMap<String, BTreeMap<String, Vec<Event>>>,
    /// Events that left while they counted for nothing, since there were too many.
    #[serde(rename = "u", default, skip_serializing_if = "is_default")]
    pub(crate) unmatched_dropped: u64,
    /// Whether the subject has met more flags and epochs than are kept.
    #[serde(rename = "c", default, skip_serializing_if = "is_default")]
    pub(crate) is_cut: bool,
}

/// A `track` event: corrected time in epoch milliseconds, id, value in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(u64, u64, Option<i64>)", into = "(u64, u64, Option<i64>)")]
pub struct Event {
    /// Corrected epoch milliseconds.
    pub at: u64,
    /// The last 8 bytes of the event's id, which are random.
    pub id: u64,
    /// Millionths, when the event has a value.
    pub value: Option<i64>,
}

impl Event {
    /// An event with a value in the metric's own unit.
    pub fn new(at: u64, id: u64, value: Option<f64>) -> Self {
        let value = value.map(|value| Amount::from_number(value).micros());
        Self { at, id, value }
    }
}

impl From<(u64, u64, Option<i64>)> for Event {
    fn from((at, id, value): (u64, u64, Option<i64>)) -> Self {
        Self { at, id, value }
    }
}

impl From<Event> for (u64, u64, Option<i64>) {
    fn from(event: Event) -> Self {
        (event.at, event.id, event.value)
    }
}

impl Subject {
    /// Takes an event in that came under the definitions of a hash; one that is known changes
    /// nothing.
    pub fn record(&mut self, definitions: &str, name: &str, event: Event) {
        let names = self.events.entry(definitions.to_owned()).or_default();
        let events = names.entry(name.to_owned()).or_default();
        if let Some(position) = events.iter().position(|held| held.id == event.id) {
            // The same id twice is the same event; the earlier telling wins, in any order.
            let earliest = events.remove(position).min(event);
            insert(events, earliest);
        } else {
            insert(events, event);
        }
    }

    /// Takes in all that is known of the same unit under another id.
    pub fn merge(&mut self, other: Self) {
        for exposure in other.exposures {
            self.meet(exposure);
        }
        for (definitions, names) in other.events {
            for (name, events) in names {
                for event in events {
                    self.record(&definitions, &name, event);
                }
            }
        }
        self.is_cut |= other.is_cut;
        self.unmatched_dropped = self
            .unmatched_dropped
            .saturating_add(other.unmatched_dropped);
    }

    /// When the latest happened that is kept, in epoch milliseconds; 0 when nothing is.
    pub fn latest(&self) -> u64 {
        let names = self.events.values().flat_map(BTreeMap::values);
        let events = names.flatten().map(|event| event.at);
        let exposures = self.exposures.iter().map(|exposure| exposure.at);
        events.chain(exposures).max().unwrap_or(0)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.exposures.is_empty() && self.events.is_empty() && self.unmatched_dropped == 0
    }

    /// What the subject met first, by flag and epoch.
    pub fn exposures(&self) -> impl Iterator<Item = &Exposure> {
        self.exposures.iter()
    }

    /// The definitions that counting this subject needs, by their hashes.
    pub fn definitions(&self, library: &Library) -> BTreeMap<String, Definitions> {
        let kept = self.events.keys().map(String::as_str);
        let folded = self
            .exposures
            .iter()
            .flat_map(|exposure| exposure.folded.keys());
        let needed = kept.chain(folded.filter_map(|id| library.holder(id)));
        let found = needed.filter_map(|hash| Some((hash.to_owned(), library.get(hash)?.clone())));
        found.collect()
    }

    /// Events that left while they counted for nothing, since there were too many.
    pub fn unmatched_dropped(&self) -> u64 {
        self.unmatched_dropped
    }
}

fn insert(events: &mut Vec<Event>, event: Event) {
    let position = events.partition_point(|held| *held < event);
    events.insert(position, event);
}
