//! Cells in the database.

use pennon_api::{CellKey, ShardCell};
use pennon_tally::{Cell, Cells, Sums};
use worker::{Error, Result, SqlStorageValue};

use crate::store::{Db, integer, optional_text, text};

const PLACE: &str = "flag = ? AND unit_type = ? AND epoch = ? AND stratum = ? AND variant = ?
    AND metric = ? AND dimension = ? AND level = ? AND day = ?";

/// Adds changes to the stored cells.
pub(super) fn add(db: &Db, changes: &Cells) -> Result<()> {
    for (key, change) in changes.iter() {
        if change.sums.is_zero() {
            // Most changes are of numbers of subjects, which SQL can add by itself.
            count(db, key, change.n)?;
            continue;
        }
        let held = find(db, key)?;
        let sums = held.sums.plus(change.sums);
        let n = held.n.wrapping_add(change.n);
        write(db, key, Cell { n, sums })?;
    }
    Ok(())
}

/// Which cells are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter<'a> {
    /// Those of one flag.
    pub(super) flag: Option<&'a str>,
    /// Those alone that say how many subjects met what.
    pub(super) only_exposures: bool,
}

/// Cells in the order of their keys.
pub(super) fn all(db: &Db, filter: Filter<'_>) -> Result<Vec<ShardCell>> {
    db.rows(
        "SELECT flag, unit_type, epoch, stratum, variant, metric, dimension, level, day, n, sums
         FROM cell WHERE (n <> 0 OR sums <> '') AND flag BETWEEN coalesce(?1, '') AND coalesce(?1, x'')
           AND (?2 = 0 OR (dimension = 'total' AND metric IN ('exposed', 'mixed')))
         ORDER BY flag, unit_type, epoch, stratum, variant, metric, dimension, level, day",
        vec![
            optional_text(filter.flag),
            integer(u32::from(filter.only_exposures)),
        ],
        |row| {
            Ok(ShardCell {
                key: CellKey {
                    flag: row.text(0)?,
                    unit: row.text(1)?,
                    epoch: row.small(2)?,
                    stratum: row.text(3)?,
                    variant: row.text(4)?,
                    metric: row.text(5)?,
                    dimension: row.text(6)?,
                    level: row.text(7)?,
                    day: row.integer(8)?,
                },
                n: row.signed(9)?,
                sums: row.text(10)?,
            })
        },
    )
}

fn count(db: &Db, key: &CellKey, by: i64) -> Result<()> {
    let mut bindings = place(key);
    bindings.push(SqlStorageValue::Integer(by));
    db.run(
        "INSERT INTO cell
           (flag, unit_type, epoch, stratum, variant, metric, dimension, level, day, n, sums)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')
         ON CONFLICT DO UPDATE SET n = n + excluded.n",
        bindings,
    )
}

fn find(db: &Db, key: &CellKey) -> Result<Cell> {
    let sql = format!("SELECT n, sums FROM cell WHERE {PLACE}");
    let held = db.row(&sql, place(key), |row| {
        let sums: Sums = row.text(1)?.parse().map_err(Error::RustError)?;
        Ok(Cell {
            n: row.signed(0)?,
            sums,
        })
    })?;
    Ok(held.unwrap_or_default())
}

fn write(db: &Db, key: &CellKey, cell: Cell) -> Result<()> {
    let mut bindings = place(key);
    bindings.push(SqlStorageValue::Integer(cell.n));
    bindings.push(text(&cell.sums.to_string()));
    db.run(
        "INSERT OR REPLACE INTO cell
           (flag, unit_type, epoch, stratum, variant, metric, dimension, level, day, n, sums)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        bindings,
    )
}

fn place(key: &CellKey) -> Vec<SqlStorageValue> {
    vec![
        text(&key.flag),
        text(&key.unit),
        integer(key.epoch),
        text(&key.stratum),
        text(&key.variant),
        text(&key.metric),
        text(&key.dimension),
        text(&key.level),
        integer(key.day),
    ]
}
