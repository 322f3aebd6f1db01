//! The outbox of states that other subjects take over.

use std::collections::BTreeMap;

use pennon_api::Definitions;
use pennon_tally::Subject;
use serde::{Deserialize, Serialize};
use worker::Result;

use crate::credential::hex;
use crate::shard::books::Books;
use crate::shard::erasure;
use crate::store::{Db, integer, text};

/// States that one shard gets in one go.
pub(in crate::shard) const SENT_AT_ONCE: usize = 20;
/// The longest pause of a state that was refused.
const MAX_REFUSED_MS: u64 = 300_000;
/// How long a state waits whose subject is being erased: it is of somebody who came back meanwhile.
const ERASURE_PAUSE_MS: u64 = 1_000;

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
    /// Subjects that it came through, see [`super::path`].
    pub(in crate::shard) path: String,
    /// Whether the subject is erased, so that nobody takes the state over.
    #[serde(default)]
    pub(in crate::shard) erased: bool,
    /// The definitions that counting it needs.
    pub(in crate::shard) definitions: BTreeMap<String, Definitions>,
}

impl Handover {
    /// The same, for an environment that has this many shards.
    pub(in crate::shard) fn recut(self, shards: u32) -> Self {
        Self {
            shard: self.hash.checked_rem(shards).unwrap_or(0),
            shards,
            ..self
        }
    }
}

/// Whether anything is to be sent.
pub(in crate::shard) fn is_waiting(db: &Db) -> Result<bool> {
    let waiting = db.row("SELECT 1 FROM handover LIMIT 1", vec![], |_| Ok(()))?;
    Ok(waiting.is_some())
}

/// When the next state is to be sent to each shard, in epoch milliseconds.
pub(in crate::shard) fn due(db: &Db) -> Result<BTreeMap<u32, u64>> {
    let due = db.rows(
        "SELECT handover.hash % shards, MIN(due_at) FROM handover, shard GROUP BY 1",
        vec![],
        |row| Ok((row.small(0)?, row.integer(1)?)),
    )?;
    Ok(due.into_iter().collect())
}

/// Ids of the states that are due for a shard, the oldest first.
pub(in crate::shard) fn due_for(db: &Db, shard: u32, now: u64) -> Result<Vec<String>> {
    db.rows(
        "SELECT handover.id FROM handover, shard WHERE due_at <= ? AND handover.hash % shards = ?
         ORDER BY due_at, handover.id LIMIT ?",
        vec![
            integer(now),
            integer(shard),
            integer(u64::try_from(SENT_AT_ONCE).unwrap_or(u64::MAX)),
        ],
        |row| row.text(0),
    )
}

/// A state as it is now; nothing when it is not to be sent at the moment.
///
/// It is read right before it is sent, since an erasure may have changed it after the last attempt.
pub(in crate::shard) fn read(
    db: &Db,
    books: &Books,
    id: &str,
    now: u64,
) -> Result<Option<Handover>> {
    let found = db.row(
        "SELECT environment, hex(pepper), shards, unit_type, handover.subject, hash, state, path,
           erased
         FROM handover, shard WHERE handover.id = ?",
        vec![text(id)],
        |row| {
            let (shards, hash) = (row.small(2)?, row.small(5)?);
            Ok(Handover {
                id: id.to_owned(),
                environment: row.text(0)?,
                pepper: row.text(1)?.to_lowercase(),
                shard: hash.checked_rem(shards).unwrap_or(0),
                shards,
                unit_type: row.text(3)?,
                subject: hex(&row.blob(4)?),
                hash,
                state: row.json(6)?,
                path: row.text(7)?,
                erased: row.integer(8)? > 0,
                definitions: BTreeMap::new(),
            })
        },
    )?;
    let Some(mut handover) = found else {
        return Ok(None);
    };
    // Only what was posted after the erasure began can wait here: what was on its way before is marked
    // by it. So what waits was never sent, and its id need be remembered no longer elsewhere.
    if !handover.erased && erasure::is_being_erased(db, &handover.subject)? {
        postpone(db, id, now.saturating_add(ERASURE_PAUSE_MS))?;
        return Ok(None);
    }
    handover.definitions = handover.state.definitions(&books.library);
    Ok(Some(handover))
}

/// The other shard has it.
pub(in crate::shard) fn sent(db: &Db, id: &str) -> Result<()> {
    db.run("DELETE FROM handover WHERE id = ?", vec![text(id)])
}

/// It was refused: it is tried again after 1, 2, 4, … up to 300 seconds.
pub(in crate::shard) fn refused(db: &Db, id: &str, now: u64) -> Result<()> {
    db.run(
        "UPDATE handover SET due_at = ?1 + MIN(1000 << MIN(refusals, 16), ?2),
           refusals = refusals + 1
         WHERE id = ?3",
        vec![integer(now), integer(MAX_REFUSED_MS), text(id)],
    )
}

/// It is not sent before `due_at`, in epoch milliseconds.
pub(in crate::shard) fn postpone(db: &Db, id: &str, due_at: u64) -> Result<()> {
    db.run(
        "UPDATE handover SET due_at = ? WHERE id = ?",
        vec![integer(due_at), text(id)],
    )
}
