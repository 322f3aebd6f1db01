//! The outbox of states that other subjects take over.

use std::collections::BTreeMap;

use pennon_api::Definitions;
use pennon_tally::Subject;
use serde::{Deserialize, Serialize};
use worker::Result;

use crate::credential::hex;
use crate::shard::books::Books;
use crate::store::{Db, integer, text};

/// States that are sent in one go.
const SENT_AT_ONCE: u64 = 20;
/// The longest pause between two attempts.
const MAX_PAUSE_MS: u64 = 60_000;

/// A state on its way: body of `POST /handover`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::shard) struct Handover {
    /// Never twice the same.
    pub(in crate::shard) id: String,
    /// Id of the environment.
    pub(in crate::shard) environment: String,
    /// Its pepper in hexadecimal digits.
    pub(in crate::shard) pepper: String,
    /// Number of the shard that it is for.
    pub(in crate::shard) shard: u32,
    /// How many shards there are, as far as the sender knows.
    pub(in crate::shard) shards: u32,
    pub(in crate::shard) unit_type: String,
    /// The subject that takes over, in hexadecimal digits.
    pub(in crate::shard) subject: String,
    /// The hash that finds its shard.
    pub(in crate::shard) hash: u32,
    pub(in crate::shard) state: Subject,
    /// Subjects that it came through, in hexadecimal digits with spaces between them.
    pub(in crate::shard) path: String,
    /// The definitions that counting it needs.
    pub(in crate::shard) definitions: BTreeMap<String, Definitions>,
}

/// A state in the outbox.
#[derive(Debug)]
pub(in crate::shard) struct Parcel {
    pub(in crate::shard) handover: Handover,
    pub(in crate::shard) tries: u32,
}

/// When the next state is to be sent, in epoch milliseconds.
pub(in crate::shard) fn due(db: &Db) -> Result<Option<u64>> {
    let due = db.row("SELECT MIN(due_at) FROM handover", vec![], |row| {
        row.optional_integer(0)
    })?;
    Ok(due.flatten())
}

/// States that are due.
pub(in crate::shard) fn parcels(db: &Db, books: &Books, now: u64) -> Result<Vec<Parcel>> {
    let mut parcels = db.rows(
        "SELECT handover.id, environment, hex(pepper), shards, unit_type, handover.subject, hash,
           state, path, tries
         FROM handover, shard WHERE due_at <= ? ORDER BY due_at, handover.id LIMIT ?",
        vec![integer(now), integer(SENT_AT_ONCE)],
        |row| {
            let (shards, hash) = (row.small(3)?, row.small(6)?);
            let handover = Handover {
                id: row.text(0)?,
                environment: row.text(1)?,
                pepper: row.text(2)?.to_lowercase(),
                shard: hash.checked_rem(shards).unwrap_or(0),
                shards,
                unit_type: row.text(4)?,
                subject: hex(&row.blob(5)?),
                hash,
                state: row.json(7)?,
                path: row.text(8)?,
                definitions: BTreeMap::new(),
            };
            Ok(Parcel {
                handover,
                tries: row.small(9)?,
            })
        },
    )?;
    for Parcel { handover, .. } in &mut parcels {
        handover.definitions = handover.state.definitions(&books.library);
    }
    Ok(parcels)
}

/// The other shard has it.
pub(in crate::shard) fn sent(db: &Db, id: &str) -> Result<()> {
    db.run("DELETE FROM handover WHERE id = ?", vec![text(id)])
}

/// The other shard does not take it now: 1, 2, 4, … seconds later.
pub(in crate::shard) fn postpone(db: &Db, parcel: &Parcel, now: u64) -> Result<()> {
    let pause = 1000_u64
        .checked_shl(parcel.tries.min(16))
        .unwrap_or(MAX_PAUSE_MS);
    db.run(
        "UPDATE handover SET tries = tries + 1, due_at = ? WHERE id = ?",
        vec![
            integer(now.saturating_add(pause.min(MAX_PAUSE_MS))),
            text(&parcel.handover.id),
        ],
    )
}
