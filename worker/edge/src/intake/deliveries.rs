//! Events by the shards of their units.

use std::collections::BTreeMap;

use pennon_api::{Delivery, EnvironmentRecord, EventCopy};
use serde_json::{Map, Value};

use super::batch::Batch;
use super::clock::Clock;
use super::event::{Event, Refusal, RefusalCode, Rejection};

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
pub(super) fn group(
    batch: &Batch<'_>,
    environment: &EnvironmentRecord,
    received_at: u64,
) -> Deliveries {
    let desk = Desk {
        batch,
        environment,
        received_at,
        clock: Clock::new(batch.sent_at, received_at),
    };
    let mut parts = BTreeMap::new();
    let mut rejected = Vec::new();
    for (index, raw) in batch.events.iter().enumerate() {
        let sorted = Event::parse(raw).and_then(|event| desk.sort(index, &event, &mut parts));
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
    environment: &'a EnvironmentRecord,
    received_at: u64,
    clock: Clock,
}

impl Desk<'_> {
    fn sort(
        &self,
        index: usize,
        event: &Event,
        parts: &mut BTreeMap<u32, Delivery>,
    ) -> Result<(), Refusal> {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let at = self.clock.correct(event.at);
        let in_use = self
            .environment
            .units
            .iter()
            .filter_map(|unit_type| event.units.iter().find(|(sent, _)| sent == unit_type));
        let mut line = Some(self.line(event, at));
        for (unit_type, unit_id) in in_use {
            let environment = &self.environment.environment;
            let hash = subject_hash(environment, unit_type, unit_id);
            let shard = hash.checked_rem(self.environment.shards).unwrap_or(0);
            let part = parts.entry(shard).or_insert_with(|| self.part(shard));
            part.copies.push(EventCopy {
                index,
                id: event.id.hex(),
                at,
                unit_type: unit_type.clone(),
                unit_id: unit_id.clone(),
                hash,
                exposure: event.exposure.clone(),
                track: None,
                merge: None,
                line: line.take(),
            });
        }
        if line.is_none() {
            return Ok(());
        }
        let message = format!(
            "none of the event's units is in use here: `{}`",
            self.environment.units.join("`, `")
        );
        Err(Refusal::new(RefusalCode::NoUnit, message))
    }

    fn part(&self, shard: u32) -> Delivery {
        Delivery {
            environment: self.environment.environment.clone(),
            pepper: self.environment.pepper.clone(),
            shard,
            shards: self.environment.shards,
            batch: self.batch.id.hex(),
            received_at: self.received_at,
            dropped: 0,
            definitions: String::new(),
            definitions_body: None,
            copies: Vec::new(),
        }
    }

    /// The event's line in the raw log.
    fn line(&self, event: &Event, at: u64) -> String {
        let units: Map<String, Value> = event
            .units
            .iter()
            .map(|(kind, id)| (kind.clone(), Value::from(id.as_str())))
            .collect();
        let mut line = Map::new();
        let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
        put("id", event.id.to_string().into());
        put("type", event.kind.as_str().into());
        put("at", at.into());
        put("received_at", self.received_at.into());
        if self.clock.is_skewed() {
            put("skewed", true.into());
        }
        put("environment", self.environment.environment.as_str().into());
        put("batch", self.batch.id.to_string().into());
        if let Some(client) = &self.batch.client {
            put("client", client.as_ref().into());
        }
        put("units", Value::Object(units));
        line.extend(event.fields.clone());
        Value::Object(line).to_string()
    }
}
