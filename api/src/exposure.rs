use serde::{Deserialize, Serialize};

/// Answer of `GET …/environments/{environment}/exposures`.
///
/// # Units
///
/// Counts are subjects, not evaluations: each subject counts once for each flag, in the variant
/// that it met first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposures {
    /// In order of their keys; flags that nobody met are absent.
    pub flags: Vec<FlagExposures>,
    /// Epoch milliseconds at which the totals were read.
    pub as_of: u64,
}

/// How many subjects met each variant of a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagExposures {
    /// Key of the flag.
    pub flag: String,
    /// In order of their names.
    pub variants: Vec<VariantExposures>,
    /// Subjects that met a second variant later; they stay counted where they began.
    pub mixed: u64,
}

/// How many subjects met one variant first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantExposures {
    /// Name of the variant.
    pub variant: String,
    /// Subjects.
    pub exposed: u64,
}
