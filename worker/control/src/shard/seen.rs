//! Which events have been here already: ids by the row, each in the one place that it always has.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use pennon_api::EventCopy;
use serde_json::{Value, json};
use worker::{Error, Result};

use super::identity::{bytes, group};
use crate::store::{Db, blob, integer, text};

/// Bytes of an id that its place says; the rest of them is in the row.
const TIME_BYTES: usize = 4;
const REST_BYTES: usize = 12;
/// A row that is longer takes no more ids: what comes then is a row of `event` each.
const FULL_BYTES: usize = 48_000;

/// What a row holds, and what it is to hold more.
#[derive(Debug, Default)]
struct Row {
    hash: u32,
    ids: Vec<u8>,
    is_changed: bool,
}

impl Row {
    fn has(&self, rest: &[u8]) -> bool {
        self.ids.chunks_exact(REST_BYTES).any(|held| held == rest)
    }
}

/// A copy whose id is in no row.
struct Candidate<'a> {
    copy: &'a EventCopy,
    place: String,
    rest: Vec<u8>,
}

/// Remembers the copies of a delivery, and says which of them were not here before.
///
/// Ids are time first, so those of one batch are in one row, or in two. Somebody can make ids up that
/// all belong into one row: once it is full, they cost a row each.
///
/// # Errors
///
/// When an id is none, and those of the database.
pub(super) fn fresh<'a>(db: &Db, copies: &'a [EventCopy], now: u64) -> Result<Vec<&'a EventCopy>> {
    let mut candidates = Vec::with_capacity(copies.len());
    for copy in copies {
        let id = bytes(&copy.id)?;
        let (time, rest) = id
            .split_at_checked(TIME_BYTES)
            .filter(|(_, rest)| rest.len() == REST_BYTES)
            .ok_or_else(|| Error::from("an id has 16 bytes"))?;
        let time = crate::credential::hex(time);
        candidates.push(Candidate {
            copy,
            place: format!("{:04}/{}/{time}", group(copy.hash), unit_type(copy)),
            rest: rest.to_vec(),
        });
    }
    let mut rows = read(db, &candidates)?;
    let mut told = BTreeSet::new();
    candidates.retain(|candidate| {
        let is_known = rows
            .get(&candidate.place)
            .is_some_and(|row| row.has(&candidate.rest));
        !is_known && told.insert((candidate.place.clone(), candidate.rest.clone()))
    });
    let single = single(db, &candidates)?;
    candidates.retain(|Candidate { copy, .. }| {
        !single.contains(&(copy.id.to_lowercase(), unit_type(copy).into_owned()))
    });
    write(db, &candidates, &mut rows, now)?;
    Ok(candidates.iter().map(|candidate| candidate.copy).collect())
}

/// The rows in which the ids would be.
fn read(db: &Db, candidates: &[Candidate<'_>]) -> Result<BTreeMap<String, Row>> {
    let places: BTreeSet<&str> = candidates.iter().map(|one| one.place.as_str()).collect();
    let rows = db.rows(
        "SELECT place, hash, ids FROM seen WHERE place IN (SELECT value FROM json_each(?))",
        vec![text(&serde_json::to_string(&places)?)],
        |row| {
            let held = Row {
                hash: row.small(1)?,
                ids: row.blob(2)?,
                is_changed: false,
            };
            Ok((row.text(0)?, held))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// Those that have a row each.
fn single(db: &Db, candidates: &[Candidate<'_>]) -> Result<BTreeSet<(String, String)>> {
    let ids = candidates.iter().map(|one| one.copy.id.as_str());
    let ids: BTreeSet<&str> = ids.collect();
    let found = db.rows(
        "SELECT lower(hex(id)), unit_type FROM event
         WHERE id IN (SELECT unhex(value) FROM json_each(?))",
        vec![text(&serde_json::to_string(&ids)?)],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// Puts ids where they belong.
fn write(
    db: &Db,
    candidates: &[Candidate<'_>],
    rows: &mut BTreeMap<String, Row>,
    now: u64,
) -> Result<()> {
    let mut single: Vec<Value> = Vec::new();
    for Candidate { copy, place, rest } in candidates {
        let hash = group(copy.hash);
        let row = rows.entry(place.clone()).or_insert_with(|| Row {
            hash,
            ..Row::default()
        });
        if row.ids.len() < FULL_BYTES {
            row.ids.extend_from_slice(rest);
            row.is_changed = true;
        } else {
            single.push(json!([copy.id, unit_type(copy), hash]));
        }
    }
    for (place, row) in rows.iter().filter(|(_, row)| row.is_changed) {
        db.run(
            "INSERT INTO seen (place, hash, received_at, ids) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET received_at = excluded.received_at, ids = excluded.ids",
            vec![text(place), integer(row.hash), integer(now), blob(&row.ids)],
        )?;
    }
    if single.is_empty() {
        return Ok(());
    }
    db.run(
        "INSERT INTO event (id, unit_type, received_at, hash)
         SELECT unhex(value ->> 0), value ->> 1, ?2, value ->> 2 FROM json_each(?1) WHERE true
         ON CONFLICT DO NOTHING",
        vec![text(&Value::from(single).to_string()), integer(now)],
    )
}

/// An `identify` event may come for the old and for the new id of one type: those are two.
fn unit_type(copy: &EventCopy) -> Cow<'_, str> {
    match copy.merge {
        Some(_) => Cow::from(format!("previous:{}", copy.unit_type)),
        None => Cow::from(&copy.unit_type),
    }
}
