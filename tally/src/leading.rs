//! Which values of a dimension stand by themselves where all shards are added up.

use std::collections::BTreeMap;

use pennon_api::{CellKey, LevelTable};

use crate::{Cells, OTHER};

/// Values of one dimension that stand by themselves, for one flag and epoch.
pub const MAX_LEADING: usize = 64;

/// The largest values of each dimension, by the subjects exposed in them; names decide between equals.
pub fn leading(cells: &Cells) -> Vec<LevelTable> {
    let mut sizes: BTreeMap<(&str, u32, &str), BTreeMap<&str, i64>> = BTreeMap::new();
    for (key, cell) in cells.iter().filter(|(key, _)| key.metric == "exposed") {
        if key.dimension != "total" && key.level != OTHER {
            let place = (key.flag.as_str(), key.epoch, key.dimension.as_str());
            let levels = sizes.entry(place).or_default();
            *levels.entry(&key.level).or_default() += cell.n;
        }
    }
    let table = |((flag, epoch, dimension), levels): (_, BTreeMap<&str, i64>)| {
        let mut levels: Vec<(&str, i64)> = levels.into_iter().collect();
        levels.sort_by_key(|(level, n)| (std::cmp::Reverse(*n), *level));
        levels.truncate(MAX_LEADING);
        let mut levels: Vec<String> = levels
            .iter()
            .map(|(level, _)| (*level).to_owned())
            .collect();
        levels.sort_unstable();
        LevelTable {
            flag: String::from(flag),
            epoch,
            dimension: String::from(dimension),
            levels,
        }
    };
    sizes.into_iter().map(table).collect()
}

/// The same counts, with every other value in `(other)`. A dimension without a table stays as it is.
#[must_use]
pub fn folded(cells: &Cells, tables: &[LevelTable]) -> Cells {
    let mut folded = Cells::default();
    let place = |table: &'_ LevelTable| (table.flag.clone(), table.epoch, table.dimension.clone());
    let tables: BTreeMap<_, &LevelTable> =
        tables.iter().map(|table| (place(table), table)).collect();
    for (key, cell) in cells.iter() {
        let table = tables.get(&(key.flag.clone(), key.epoch, key.dimension.clone()));
        let stands = table.is_none_or(|table| table.levels.binary_search(&key.level).is_ok());
        let key = CellKey {
            level: if stands {
                key.level.clone()
            } else {
                OTHER.to_owned()
            },
            ..key.clone()
        };
        folded.add(key, *cell);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exposure, Levels, Library, Subject, contribution};

    #[test]
    fn the_largest_stand_and_the_rest_is_other() {
        let mut levels = Levels::default();
        let mut cells = Cells::default();
        // Level n has n subjects.
        for n in 1..=100_u32 {
            let level = format!("l{n:03}");
            for _ in 0..n {
                let mut exposure = Exposure::new("f", "on", 0);
                exposure.levels.insert("city".into(), level.clone());
                levels.admit(&exposure);
                let mut subject = Subject::default();
                subject.meet(exposure);
                cells.add_all(contribution(&subject, "user", &Library::default(), &levels));
            }
        }
        let tables = leading(&cells);
        let table = tables.first().unwrap();
        assert_eq!(
            (table.levels.len(), table.levels[0].as_str()),
            (MAX_LEADING, "l037")
        );
        let folded = folded(&cells, &tables);
        let n = |level: &str| {
            let found = folded.iter().find(|(key, _)| key.level == level);
            found.map_or(0, |(_, cell)| cell.n)
        };
        assert_eq!(
            (n("l100"), n("l036"), n(OTHER), n("")),
            (100, 0, 36 * 37 / 2, 5050)
        );
        assert_eq!(leading(&folded), tables);
    }
}
