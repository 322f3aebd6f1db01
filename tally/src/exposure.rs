//! What a subject met first, and whether it met something else later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::role::Folded;

/// What a subject met of one flag in one epoch.
///
/// # Shape
///
/// Names are short since every subject keeps one of these for each flag that it met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// Key of the flag.
    #[serde(rename = "f")]
    pub flag: String,
    /// Epoch of the experiment.
    #[serde(rename = "e", default, skip_serializing_if = "is_default")]
    pub epoch: u32,
    /// Corrected epoch milliseconds.
    #[serde(rename = "t")]
    pub at: u64,
    /// Name of the variant.
    #[serde(rename = "v")]
    pub variant: String,
    /// Stage of the rollout.
    #[serde(rename = "s", default, skip_serializing_if = "is_default")]
    pub stratum: String,
    /// Revision of the plan that decided.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// Values of the dimensions.
    #[serde(rename = "l", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, String>,
    /// Whether the subject met another variant in the same epoch.
    #[serde(rename = "m", default, skip_serializing_if = "is_default")]
    pub is_mixed: bool,
    /// What events that are no longer kept one by one count for, by `<key>@<version>` of a metric.
    #[serde(rename = "b", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) folded: BTreeMap<String, Folded>,
}

impl Exposure {
    /// An exposure outside experiments and rollouts.
    pub fn new(flag: &str, variant: &str, at: u64) -> Self {
        Self {
            flag: flag.to_owned(),
            epoch: 0,
            at,
            variant: variant.to_owned(),
            stratum: String::new(),
            revision: None,
            levels: BTreeMap::new(),
            is_mixed: false,
            folded: BTreeMap::new(),
        }
    }

    /// Takes in one more exposure to the same flag in the same epoch.
    ///
    /// The outcome does not depend on the order in which exposures come: the earliest is the first,
    /// names decide between equal times, and two variants in any order are mixed.
    pub(crate) fn merge(&mut self, mut met: Self) {
        let is_mixed = self.is_mixed || met.is_mixed || self.variant != met.variant;
        if met.rank() < self.rank() {
            std::mem::swap(self, &mut met);
        }
        self.is_mixed = is_mixed;
        for (metric, folded) in met.folded {
            self.folded.entry(metric).or_default().add(folded);
        }
    }

    fn rank(&self) -> impl Ord + '_ {
        (
            self.at,
            &self.variant,
            &self.stratum,
            self.revision,
            &self.levels,
        )
    }
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
