//! Events by the shards of their units.

use std::collections::BTreeMap;

use pennon_api::{DefinitionsRecord, Delivery, EventCopy, MergeCopy};

use super::batch::Batch;
use super::clock::Clock;
use super::event::{Event, Refusal, RefusalCode, Rejection};
use super::{Reception, level, line};

/// Seed of the hash that finds a subject's shard: `SHAR`.
const SHARD_SEED: u32 = 0x5348_4152;

/// What has to be committed, and what is left out.
#[derive(Debug)]
pub(crate) struct Deliveries {
    /// One for each shard concerned.
    pub(crate) parts: Vec<Delivery>,
    /// How many events are in them.
    pub(crate) events: usize,
    /// Events that are left out, by their index.
    pub(crate) rejected: Vec<Rejection>,
}

/// Checks each event and hands each of its units' shards a copy.
pub(super) fn group(batch: &Batch<'_>, reception: &Reception<'_>) -> Deliveries {
    let clock = Clock::new(batch.sent_at, reception.received_at);
    let desk = Desk {
        batch,
        reception,
        clock,
        line: line::Context {
            batch,
            environment: reception.environment,
            received_at: reception.received_at,
            is_skewed: clock.is_skewed(),
        },
    };
    let mut parts = BTreeMap::new();
    let mut rejected = Vec::new();
    for (index, raw) in batch.events.iter().enumerate() {
        let sorted = Event::parse(raw).and_then(|event| desk.sort(index, event, &mut parts));
        if let Err(refusal) = sorted {
            rejected.push(Rejection::new(index, raw, refusal));
        }
    }
    let mut parts: Vec<Delivery> = parts.into_values().collect();
    if batch.dropped > 0 && parts.is_empty() {
        parts.push(desk.part(0));
    }
    if let Some(first) = parts.first_mut() {
        first.dropped = batch.dropped;
    }
    Deliveries {
        parts,
        events: batch.events.len() - rejected.len(),
        rejected,
    }
}

/// The hash that decides which shard owns a subject.
fn subject_hash(environment: &str, unit_type: &str, unit_id: &str) -> u32 {
    let subject = [environment, unit_type, unit_id].join("\0");
    pennon_core::murmur3_x86_32(subject.as_bytes(), SHARD_SEED)
}

/// What all events of one batch share.
struct Desk<'a> {
    batch: &'a Batch<'a>,
    reception: &'a Reception<'a>,
    clock: Clock,
    line: line::Context<'a>,
}

impl Desk<'_> {
    fn sort(
        &self,
        index: usize,
        mut event: Event,
        parts: &mut BTreeMap<u32, Delivery>,
    ) -> Result<(), Refusal> {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let at = self.clock.correct(event.at);
        if let Some(exposure) = &mut event.exposure {
            let properties = event.properties.as_ref();
            exposure.levels = level::of(
                self.definitions().map(|definitions| &definitions.body),
                properties,
                self.reception.sender.as_ref(),
            );
        }
        let units = &self.reception.environment.units;
        let of = |ids: &'_ [(String, String)], unit_type: &String| {
            let mut ids = ids.iter();
            ids.find(|(sent, _)| sent == unit_type)
                .map(|(_, id)| id.clone())
        };
        let mut line = Some(line::of(&self.line, &event, at));
        for unit_type in units {
            let Some(unit_id) = of(&event.units, unit_type) else {
                continue;
            };
            let copy = self.copy(index, &event, at, (unit_type, &unit_id));
            let merge = MergeCopy {
                into: unit_id,
                hash: copy.hash,
            };
            self.put(
                parts,
                EventCopy {
                    exposure: event.exposure.clone(),
                    track: event.track.clone(),
                    line: line.take(),
                    ..copy
                },
            );
            if let Some(before) = of(&event.previous, unit_type) {
                let copy = self.copy(index, &event, at, (unit_type, &before));
                self.put(
                    parts,
                    EventCopy {
                        merge: Some(merge),
                        ..copy
                    },
                );
            }
        }
        if line.is_none() {
            return Ok(());
        }
        let message = format!(
            "none of the event's units is in use here: `{}`",
            units.join("`, `")
        );
        Err(Refusal::new(RefusalCode::NoUnit, message))
    }

    /// An event as it concerns one unit, without what it brings.
    fn copy(&self, index: u32, event: &Event, at: u64, unit: (&str, &str)) -> EventCopy {
        let (unit_type, unit_id) = unit;
        let environment = &self.reception.environment.environment;
        EventCopy {
            index,
            id: event.id.hex(),
            at,
            unit_type: unit_type.to_owned(),
            unit_id: unit_id.to_owned(),
            hash: subject_hash(environment, unit_type, unit_id),
            exposure: None,
            track: None,
            merge: None,
            line: None,
        }
    }

    fn put(&self, parts: &mut BTreeMap<u32, Delivery>, copy: EventCopy) {
        let shards = self.reception.environment.shards;
        let shard = copy.hash.checked_rem(shards).unwrap_or(0);
        let part = parts.entry(shard).or_insert_with(|| self.part(shard));
        part.copies.push(copy);
    }

    fn definitions(&self) -> Option<&DefinitionsRecord> {
        self.reception.environment.definitions.as_ref()
    }

    fn part(&self, shard: u32) -> Delivery {
        let environment = self.reception.environment;
        let definitions = self.definitions();
        Delivery {
            environment: environment.environment.clone(),
            pepper: environment.pepper.clone(),
            shard,
            shards: environment.shards,
            batch: self.batch.id.hex(),
            received_at: self.reception.received_at,
            dropped: 0,
            definitions: definitions.map_or_else(String::new, |known| known.hash.clone()),
            definitions_body: None,
            copies: Vec::new(),
        }
    }
}
