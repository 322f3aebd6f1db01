//! How files of the raw log are named.

use std::fmt;

/// Where an environment's files are; ends with a slash.
pub(in crate::shard) fn folder(environment: &str) -> String {
    format!("log/{environment}/")
}

/// The name of a file inside the folder: `2026-11-25/13/0-000000000001.ndjson.gz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileName {
    /// Hours since 1970.
    pub(crate) hour: u64,
    pub(crate) shard: u32,
    /// The shard's revision at the file's first row.
    pub(crate) first: u64,
}

impl FileName {
    /// The shard that wrote the file with this name, and its revision at the file's first row.
    pub(crate) fn read(name: &str) -> Option<(u32, u64)> {
        let (_, file) = name.rsplit_once('/')?;
        let (shard, first) = file.strip_suffix(".ndjson.gz")?.split_once('-')?;
        Some((shard.parse().ok()?, first.parse().ok()?))
    }

    /// The shard that wrote the file with this name.
    pub(crate) fn shard_of(name: &str) -> Option<u32> {
        Self::read(name).map(|(shard, _)| shard)
    }
}

/// Whether a file is of a day before `limit`; both as days since 1970.
pub(in crate::shard) fn is_before(name: &str, folder: &str, limit: u64) -> bool {
    let day_of = name
        .strip_prefix(folder)
        .and_then(|name| name.split('/').next());
    day_of.is_some_and(|found| found < day(limit).as_str())
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, shard, first) = (self.hour % 24, self.shard, self.first);
        let day = day(self.hour / 24);
        write!(formatter, "{day}/{hour:02}/{shard}-{first:012}.ndjson.gz")
    }
}

/// A day since 1970 as `2026-11-25`.
///
/// # Source
///
/// Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`, for days that
/// are not negative.
fn day(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let days = [
            (0, "1970-01-01"),
            (789, "1972-02-29"),
            (10_956, "1999-12-31"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_782, "2026-11-25"),
            (47_541, "2100-03-01"),
        ];
        for (days, expected) in days {
            assert_eq!(day(days), expected);
        }
    }

    #[test]
    fn days_before_a_limit_are_told_by_the_name() {
        let is_before = |name: &str| is_before(name, "log/env_a/", 20_782);
        assert!(is_before(
            "log/env_a/2026-11-24/23/0-000000000001.ndjson.gz"
        ));
        assert!(!is_before(
            "log/env_a/2026-11-25/00/0-000000000001.ndjson.gz"
        ));
        assert!(!is_before(
            "log/env_b/2020-01-01/00/0-000000000001.ndjson.gz"
        ));
    }

    #[test]
    fn names_sort_by_time_and_tell_their_shard() {
        let name = FileName {
            hour: 20_782 * 24 + 7,
            shard: 13,
            first: 42,
        };
        let text = name.to_string();
        assert_eq!(text, "2026-11-25/07/13-000000000042.ndjson.gz");
        assert_eq!(FileName::shard_of(&format!("log/env_a/{text}")), Some(13));
        for other in ["", "a/b", "a/1.ndjson.gz", "a/x-1.ndjson.gz", "a/1-1.json"] {
            assert_eq!(FileName::shard_of(other), None);
        }
    }
}
