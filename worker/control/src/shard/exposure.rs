//! What a subject met first, and whether it met something else later.

use pennon_api::{EventCopy, ExposureCopy};
use worker::Result;

use super::cell::{CellKey, Tally};
use crate::store::{Db, blob, integer, optional_integer, text};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What is held of one subject for one flag and epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct First {
    /// Corrected epoch milliseconds.
    pub(super) at: u64,
    pub(super) variant: String,
    pub(super) stratum: String,
    /// Revision of the plan that decided.
    pub(super) revision: Option<u64>,
    /// Whether the subject met another variant in the same epoch.
    pub(super) is_mixed: bool,
}

/// Takes one more exposure in.
///
/// The outcome does not depend on the order in which exposures come: the earliest is the first,
/// names decide between equal times, and two variants in any order are mixed.
pub(super) fn merge(held: Option<&First>, met: First) -> First {
    let Some(held) = held else {
        return met;
    };
    let is_mixed = held.is_mixed || met.is_mixed || held.variant != met.variant;
    let rank = |first: &First| (first.at, first.variant.clone(), first.stratum.clone());
    let first = if rank(&met) < rank(held) { &met } else { held };
    First {
        is_mixed,
        ..first.clone()
    }
}

/// Commits one exposure of a subject and what it changes in the sums.
pub(super) fn record(
    db: &Db,
    subject: &[u8],
    copy: &EventCopy,
    exposure: &ExposureCopy,
    tally: &mut Tally,
) -> Result<()> {
    let held = find(db, subject, exposure)?;
    let met = First {
        at: copy.at,
        variant: exposure.variant.clone(),
        stratum: exposure.stratum.clone(),
        revision: exposure.revision,
        is_mixed: false,
    };
    let first = merge(held.as_ref(), met);
    if held.as_ref() == Some(&first) {
        return Ok(());
    }
    if let Some(held) = &held {
        count(tally, &copy.unit_type, exposure, held, -1);
    }
    count(tally, &copy.unit_type, exposure, &first, 1);
    write(db, subject, copy, exposure, &first)
}

/// Deletes what is held of a subject, and says in which cells it stays counted.
pub(super) fn erase(db: &Db, subject: &[u8]) -> Result<Vec<serde_json::Value>> {
    let cells = db.rows(
        "SELECT json_object('flag', flag, 'unit', unit_type, 'epoch', epoch, 'stratum', stratum,
           'variant', variant, 'mixed', mixed, 'day', first_at / 86400000)
         FROM exposure WHERE subject = ?",
        vec![blob(subject)],
        |row| row.json(0),
    )?;
    db.run(
        "DELETE FROM exposure WHERE subject = ?",
        vec![blob(subject)],
    )?;
    Ok(cells)
}

fn count(tally: &mut Tally, unit_type: &str, exposure: &ExposureCopy, first: &First, by: i64) {
    let key = |metric: &str| CellKey {
        flag: exposure.flag.clone(),
        unit_type: unit_type.to_owned(),
        epoch: exposure.epoch,
        stratum: first.stratum.clone(),
        variant: first.variant.clone(),
        metric: metric.to_owned(),
        day: first.at / DAY_MS,
    };
    tally.add(key("exposed"), by);
    if first.is_mixed {
        tally.add(key("mixed"), by);
    }
}

fn find(db: &Db, subject: &[u8], exposure: &ExposureCopy) -> Result<Option<First>> {
    db.row(
        "SELECT first_at, variant, stratum, revision, mixed FROM exposure
         WHERE subject = ? AND flag = ? AND epoch = ?",
        vec![blob(subject), text(&exposure.flag), integer(exposure.epoch)],
        |row| {
            Ok(First {
                at: row.integer(0)?,
                variant: row.text(1)?,
                stratum: row.text(2)?,
                revision: row.optional_integer(3)?,
                is_mixed: row.integer(4)? == 1,
            })
        },
    )
}

fn write(
    db: &Db,
    subject: &[u8],
    copy: &EventCopy,
    exposure: &ExposureCopy,
    first: &First,
) -> Result<()> {
    db.run(
        "INSERT OR REPLACE INTO exposure
           (subject, flag, epoch, unit_type, hash, variant, stratum, revision, first_at, mixed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        vec![
            blob(subject),
            text(&exposure.flag),
            integer(exposure.epoch),
            text(&copy.unit_type),
            integer(copy.hash),
            text(&first.variant),
            text(&first.stratum),
            optional_integer(first.revision),
            integer(first.at),
            integer(u64::from(first.is_mixed)),
        ],
    )
}

#[cfg(test)]
mod tests;
