//! Cells in the database: all metrics of one place in one row.

use std::collections::BTreeMap;

use pennon_api::{CellKey, ShardCell};
use pennon_tally::{Cell, Cells, Sums};
use worker::{Error, Result, SqlStorageValue};

use crate::store::{Db, integer, optional_text, text};

const PLACE: &str = "flag = ? AND unit_type = ? AND epoch = ? AND stratum = ? AND variant = ?
    AND dimension = ? AND level = ? AND day = ?";

/// Number of subjects and sums, by metric.
type Numbers = BTreeMap<String, (i64, String)>;

/// Adds changes to the stored cells: each place is read once and written once.
pub(super) fn add(db: &Db, changes: &Cells) -> Result<()> {
    let mut places: BTreeMap<CellKey, Vec<(&str, Cell)>> = BTreeMap::new();
    for (key, change) in changes.iter() {
        let place = CellKey {
            metric: String::new(),
            ..key.clone()
        };
        let metrics = places.entry(place).or_default();
        metrics.push((&key.metric, *change));
    }
    for (place, metrics) in places {
        let mut numbers = find(db, &place)?;
        for (metric, change) in metrics {
            change_one(&mut numbers, metric, change)?;
        }
        write(db, &place, &numbers)?;
    }
    Ok(())
}

fn change_one(numbers: &mut Numbers, metric: &str, change: Cell) -> Result<()> {
    let (n, sums) = numbers.remove(metric).unwrap_or_default();
    let sums: Sums = sums.parse().map_err(Error::RustError)?;
    let cell = Cell {
        n: n.wrapping_add(change.n),
        sums: sums.plus(change.sums),
    };
    if !cell.is_zero() {
        numbers.insert(metric.to_owned(), (cell.n, cell.sums.to_string()));
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
        "SELECT flag, unit_type, epoch, stratum, variant, key, dimension, level, day,
           value ->> 0, value ->> 1
         FROM cell, json_each(numbers)
         WHERE flag BETWEEN coalesce(?1, '') AND coalesce(?1, x'')
           AND (?2 = 0 OR (dimension = 'total' AND key IN ('exposed', 'mixed')))
         ORDER BY flag, unit_type, epoch, stratum, variant, key, dimension, level, day",
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

fn find(db: &Db, place: &CellKey) -> Result<Numbers> {
    let sql = format!("SELECT numbers FROM cell WHERE {PLACE}");
    let held = db.row(&sql, bindings(place), |row| row.json(0))?;
    Ok(held.unwrap_or_default())
}

fn write(db: &Db, place: &CellKey, numbers: &Numbers) -> Result<()> {
    if numbers.is_empty() {
        return db.run(&format!("DELETE FROM cell WHERE {PLACE}"), bindings(place));
    }
    let mut bindings = bindings(place);
    bindings.push(text(&serde_json::to_string(numbers)?));
    db.run(
        "INSERT INTO cell
           (flag, unit_type, epoch, stratum, variant, dimension, level, day, numbers)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET numbers = excluded.numbers",
        bindings,
    )
}

fn bindings(place: &CellKey) -> Vec<SqlStorageValue> {
    vec![
        text(&place.flag),
        text(&place.unit),
        integer(place.epoch),
        text(&place.stratum),
        text(&place.variant),
        text(&place.dimension),
        text(&place.level),
        integer(place.day),
    ]
}
