//! How well a flag came over.

use serde::{Deserialize, Serialize};

/// How well a flag came over, the best first.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Everybody gets what they had.
    #[default]
    Exact,
    /// Everybody does, as long as what the reasons name is provided or chosen so.
    ExactWithOption,
    /// Some conditions cannot be told here, and decisions that need them are unknown.
    Partial,
    /// It is no part of the ruleset.
    Refused,
}

/// A flag's grade, and why it is not better.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// Key of the flag; empty when it has none.
    pub key: String,
    /// The grade.
    pub grade: Grade,
    /// Why it is not better, or what to know about it: sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

impl Graded {
    /// Notes a reason, once.
    pub(crate) fn note(&mut self, grade: Grade, reason: impl Into<String>) {
        let reason = reason.into();
        self.grade = self.grade.max(grade);
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}
