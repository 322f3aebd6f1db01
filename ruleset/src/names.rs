//! The names file: what a plan's parts are called by the people who wrote them.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::encode::Encoded;
use crate::lower::Lowered;
use crate::model::{Flag, Rule, Ruleset};

/// The names of one plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    /// SHA-256 of the plan, in hexadecimal.
    pub(crate) plan: String,
    #[serde(default)]
    pub(crate) flags: BTreeMap<String, FlagNames>,
    /// By index of the expression in the plan.
    #[serde(default)]
    pub(crate) segments: BTreeMap<u32, Name>,
    /// By index of the list in the plan.
    #[serde(default)]
    pub(crate) lists: BTreeMap<u32, Name>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FlagNames {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) rules: BTreeMap<String, Texts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Texts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Name {
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// Hexadecimal text of a hash.
pub(crate) fn hex(hash: &[u8; 32]) -> String {
    hash.iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The names file of a lowered and encoded ruleset, as JSON. It names only flags that the plan has.
pub(crate) fn names(
    ruleset: &Ruleset,
    lowered: &Lowered,
    encoded: &Encoded,
    hash: &[u8; 32],
) -> Vec<u8> {
    let flags = lowered.program.flags.iter().filter_map(|flag| {
        let names = of_flag(ruleset.flags.get(&flag.key)?);
        Some((flag.key.clone(), names))
    });
    let segments = lowered.segments.iter().filter_map(|(expression, id)| {
        let name = ruleset.segments.get(id)?.name.clone();
        let place = encoded.expressions.get(*expression as usize).copied()?;
        (place != u32::MAX).then(|| {
            (
                place,
                Name {
                    id: id.clone(),
                    name,
                },
            )
        })
    });
    let lists = lowered.lists.iter().enumerate().filter_map(|(list, id)| {
        let name = ruleset.lists.get(id)?.name.clone();
        let place = encoded.lists.get(list).copied()?;
        (place != u32::MAX).then(|| {
            (
                place,
                Name {
                    id: id.clone(),
                    name,
                },
            )
        })
    });
    let names = Names {
        plan: hex(hash),
        flags: flags
            .filter(|(_, names)| *names != FlagNames::default())
            .collect(),
        segments: segments.collect(),
        lists: lists.collect(),
    };
    serde_json::to_vec(&names).unwrap_or_default()
}

fn of_flag(flag: &Flag) -> FlagNames {
    let texts = |rule: &Rule| {
        let texts = Texts {
            name: rule.name.clone(),
            description: rule.description.clone(),
        };
        (texts != Texts::default()).then(|| (rule.id.clone(), texts))
    };
    FlagNames {
        name: flag.name.clone(),
        description: flag.description.clone(),
        rules: flag.rules.iter().filter_map(texts).collect(),
    }
}
