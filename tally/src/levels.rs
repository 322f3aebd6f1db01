//! Which values of a dimension have cells of their own.

use std::collections::{BTreeMap, BTreeSet};

use pennon_api::LevelTable;

use crate::Exposure;

/// Where all other values count.
pub const OTHER: &str = "(other)";
/// Values of one dimension that have cells of their own, for one flag and epoch.
pub const MAX_LEVELS: usize = 128;
/// Bytes of a value.
const MAX_LEVEL_BYTES: usize = 128;

/// Values of all dimensions that have cells of their own, for one flag in all epochs.
pub const MAX_LEVELS_OF_FLAG: usize = 2048;
/// Epochs and stages that have cells of their own, for one flag. Epoch 0 without a stage always has.
pub const MAX_SERIES: usize = 128;
/// The epoch in which all other epochs and stages count, in the stage [`OTHER`].
pub const OTHER_EPOCH: u32 = u32::MAX;

/// The name that epochs and stages have among dimensions: that of no attribute.
const SERIES: &str = "";

/// Flag, epoch and dimension.
type Place<'a> = (&'a str, u32, &'a str);

/// What was admitted. A table only grows, so a subject never changes its cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels {
    tables: BTreeMap<(String, u32, String), BTreeSet<String>>,
    /// How many values all tables of a flag have.
    sizes: BTreeMap<String, usize>,
}

impl Levels {
    /// Admits epoch, stage and values of an exposure while there is room; what is new, one by one.
    pub fn admit(&mut self, exposure: &Exposure) -> Vec<LevelTable> {
        let (flag, epoch, stratum) = (&exposure.flag, exposure.epoch, &exposure.stratum);
        let mut new = Vec::new();
        let series = series(epoch, stratum);
        if !self.has_series(flag, epoch, stratum) && self.admit_one((flag, 0, SERIES), &series) {
            new.push(single((flag, 0, SERIES), &series));
        }
        if self.has_series(flag, epoch, stratum) {
            for (dimension, level) in &exposure.levels {
                if self.admit_one((flag, epoch, dimension), level) {
                    new.push(single((flag, epoch, dimension), level));
                }
            }
        }
        new
    }

    /// Whether an epoch and a stage have cells of their own.
    pub fn has_series(&self, flag: &str, epoch: u32, stratum: &str) -> bool {
        let place = (flag.to_owned(), 0, SERIES.to_owned());
        let admitted = self.tables.get(&place);
        (epoch, stratum) == (0, "")
            || admitted.is_some_and(|admitted| admitted.contains(&series(epoch, stratum)))
    }

    /// What tables say that were told.
    pub fn of_tables(tables: &[LevelTable]) -> Self {
        let mut levels = Self::default();
        for table in tables {
            for level in &table.levels {
                levels.restore(&table.flag, table.epoch, &table.dimension, level);
            }
        }
        levels
    }

    /// Puts a value in that was admitted elsewhere, whether there is room or not; whether it is new.
    pub fn restore(&mut self, flag: &str, epoch: u32, dimension: &str, level: &str) -> bool {
        let place = (flag.to_owned(), epoch, dimension.to_owned());
        let is_new = self
            .tables
            .entry(place)
            .or_default()
            .insert(level.to_owned());
        if is_new {
            *self.sizes.entry(flag.to_owned()).or_default() += 1;
        }
        is_new
    }

    fn admit_one(&mut self, (flag, epoch, dimension): Place<'_>, level: &str) -> bool {
        let most = if dimension == SERIES {
            MAX_SERIES
        } else {
            MAX_LEVELS
        };
        let place = (flag.to_owned(), epoch, dimension.to_owned());
        let held = self.tables.get(&place).map_or(0, BTreeSet::len);
        let of_flag = self.sizes.get(flag).copied().unwrap_or(0);
        level.len() <= MAX_LEVEL_BYTES
            && held < most
            && of_flag < MAX_LEVELS_OF_FLAG
            && self.restore(flag, epoch, dimension, level)
    }

    /// The value under which a subject counts.
    pub fn of<'a>(&self, flag: &str, epoch: u32, dimension: &str, level: &'a str) -> &'a str {
        let place = (flag.to_owned(), epoch, dimension.to_owned());
        let levels = self.tables.get(&place);
        if levels.is_some_and(|levels| levels.contains(level)) {
            level
        } else {
            OTHER
        }
    }

    /// All of them, or those of one flag, as they are told.
    pub fn to_tables(&self, flag: Option<&str>) -> Vec<LevelTable> {
        let table = |((flag, epoch, dimension), levels): (&(String, u32, String), &BTreeSet<_>)| {
            LevelTable {
                flag: flag.clone(),
                epoch: *epoch,
                dimension: dimension.clone(),
                levels: levels.iter().cloned().collect(),
            }
        };
        let tables = self.tables.iter();
        let asked = tables.filter(|((of, ..), _)| flag.is_none_or(|flag| flag == of));
        asked.map(table).collect()
    }
}

fn single((flag, epoch, dimension): Place<'_>, level: &str) -> LevelTable {
    LevelTable {
        flag: flag.to_owned(),
        epoch,
        dimension: dimension.to_owned(),
        levels: vec![level.to_owned()],
    }
}

/// Epoch and stage as one value.
fn series(epoch: u32, stratum: &str) -> String {
    format!("{epoch}/{stratum}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposure(epoch: u32, stratum: &str, city: &str) -> Exposure {
        let mut exposure = Exposure::new("f", "on", 0);
        exposure.epoch = epoch;
        stratum.clone_into(&mut exposure.stratum);
        exposure.levels.insert("city".into(), city.into());
        exposure
    }

    #[test]
    fn a_full_table_sends_newcomers_to_other_and_keeps_who_is_in() {
        let mut levels = Levels::default();
        for n in 0..200 {
            let new = levels.admit(&exposure(0, "", &format!("c{n}")));
            assert_eq!(new.len(), usize::from(n < MAX_LEVELS));
        }
        assert!(levels.admit(&exposure(0, "", "c0")).is_empty());
        assert_eq!(levels.of("f", 0, "city", "c127"), "c127");
        assert_eq!(levels.of("f", 0, "city", "c128"), OTHER);
        assert_eq!(levels.of("f", 1, "city", "c127"), OTHER);
        assert!(levels.admit(&exposure(0, "", &"x".repeat(129))).is_empty());
        assert_eq!(
            levels
                .to_tables(None)
                .first()
                .map(|table| table.levels.len()),
            Some(MAX_LEVELS)
        );
    }

    #[test]
    fn made_up_epochs_stages_and_values_fill_a_flag_and_no_more() {
        let mut levels = Levels::default();
        let rows: usize = (1..=1000)
            .flat_map(|n| {
                (0..10).map(move |city| exposure(n, &format!("s{n}"), &format!("{city}")))
            })
            .map(|exposure| levels.admit(&exposure).len())
            .sum();
        assert_eq!(rows, MAX_SERIES + MAX_SERIES * 10);
        let more: usize = (0..1000)
            .map(|n| {
                levels
                    .admit(&exposure(
                        1 + n % 100,
                        &format!("s{}", 1 + n % 100),
                        &format!("x{n}"),
                    ))
                    .len()
            })
            .sum();
        assert_eq!(rows + more, MAX_LEVELS_OF_FLAG);
        assert!(levels.has_series("f", 128, "s128") && !levels.has_series("f", 129, "s129"));
        assert!(levels.has_series("f", 0, "") && !levels.has_series("f", 0, "s"));
        assert!(levels.has_series("g", 0, "") && !levels.has_series("g", 1, ""));
    }
}
