//! What a change of rules would do to a list of contexts.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use pennon_core::Place;
use serde::Serialize;
use serde_json::Value;

use crate::compile::{Audience, compile};
use crate::decider::Decider;
use crate::details::Details;
use crate::model::Ruleset;
use crate::report::{At, Code, Report};

/// What would change, by flag; the flags of both rulesets, ascending.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Simulation {
    /// By key.
    pub flags: BTreeMap<String, FlagChange>,
}

/// What would change for one flag.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FlagChange {
    /// How many contexts get what now; a variant's name, or an [`End`] of another kind.
    pub before: IndexMap<String, usize>,
    /// How many contexts would get what.
    pub after: IndexMap<String, usize>,
    /// The contexts that would get something else.
    pub moved: Vec<Move>,
}

/// A context that would get something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Move {
    /// Its place in the list.
    pub context: usize,
    /// What it gets.
    pub before: End,
    /// What it would get.
    pub after: End,
}

/// What a context gets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct End {
    /// A variant's name, or `(code default)`, `(null)`, `(error)`, `(unknown)`, `(no such flag)`.
    pub label: String,
    /// The value, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// Decides every flag of two rulesets for every context, as a server would.
///
/// Units: `now_ms` is epoch milliseconds.
///
/// # Errors
///
/// What the checks find in either ruleset.
///
/// Complexity: flags times contexts.
pub fn simulate(
    before: &Ruleset,
    after: &Ruleset,
    contexts: &[Value],
    now_ms: f64,
) -> Result<Simulation, Report> {
    let (before, after) = (decider(before)?, decider(after)?);
    let mut simulation = Simulation::default();
    for (i, context) in contexts.iter().enumerate() {
        let old = before.decide_all(context, now_ms, Place::Server);
        let new = after.decide_all(context, now_ms, Place::Server);
        let added = new.keys().filter(|key| !old.contains_key(*key));
        for key in old.keys().chain(added) {
            let (before, after) = (end(old.get(key)), end(new.get(key)));
            let flag = simulation.flags.entry(key.clone()).or_default();
            *flag.before.entry(before.label.clone()).or_default() += 1;
            *flag.after.entry(after.label.clone()).or_default() += 1;
            if before != after {
                flag.moved.push(Move {
                    context: i,
                    before,
                    after,
                });
            }
        }
    }
    Ok(simulation)
}

fn decider(ruleset: &Ruleset) -> Result<Decider, Report> {
    let compiled = compile(ruleset, Audience::Server)?;
    Decider::load(&compiled.plan).map_err(|error| {
        let mut report = compiled.report;
        let help = "report this ruleset, it passed every check";
        report.error(Code::Unsupported, &At::Root, error.to_string(), help);
        report
    })
}

fn end(details: Option<&Details>) -> End {
    let Some(details) = details else {
        return End {
            label: "(no such flag)".to_owned(),
            value: None,
        };
    };
    let label = match (&details.variant, &details.value, details.reason) {
        (Some(variant), _, _) => variant,
        (None, Some(_), _) => "(null)",
        (None, None, "ERROR") => "(error)",
        (None, None, "UNKNOWN") => "(unknown)",
        (None, None, _) => "(code default)",
    };
    End {
        label: label.to_owned(),
        value: details.value.clone(),
    }
}
