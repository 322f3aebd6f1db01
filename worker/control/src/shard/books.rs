//! What a shard looks up all the time: definitions by hash, and levels that have cells.

use pennon_api::Definitions;
use pennon_tally::{Exposure, Levels, Library};
use worker::Result;

use crate::store::{Db, integer, text};

/// Both tables, in memory; what is added is written in the same block.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) library: Library,
    pub(super) levels: Levels,
}

impl Books {
    /// Reads both tables.
    pub(super) fn load(db: &Db) -> Result<Self> {
        let mut books = Self::default();
        let definitions = db.rows("SELECT hash, body FROM definitions", vec![], |row| {
            Ok((row.text(0)?, row.json(1)?))
        })?;
        for (hash, body) in definitions {
            books.library.insert(&hash, body);
        }
        let levels = db.rows(
            "SELECT flag, epoch, dimension, level FROM level",
            vec![],
            |row| Ok((row.text(0)?, row.small(1)?, row.text(2)?, row.text(3)?)),
        )?;
        for (flag, epoch, dimension, level) in levels {
            books.levels.restore(&flag, epoch, &dimension, &level);
        }
        Ok(books)
    }

    /// Writes definitions down that are new here.
    pub(super) fn learn(&mut self, db: &Db, hash: &str, body: &Definitions) -> Result<()> {
        if self.library.get(hash).is_some() {
            return Ok(());
        }
        self.library.insert(hash, body.clone());
        db.run(
            "INSERT OR IGNORE INTO definitions (hash, body) VALUES (?, ?)",
            vec![text(hash), text(&serde_json::to_string(body)?)],
        )
    }

    /// Gives epoch, stage and levels of an exposure cells of their own, while there is room.
    pub(super) fn admit(&mut self, db: &Db, exposure: &Exposure) -> Result<()> {
        for new in self.levels.admit(exposure) {
            for level in &new.levels {
                db.run(
                    "INSERT OR IGNORE INTO level (flag, epoch, dimension, level)
                     VALUES (?, ?, ?, ?)",
                    vec![
                        text(&new.flag),
                        integer(new.epoch),
                        text(&new.dimension),
                        text(level),
                    ],
                )?;
            }
        }
        Ok(())
    }
}
