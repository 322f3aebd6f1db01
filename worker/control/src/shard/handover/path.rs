//! The way that a state has come, and the shortcut that the next one gets.
//!
//! A path is `subject:hash` of every id that a state was known under, with spaces between them.
//! Once it has arrived, all of them but the last are told its end, so a chain is walked once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use worker::Result;

use super::send::Handover;
use crate::shard::identity::{Place, bytes};
use crate::store::{Db, blob, integer};

/// Ids that one state may come through. What is further on is regarded as somebody else.
pub(in crate::shard) const MAX_PATH: usize = 32;

/// The subjects of a path in hexadecimal digits, the first id first.
pub(super) fn subjects(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.split_whitespace()
        .filter_map(|passed| passed.split(':').next())
}

/// The path with one more id.
pub(super) fn with(path: &str, subject: &str, hash: u32) -> String {
    format!("{path} {subject}:{hash}").trim_start().to_owned()
}

/// Where ids lead that lead to each other: body of `POST /shorten`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::shard) struct Shortcuts {
    pub(in crate::shard) environment: String,
    pub(in crate::shard) pepper: String,
    pub(in crate::shard) shard: u32,
    pub(in crate::shard) shards: u32,
    /// Hexadecimal digits of the ids of this shard that have moved.
    moved: Vec<String>,
    /// Who they are in the end.
    end: String,
    end_hash: u32,
}

impl<'a> From<&'a Shortcuts> for Place<'a> {
    fn from(shortcuts: &'a Shortcuts) -> Self {
        Self {
            environment: &shortcuts.environment,
            pepper: &shortcuts.pepper,
            shard: shortcuts.shard,
            shards: shortcuts.shards,
        }
    }
}

/// What to tell whom of a state that has arrived.
pub(in crate::shard) fn shortcuts(handover: &Handover) -> Vec<Shortcuts> {
    let passed: Vec<&str> = handover.path.split_whitespace().collect();
    // The last one leads here already.
    let far = passed.get(..passed.len().saturating_sub(1));
    let mut by_shard: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for passed in far.unwrap_or_default() {
        // Paths of the version before have no hashes.
        let Some((subject, hash)) = passed.split_once(':') else {
            continue;
        };
        let hash: Option<u32> = hash.parse().ok();
        let shard = hash.and_then(|hash| hash.checked_rem(handover.shards));
        if let Some(shard) = shard.filter(|_| subject != handover.subject) {
            by_shard.entry(shard).or_default().push(subject.to_owned());
        }
    }
    let told = by_shard.into_iter().map(|(shard, moved)| Shortcuts {
        environment: handover.environment.clone(),
        pepper: handover.pepper.clone(),
        shard,
        shards: handover.shards,
        moved,
        end: handover.subject.clone(),
        end_hash: handover.hash,
    });
    told.collect()
}

/// Lets the ids of this shard lead to the end at once.
pub(in crate::shard) fn shorten(db: &Db, shortcuts: &Shortcuts) -> Result<()> {
    let end = bytes(&shortcuts.end)?;
    for moved in &shortcuts.moved {
        db.run(
            "UPDATE tombstone SET successor = ?1, successor_hash = ?2
             WHERE subject = ?3 AND subject <> ?1",
            vec![
                blob(&end),
                integer(shortcuts.end_hash),
                blob(&bytes(moved)?),
            ],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &[(u32, &[&str])]) {
        let handover = serde_json::json!({ "id": "1", "environment": "e", "pepper": "", "shard": 1,
            "shards": 4, "unit_type": "user", "subject": "ff", "hash": 5, "state": {},
            "path": path, "definitions": {} });
        let told = shortcuts(&serde_json::from_value(handover).unwrap());
        let found: Vec<(u32, Vec<&str>)> = told
            .iter()
            .map(|told| (told.shard, told.moved.iter().map(String::as_str).collect()))
            .collect();
        let expected: Vec<(u32, Vec<&str>)> = expected
            .iter()
            .map(|(shard, moved)| (*shard, moved.to_vec()))
            .collect();
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn all_but_the_last_hear_of_the_end() {
        check("", &[]);
        check("aa:4", &[]);
        check("aa:4 bb:6", &[(0, &["aa"])]);
        check("aa:4 bb:6 cc:8 dd:1", &[(0, &["aa", "cc"]), (2, &["bb"])]);
        check("aa bb:6 cc:8", &[(2, &["bb"])]);
        // It came in a circle: the end does not lead to itself.
        check("ff:5 bb:6 cc:8", &[(2, &["bb"])]);
    }

    #[test]
    fn a_path_names_subjects_in_their_order() {
        let path = with(&with("", "aa", 1), "bb", 2);
        assert_eq!(path, "aa:1 bb:2");
        assert_eq!(subjects(&path).collect::<Vec<_>>(), ["aa", "bb"]);
        assert_eq!(subjects("cc dd:7").collect::<Vec<_>>(), ["cc", "dd"]);
    }
}
