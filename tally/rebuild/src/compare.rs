//! What two counts disagree about.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use pennon_api::{CellKey, Sums, Totals};
use pennon_tally::Cells;

/// A sentence for each cell in which the counts differ.
pub(crate) fn differences(recounted: &Cells, totals: &Totals) -> Vec<String> {
    let told: BTreeMap<&CellKey, (i64, Sums)> = totals
        .cells
        .iter()
        .map(|cell| (&cell.key, (cell.n, cell.sums)))
        .collect();
    let counted: BTreeMap<&CellKey, (i64, Sums)> = recounted
        .iter()
        .map(|(key, cell)| (key, (cell.n, cell.sums.to_numbers())))
        .collect();
    let keys: BTreeSet<&&CellKey> = told.keys().chain(counted.keys()).collect();
    let mut differences = Vec::new();
    for key in keys {
        let nothing = (0, Sums::default());
        let in_totals = told.get(*key).copied().unwrap_or(nothing);
        let in_log = counted.get(*key).copied().unwrap_or(nothing);
        if in_totals != in_log {
            differences.push(format!(
                "{}: the totals say {}, the log says {}",
                place(key),
                shown(in_totals),
                shown(in_log)
            ));
        }
    }
    differences
}

fn place(key: &CellKey) -> String {
    [
        &key.flag,
        &key.unit,
        &format!("epoch {}", key.epoch),
        &key.stratum,
        &key.variant,
        &key.metric,
        &key.dimension,
        &key.level,
        &format!("day {}", key.day),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .cloned()
    .collect::<Vec<String>>()
    .join(" / ")
}

fn shown((n, sums): (i64, Sums)) -> String {
    let Sums { y, yy, d, x, .. } = sums;
    format!("n {n}, y {y}, y² {yy}, d {d}, x {x}")
}
