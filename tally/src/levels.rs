//! Which values of a dimension have cells of their own.

use std::collections::{BTreeMap, BTreeSet};

use pennon_api::LevelTable;

/// Where all other values count.
pub const OTHER: &str = "(other)";
/// Values of one dimension that have cells of their own, for one flag and epoch.
pub const MAX_LEVELS: usize = 128;
/// Bytes of such a value.
const MAX_LEVEL_BYTES: usize = 128;

/// The values that were admitted. A table only grows, so a subject never changes its cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Levels(BTreeMap<(String, u32, String), BTreeSet<String>>);

impl Levels {
    /// Admits a value while there is room; whether it is new.
    pub fn admit(&mut self, flag: &str, epoch: u32, dimension: &str, level: &str) -> bool {
        let place = (flag.to_owned(), epoch, dimension.to_owned());
        let levels = self.0.entry(place).or_default();
        level.len() <= MAX_LEVEL_BYTES
            && levels.len() < MAX_LEVELS
            && levels.insert(level.to_owned())
    }

    /// Puts a value in that was admitted elsewhere, whether there is room or not.
    pub fn restore(&mut self, flag: &str, epoch: u32, dimension: &str, level: &str) {
        let place = (flag.to_owned(), epoch, dimension.to_owned());
        self.0.entry(place).or_default().insert(level.to_owned());
    }

    /// The value under which a subject counts.
    pub fn of<'a>(&self, flag: &str, epoch: u32, dimension: &str, level: &'a str) -> &'a str {
        let place = (flag.to_owned(), epoch, dimension.to_owned());
        let levels = self.0.get(&place);
        if levels.is_some_and(|levels| levels.contains(level)) {
            level
        } else {
            OTHER
        }
    }

    /// All of them, as they are told.
    pub fn to_tables(&self) -> Vec<LevelTable> {
        let table = |((flag, epoch, dimension), levels): (&(String, u32, String), &BTreeSet<_>)| {
            LevelTable {
                flag: flag.clone(),
                epoch: *epoch,
                dimension: dimension.clone(),
                levels: levels.iter().cloned().collect(),
            }
        };
        self.0.iter().map(table).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_sends_newcomers_to_other_and_keeps_who_is_in() {
        let mut levels = Levels::default();
        for n in 0..200 {
            assert_eq!(
                levels.admit("f", 0, "city", &format!("c{n}")),
                n < MAX_LEVELS
            );
        }
        assert!(!levels.admit("f", 0, "city", "c0"));
        assert_eq!(levels.of("f", 0, "city", "c127"), "c127");
        assert_eq!(levels.of("f", 0, "city", "c128"), OTHER);
        assert_eq!(levels.of("f", 1, "city", "c127"), OTHER);
        assert!(!levels.admit("f", 1, "city", &"x".repeat(129)));
        assert_eq!(
            levels.to_tables().first().map(|table| table.levels.len()),
            Some(MAX_LEVELS)
        );
    }
}
