//! Doubling the shards: the half of the subjects that moves, and all that is remembered of them.
//!
//! While the half moves, nothing is taken that is about it, so what was copied stays true; a page
//! that comes twice changes nothing. Cells do not move: they are added up over all shards.

mod table;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::{Error, Result};

use super::identity::{self, Place};
use crate::credential::hex;
use crate::store::{Db, integer, text};
use table::{BATCH, FULL, TABLES};

/// Rows of the half that moves: body of `POST /import`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Page {
    pub(super) environment: String,
    pub(super) pepper: String,
    pub(super) shard: u32,
    pub(super) shards: u32,
    table: String,
    rows: Vec<Value>,
}

impl Page {
    /// Whether the doubling has to wait for it: batches are a shortcut past events, no more.
    fn is_needed(&self) -> bool {
        self.table != BATCH
    }

    /// Whether nothing that is needed follows: batches come faster than they are copied.
    pub(super) fn is_last(&self) -> bool {
        !self.is_needed() && self.rows.len() < FULL
    }
}

impl<'a> From<&'a Page> for Place<'a> {
    fn from(page: &'a Page) -> Self {
        Self {
            environment: &page.environment,
            pepper: &page.pepper,
            shard: page.shard,
            shards: page.shards,
        }
    }
}

/// How far the copying is: position in the list of tables, and the last key that was copied.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Cursor(usize, String, String);

/// Where the object stands in a doubling.
#[derive(Debug)]
struct Standing {
    environment: String,
    pepper: String,
    number: u32,
    shards: u32,
    split_to: Option<u32>,
    cursor: Cursor,
}

/// What a shard is told to do: body of `POST /split/…`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SplitOrder {
    pub(crate) environment: String,
    pub(crate) pepper: String,
    /// Which shard this is.
    pub(crate) shard: u32,
    /// How many there will be.
    pub(crate) shards: u32,
}

impl<'a> From<&'a SplitOrder> for Place<'a> {
    fn from(order: &'a SplitOrder) -> Self {
        Self {
            environment: &order.environment,
            pepper: &order.pepper,
            shard: order.shard,
            shards: order.shards,
        }
    }
}

/// Takes nothing more that is about the half that moves. True when this shard has moved it already,
/// or has nothing to move.
///
/// # Errors
///
/// When the number is not twice the shard's own.
pub(super) fn begin(db: &Db, order: &SplitOrder) -> Result<bool> {
    let to = order.shards;
    let Some(standing) = standing(db)? else {
        // Nothing was ever delivered here; what comes late, cut for fewer shards, is to be refused.
        identity::advance(db, order.into(), (0, 0))?;
        return Ok(true);
    };
    if standing.shards == to {
        return Ok(true);
    }
    if Some(to) != standing.shards.checked_mul(2) {
        return Err(Error::from("shards are doubled, and in no other way added"));
    }
    if standing.split_to.is_none() {
        db.run(
            "UPDATE shard SET split_to = ?, split_at = ''",
            vec![integer(to)],
        )?;
    }
    Ok(false)
}

/// Whether the half of this shard is moving.
pub(super) fn is_moving(db: &Db) -> Result<bool> {
    Ok(standing(db)?.is_some_and(|standing| standing.split_to.is_some()))
}

/// The next rows to copy, and where the copying stands after them; nothing when all are copied.
pub(super) fn next_page(db: &Db) -> Result<Option<(Page, Cursor)>> {
    let Some(standing) = standing(db)? else {
        return Ok(None);
    };
    let Some(to) = standing.split_to else {
        return Ok(None);
    };
    let mut cursor = standing.cursor.clone();
    while let Some(table) = TABLES.get(cursor.0) {
        let Some((rows, last)) = table.page(db, &cursor, (to, standing.number))? else {
            cursor = Cursor(cursor.0 + 1, String::new(), String::new());
            continue;
        };
        let page = Page {
            environment: standing.environment,
            pepper: standing.pepper,
            shard: standing.number + standing.shards,
            shards: to,
            table: table.name.to_owned(),
            rows,
        };
        return Ok(Some((page, Cursor(cursor.0, last.0, last.1))));
    }
    Ok(None)
}

/// The other shard has the page.
pub(super) fn advance(db: &Db, cursor: &Cursor) -> Result<()> {
    db.run(
        "UPDATE shard SET split_at = ?",
        vec![text(&serde_json::to_string(cursor)?)],
    )
}

/// Lets go of the half that has moved, in one block.
///
/// # Errors
///
/// When not all of it has been copied.
pub(super) fn finish(db: &Db, to: u32) -> Result<()> {
    let Some(standing) = standing(db)? else {
        return Ok(());
    };
    if standing.shards == to {
        return Ok(());
    }
    // Batches about who stays come until the end.
    let is_left = next_page(db)?.is_some_and(|(page, _)| page.is_needed());
    if standing.split_to != Some(to) || is_left {
        return Err(Error::from("the half that moves is not copied yet"));
    }
    for table in &TABLES {
        table.forget(db, (to, standing.number))?;
    }
    db.run(
        "UPDATE shard SET shards = ?, split_to = NULL, split_at = ''",
        vec![integer(to)],
    )
}

/// Writes rows that another shard sends.
pub(super) fn import(db: &Db, page: &Page) -> Result<()> {
    let table = TABLES.iter().find(|table| table.name == page.table);
    let table = table.ok_or_else(|| Error::from("a page of no known table"))?;
    identity::advance(db, page.into(), (0, 0))?;
    for row in &page.rows {
        table.write(db, row)?;
    }
    Ok(())
}

fn standing(db: &Db) -> Result<Option<Standing>> {
    db.row(
        "SELECT environment, pepper, number, shards, split_to, split_at FROM shard",
        vec![],
        |row| {
            let split_to = row.optional_integer(4)?;
            let cursor = row.text(5)?;
            Ok(Standing {
                environment: row.text(0)?,
                pepper: hex(&row.blob(1)?),
                number: row.small(2)?,
                shards: row.small(3)?,
                split_to: split_to.and_then(|to| u32::try_from(to).ok()),
                cursor: if cursor.is_empty() {
                    Cursor::default()
                } else {
                    serde_json::from_str(&cursor)?
                },
            })
        },
    )
}
