//! How much is kept of one subject.

use std::collections::BTreeMap;

use pennon_api::MetricDefinition;

use crate::library::{Library, id};
use crate::role::{Role, role};
use crate::{Event, Exposure, MAX_EVENTS, MAX_MATCHED, MAX_UNMATCHED, SETTLED_MS, Subject};

impl Subject {
    /// Stops keeping events one by one that are settled, and the earliest where there are too many.
    ///
    /// What an event counts for is added to its exposures first, so this changes nothing that the
    /// subject contributes. After [`SETTLED_MS`] nothing can change it any more; where a limit made
    /// the event leave, an exposure that comes late could have, and the sum is marked.
    pub fn trim(&mut self, library: &Library, now: u64) {
        let settled = now.saturating_sub(SETTLED_MS);
        let last_too_many = self.last_too_many(settled);
        let mut dropped = 0;
        for (hash, names) in &mut self.events {
            for (name, events) in names.iter_mut() {
                let metrics: Vec<&MetricDefinition> = library.reading(hash, name).collect();
                let old = events.partition_point(|event| event.at < settled);
                for event in events.drain(..old) {
                    fold(&mut self.exposures, &metrics, name, event, false);
                }
                let early = events.partition_point(|event| Some(*event) <= last_too_many);
                let mut leaving: Vec<Event> = events.drain(..early).collect();
                leaving.extend(surplus(events, &self.exposures, &metrics));
                for event in leaving {
                    if !fold(&mut self.exposures, &metrics, name, event, true) {
                        dropped += 1;
                    }
                }
            }
            names.retain(|_, events| !events.is_empty());
        }
        self.events.retain(|_, names| !names.is_empty());
        self.unmatched_dropped = self.unmatched_dropped.saturating_add(dropped);
    }

    /// The last of the earliest events that are too many, over all names.
    fn last_too_many(&self, settled: u64) -> Option<Event> {
        let events = self.events.values().flat_map(BTreeMap::values).flatten();
        let mut events: Vec<Event> = events
            .filter(|event| event.at >= settled)
            .copied()
            .collect();
        let last = events.len().checked_sub(MAX_EVENTS + 1)?;
        Some(*events.select_nth_unstable(last).1)
    }
}

/// Takes the earliest events out that are too many.
fn surplus(
    events: &mut Vec<Event>,
    exposures: &[Exposure],
    metrics: &[&MetricDefinition],
) -> Vec<Event> {
    if events.len() <= MAX_UNMATCHED {
        return Vec::new();
    }
    let counts = |event: &Event| {
        let is_within = |exposure: &Exposure, metric: &&MetricDefinition| {
            role(event.at, exposure.at, metric.window_ms) == Role::Within
        };
        exposures
            .iter()
            .any(|exposure| metrics.iter().any(|metric| is_within(exposure, metric)))
    };
    let matched = events.iter().filter(|event| counts(event)).count();
    let mut too_many_matched = matched.saturating_sub(MAX_MATCHED);
    let mut too_many_unmatched = (events.len() - matched).saturating_sub(MAX_UNMATCHED);
    let mut taken = Vec::new();
    events.retain(|event| {
        let too_many = if counts(event) {
            &mut too_many_matched
        } else {
            &mut too_many_unmatched
        };
        let stays = *too_many == 0;
        if !stays {
            *too_many -= 1;
            taken.push(*event);
        }
        stays
    });
    taken
}

/// Adds an event to what it counts for; whether that is anything.
fn fold(
    exposures: &mut [Exposure],
    metrics: &[&MetricDefinition],
    name: &str,
    event: Event,
    is_inexact: bool,
) -> bool {
    let mut counts = false;
    for exposure in exposures {
        for metric in metrics {
            if role(event.at, exposure.at, metric.window_ms) == Role::Outside {
                continue;
            }
            counts = true;
            let folded = exposure.folded.entry(id(metric)).or_default();
            folded.count(metric, name, &event, exposure.at);
            folded.is_inexact |= is_inexact;
        }
    }
    counts
}
