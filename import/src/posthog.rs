//! `PostHog`: definitions into a ruleset and back, and answers in `PostHog`'s words.

mod answer;
mod card;
mod cohort;
mod conditions;
mod definitions;
mod dependency;
mod early;
mod export;
mod filter;
mod flag;
mod flags;
mod operator;
mod project;
mod request;
mod rules;
mod trace;

use std::collections::{BTreeMap, BTreeSet};

use pennon_ruleset::{Limits, Ruleset, Severity, check};
use serde::Serialize;
use serde_json::{Map, json};

use crate::error::ImportError;
use crate::grade::{Grade, Graded};
use definitions::Definitions;
use operator::put;
use project::Project;

pub use answer::{Answer, Inconclusive, RuleAnswer};
pub use card::{Card, Decided};
pub use export::{Exported, export};
pub use flags::{Flags, Mode};
pub use request::{Request, context};

/// What an import is told besides the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Id of the environment that the ruleset is for.
    pub environment: String,
}

/// A ruleset made of definitions, and how well each flag came over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Import {
    /// The ruleset; what came in is under `ext.posthog` of it and of its flags.
    pub ruleset: Ruleset,
    /// Every flag that came in, in order.
    pub grades: Vec<Graded>,
}

/// Makes a ruleset of flag definitions.
///
/// **Shape** JSON of the local evaluation payload, a project export (a list of flags, or an object with
/// `flags`, `results` or `feature_flags`), or a single flag.
///
/// **Errors** text that is not JSON, fields that occur twice, and JSON that holds no flags.
///
/// ```
/// use pennon_import::{Grade, posthog};
/// let text = r#"{ "flags": [{ "id": 1, "key": "beta", "active": true,
///     "filters": { "groups": [{ "properties": [], "rollout_percentage": 25 }] } }] }"#;
/// let options = posthog::Options { environment: "env_demo".to_owned() };
/// let import = posthog::import(text, &options)?;
/// assert_eq!(import.grades[0].grade, Grade::Exact);
/// assert_eq!(posthog::export(&import.ruleset)?.text, text.split_whitespace().collect::<String>());
/// # Ok::<(), pennon_import::ImportError>(())
/// ```
pub fn import(text: &str, options: &Options) -> Result<Import, ImportError> {
    let (value, twice) =
        pennon_ruleset::read_json(text).map_err(|report| ImportError::new(report.to_string()))?;
    if twice.has_errors() {
        return Err(ImportError::new(twice.to_string()));
    }
    let definitions = Definitions::read(value, crate::numbers::lost(text))?;
    let mut refused = Refused::default();
    loop {
        let (import, found) = attempt(&definitions, &refused, options)?;
        if found.is_empty() {
            return Ok(import);
        }
        refused.extend(found);
    }
}

/// What the ruleset's checks refuse, by the names of flags and segments, and why.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    flags: BTreeMap<String, Vec<String>>,
    segments: BTreeSet<String>,
}

impl Refused {
    fn is_empty(&self) -> bool {
        self.flags.is_empty() && self.segments.is_empty()
    }

    fn extend(&mut self, more: Self) {
        self.flags.extend(more.flags);
        self.segments.extend(more.segments);
    }
}

/// Imports everything but what is refused, and says what else must be.
fn attempt(
    definitions: &Definitions,
    refused: &Refused,
    options: &Options,
) -> Result<(Import, Refused), ImportError> {
    let project = Project::new(definitions, refused);
    let mut flags = Map::new();
    let mut all_graded = Vec::new();
    let mut kept = Vec::new();
    for definition in &definitions.flags {
        let mut graded = Graded::default();
        let lowered = flag::lower(&project, definition, &mut graded);
        if flags.contains_key(&graded.key) {
            graded.note(Grade::Refused, "an earlier flag has the same key");
        }
        for reason in refused.flags.get(&graded.key).into_iter().flatten() {
            graded.note(Grade::Refused, reason);
        }
        kept.push(match lowered {
            Some(mut flag) if graded.grade < Grade::Refused => {
                put(
                    &mut flag,
                    "ext",
                    json!({ "posthog": {
                    "definition": definition, "grade": graded.grade, "reasons": graded.reasons } }),
                );
                flags.insert(graded.key.clone(), flag);
                json!({ "flag": graded.key })
            }
            _ => json!({ "refused": definition }),
        });
        all_graded.push(graded);
    }
    let ext = json!({ "posthog": definitions.rest(&kept) });
    let ruleset = project.ruleset(&options.environment, &flags, &ext);
    let ruleset = pennon_ruleset::from_value(ruleset)
        .map_err(|report| ImportError::new(report.to_string()))?;
    let report = check(&ruleset, &Limits::default());
    let mut found = Refused::default();
    for problem in &report.problems {
        let mut path = problem.path.split('/').skip(1);
        let name = |token: &str| token.replace("~1", "/").replace("~0", "~");
        match (problem.severity, path.next(), path.next()) {
            (Severity::Error, Some("flags"), Some(token)) => {
                let reasons = found.flags.entry(name(token)).or_default();
                reasons.push(problem.message.clone());
            }
            (Severity::Error, Some("segments"), Some(token)) => {
                found.segments.insert(name(token));
            }
            (Severity::Error, ..) => return Err(ImportError::new(problem.message.clone())),
            _ => {}
        }
    }
    let grades = all_graded;
    Ok((Import { ruleset, grades }, found))
}
