//! The tables of which a half moves, and how their rows travel.

use serde_json::Value;
use worker::Result;

use super::Cursor;
use crate::store::{Db, integer, text};

/// A table, as SQL.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Two keys and the row as JSON, for rows after the keys ?1 and ?2; those of the half that
    /// moves are the ones whose hash leaves another rest than ?4 by ?3.
    read: &'static str,
    /// Takes the row as JSON.
    write: &'static str,
    /// Deletes the half that has moved; nothing where all of it stays here too.
    forget: Option<&'static str>,
}

/// The last table, to which rows come for as long as anything is taken.
pub(super) const BATCH: &str = "batch";
/// Rows of a full page of batches.
pub(super) const FULL: usize = 1000;
/// Bytes after which a page is large enough: what somebody has met may be a megabyte.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

pub(super) const TABLES: [Table; 8] = [
    Table {
        name: "definitions",
        read: "SELECT hash, '', json_array(hash, body) FROM definitions
            WHERE hash > ?1 AND ?2 = ?2 AND ?3 > ?4 ORDER BY hash LIMIT 20",
        write: "INSERT OR IGNORE INTO definitions (hash, body)
            VALUES (?1 ->> 0, ?1 ->> 1)",
        forget: None,
    },
    Table {
        name: "level",
        read: "SELECT '', json_array(flag, epoch, dimension, level),
              json_array(flag, epoch, dimension, level) FROM level
            WHERE json_array(flag, epoch, dimension, level) > ?2 AND ?1 = ?1 AND ?3 > ?4
            ORDER BY 2 LIMIT 500",
        write: "INSERT OR IGNORE INTO level (flag, epoch, dimension, level)
            VALUES (?1 ->> 0, ?1 ->> 1, ?1 ->> 2, ?1 ->> 3)",
        forget: None,
    },
    Table {
        name: "subject",
        read: "SELECT hex(subject), '', json_array(hex(subject), unit_type, hash, seen_at, state)
            FROM subject WHERE subject > unhex(?1) AND ?2 = ?2 AND hash % ?3 <> ?4
            ORDER BY subject LIMIT 200",
        write: "INSERT OR IGNORE INTO subject (subject, unit_type, hash, seen_at, state)
            VALUES (unhex(?1 ->> 0), ?1 ->> 1, ?1 ->> 2, ?1 ->> 3, ?1 ->> 4)",
        forget: Some("DELETE FROM subject WHERE hash % ?1 <> ?2"),
    },
    Table {
        name: "tombstone",
        read:
            "SELECT hex(subject), '', json_array(hex(subject), hash, hex(successor), successor_hash)
            FROM tombstone WHERE subject > unhex(?1) AND ?2 = ?2 AND hash % ?3 <> ?4
            ORDER BY subject LIMIT 1000",
        write: "INSERT OR IGNORE INTO tombstone (subject, hash, successor, successor_hash)
            VALUES (unhex(?1 ->> 0), ?1 ->> 1, unhex(?1 ->> 2), ?1 ->> 3)",
        forget: Some("DELETE FROM tombstone WHERE hash % ?1 <> ?2"),
    },
    Table {
        name: "handover_taken",
        read: "SELECT id, '', json_array(id, hash, taken_at) FROM handover_taken
            WHERE id > ?1 AND ?2 = ?2 AND hash % ?3 <> ?4 ORDER BY id LIMIT 1000",
        write: "INSERT OR IGNORE INTO handover_taken (id, hash, taken_at)
            VALUES (?1 ->> 0, ?1 ->> 1, ?1 ->> 2)",
        forget: Some("DELETE FROM handover_taken WHERE hash % ?1 <> ?2"),
    },
    Table {
        name: "seen",
        read: "SELECT place, '', json_array(place, hash, received_at, hex(ids)) FROM seen
            WHERE place > ?1 AND ?2 = ?2 AND hash % ?3 <> ?4 ORDER BY place LIMIT 1000",
        write: "INSERT OR IGNORE INTO seen (place, hash, received_at, ids)
            VALUES (?1 ->> 0, ?1 ->> 1, ?1 ->> 2, unhex(?1 ->> 3))",
        forget: Some("DELETE FROM seen WHERE hash % ?1 <> ?2"),
    },
    // Events of before the column `hash` may be of either half, so both halves remember them; so it
    // is with batches.
    Table {
        name: "event",
        read: "SELECT hex(id), unit_type, json_array(hex(id), unit_type, received_at, hash)
            FROM event WHERE (id, unit_type) > (unhex(?1), ?2) AND (hash IS NULL OR hash % ?3 <> ?4)
            ORDER BY id, unit_type LIMIT 1000",
        write: "INSERT OR IGNORE INTO event (id, unit_type, received_at, hash)
            VALUES (unhex(?1 ->> 0), ?1 ->> 1, ?1 ->> 2, ?1 ->> 3)",
        forget: Some("DELETE FROM event WHERE hash % ?1 <> ?2"),
    },
    Table {
        name: BATCH,
        read: "SELECT hex(id), '', json_array(hex(id), hex(digest), received_at) FROM batch
            WHERE id > unhex(?1) AND ?2 = ?2 AND ?3 > ?4 ORDER BY id LIMIT 1000",
        write: "INSERT OR IGNORE INTO batch (id, digest, received_at)
            VALUES (unhex(?1 ->> 0), unhex(?1 ->> 1), ?1 ->> 2)",
        forget: None,
    },
];

impl Table {
    /// Rows of the half that moves, after the cursor, and the keys of the last; nothing at the end.
    /// A page ends with the row that makes it large.
    #[expect(clippy::type_complexity, reason = "rows, and two keys")]
    pub(super) fn page(
        &self,
        db: &Db,
        cursor: &Cursor,
        (to, number): (u32, u32),
    ) -> Result<Option<(Vec<Value>, (String, String))>> {
        let bindings = vec![
            text(&cursor.1),
            text(&cursor.2),
            integer(to),
            integer(number),
        ];
        let mut last = None;
        let mut page = Vec::new();
        let mut bytes = 0;
        db.each(self.read, bindings, |row| {
            let text = row.text(2)?;
            bytes += text.len();
            last = Some((row.text(0)?, row.text(1)?));
            page.push(serde_json::from_str(&text)?);
            Ok(bytes < PAGE_BYTES)
        })?;
        Ok(last.map(|last| (page, last)))
    }

    /// Writes a row that another shard sent; one that is here stays as it is.
    pub(super) fn write(&self, db: &Db, row: &Value) -> Result<()> {
        db.run(self.write, vec![text(&row.to_string())])
    }

    /// Deletes the half that has moved.
    pub(super) fn forget(&self, db: &Db, (to, number): (u32, u32)) -> Result<()> {
        match self.forget {
            Some(sql) => db.run(sql, vec![integer(to), integer(number)]),
            None => Ok(()),
        }
    }
}
