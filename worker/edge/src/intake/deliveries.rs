//! Events by the shards of their units.

use std::collections::BTreeMap;

use pennon_api::{DefinitionsRecord, Delivery, EventCopy, MergeCopy, loss_hash};

use super::batch::Batch;
use super::clock::Clock;
use super::event::{Event, Refusal, RefusalCode, Rejection};
use super::known::{self, Claim, Doubt};
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
    /// Events that are committed and count nowhere, by their index.
    pub(crate) uncounted: Vec<Rejection>,
    /// Why the plan that they were checked against may be too old.
    pub(crate) claim: Option<Claim>,
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
    let (mut rejected, mut uncounted, mut claim) = (Vec::new(), Vec::new(), None);
    for (index, raw) in batch.events.iter().enumerate() {
        match Event::parse(raw).and_then(|event| desk.sort(index, event, &mut parts)) {
            Ok(None) => {}
            Ok(Some(doubt)) => {
                claim = claim.max(doubt.claim);
                uncounted.push(Rejection::new(index, raw, doubt.refusal));
            }
            Err(refusal) => rejected.push(Rejection::new(index, raw, refusal)),
        }
    }
    if batch.dropped > 0 {
        let shards = reception.environment.shards;
        let shard = loss_hash(&batch.id.hex()).checked_rem(shards).unwrap_or(0);
        let part = parts.entry(shard).or_insert_with(|| desk.part(shard));
        part.dropped = batch.dropped;
    }
    Deliveries {
        parts: parts.into_values().collect(),
        events: batch.events.len() - rejected.len(),
        rejected,
        uncounted,
        claim,
    }
}

/// The unit whose copy writes the raw log: `user`, else `device`, else the first type by name. It
/// depends on the event alone, so it is the same in every attempt, whatever the flags are meanwhile.
fn bearer(units: &[(String, String)]) -> Option<(&str, &str)> {
    let units = units.iter().map(|(kind, id)| (kind.as_str(), id.as_str()));
    units.min_by_key(|(kind, _)| (*kind != "user", *kind != "device", *kind))
}

/// The unit of a type among those that were sent.
fn unit<'a>(sent: &'a [(String, String)], kind: &str) -> Option<(&'a str, &'a str)> {
    let mut sent = sent.iter().map(|(kind, id)| (kind.as_str(), id.as_str()));
    sent.find(|(sent, _)| *sent == kind)
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
    ) -> Result<Option<Doubt>, Refusal> {
        let doubt = self.doubt(&event);
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
        let line = line::of(&self.line, &event, at, doubt.as_ref().and_then(Doubt::word));
        if doubt.is_some() {
            event.exposure = None;
        }
        let units = &self.reception.environment.units;
        let in_use = units.iter().filter_map(|kind| unit(&event.units, kind));
        let in_use: Vec<(&str, &str)> = in_use.collect();
        if in_use.is_empty() {
            let message = format!(
                "none of the event's units is in use here: `{}`",
                units.join("`, `")
            );
            return Err(Refusal::new(RefusalCode::NoUnit, message));
        }
        let bearer = bearer(&event.units);
        for unit in in_use.iter().copied() {
            let line = (Some(unit) == bearer).then(|| line.clone());
            self.count(parts, (index, &event, at), unit, line);
        }
        if let Some(bearer) = bearer.filter(|bearer| !in_use.contains(bearer)) {
            let copy = self.copy(index, &event, at, bearer);
            let line = Some(line);
            self.put(parts, EventCopy { line, ..copy });
        }
        Ok(doubt)
    }

    /// Hands an event to the shard of a unit that is in use, and to that of the id it had before.
    fn count(
        &self,
        parts: &mut BTreeMap<u32, Delivery>,
        (index, event, at): (u32, &Event, u64),
        (kind, id): (&str, &str),
        line: Option<String>,
    ) {
        let copy = self.copy(index, event, at, (kind, id));
        let merge = MergeCopy {
            into: id.to_owned(),
            hash: copy.hash,
        };
        self.put(
            parts,
            EventCopy {
                exposure: event.exposure.clone(),
                track: event.track.clone(),
                line,
                ..copy
            },
        );
        if let Some(before) = unit(&event.previous, kind) {
            let copy = self.copy(index, event, at, before);
            self.put(
                parts,
                EventCopy {
                    merge: Some(merge),
                    ..copy
                },
            );
        }
    }

    /// Why an exposure counts nowhere, if it does not.
    fn doubt(&self, event: &Event) -> Option<Doubt> {
        known::doubt(self.reception.known?, event.exposure.as_ref()?)
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
