//! Says which conditions of client-visible flags a browser cannot decide.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::leaf::{declared, declared_as, names_ids};
use crate::graph;
use crate::model::{
    Attribute, Class, Expression, Flag, HashDescriptor, KnownAt, Leaf, Operator, Outcome, Rule,
    Ruleset, UnitReference,
};
use crate::portable::portable;
use crate::report::{At, Code, Report, Severity};

/// Runs on rulesets without errors: names are known and segments contain no cycle.
pub(super) fn check(ruleset: &Ruleset, report: &mut Report) {
    let mut finder = Finder {
        ruleset,
        segments: HashMap::new(),
    };
    for id in graph::walk(&graph::segments(ruleset)).order {
        if let Some(segment) = ruleset.segments.get(id) {
            let mut found = Vec::new();
            finder.find(&segment.when, &At::Root, &mut found);
            finder.segments.insert(id, digest(found));
        }
    }
    let flags = At::Root.field("flags");
    for (key, flag) in ruleset.flags.iter().filter(|(_, flag)| flag.client) {
        let at = flags.field(key);
        for (path, reason) in finder.flag(flag, &at) {
            let is_strict = flag.client_only;
            // Knowledge that comes with the edge is how targeting by it is meant to work.
            if reason.is_by_design && !is_strict {
                continue;
            }
            let (severity, help) = if is_strict {
                (Severity::Error, "remove the condition, or `client_only`")
            } else {
                (
                    Severity::Warning,
                    "browsers ask the edge, or answer by `on_unknown`",
                )
            };
            let message = format!("a browser cannot decide this: {reason}");
            let problem = crate::report::Problem {
                severity,
                code: Code::UnknownInBrowser,
                path,
                message,
                help: help.to_owned(),
            };
            report.problems.push(problem);
        }
    }
}

/// How many reasons are told of one reference to a segment.
///
/// Segments contain segments, so without a limit a short ruleset has millions of them.
const REASONS_OF_SEGMENT: usize = 4;

#[derive(Clone, PartialEq)]
struct Reason {
    /// The segment that was referred to, when the reason is inside one.
    segment: Option<String>,
    text: String,
    is_by_design: bool,
}

/// The different reasons of a segment, those first that are told in any case.
fn digest(found: Vec<(String, Reason)>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for (_, reason) in found {
        let reason = Reason::new(reason.text, reason.is_by_design);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        reasons.sort_by_key(|reason| reason.is_by_design);
        reasons.truncate(REASONS_OF_SEGMENT);
    }
    reasons
}

impl Reason {
    fn new(text: String, is_by_design: bool) -> Self {
        Self {
            segment: None,
            text,
            is_by_design,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.segment {
            Some(segment) => write!(out, "segment `{segment}`: {}", self.text),
            None => out.write_str(&self.text),
        }
    }
}

struct Finder<'a> {
    ruleset: &'a Ruleset,
    segments: HashMap<&'a str, Vec<Reason>>,
}

impl Finder<'_> {
    fn flag(&self, flag: &Flag, at: &At<'_>) -> Vec<(String, Reason)> {
        let mut found = Vec::new();
        if let Some(requires) = &flag.requires {
            self.find(requires, &at.field("requires"), &mut found);
        }
        let at_prerequisites = at.field("prerequisites");
        for (i, demand) in flag.prerequisites.iter().enumerate() {
            self.other_flag(&demand.flag, &at_prerequisites.index(i), &mut found);
        }
        let at_rules = at.field("rules");
        for (i, rule) in flag.rules.iter().enumerate() {
            let at = at_rules.index(i);
            let at_prerequisites = at.field("prerequisites");
            for (i, demand) in rule.prerequisites.iter().enumerate() {
                self.other_flag(&demand.flag, &at_prerequisites.index(i), &mut found);
            }
            if let Some(when) = &rule.when {
                self.find(when, &at.field("when"), &mut found);
            }
            self.splits(rule, &at, &mut found);
        }
        if let Some(fallthrough) = &flag.fallthrough {
            self.outcome(fallthrough, &at.field("fallthrough"), &mut found);
        }
        found
    }

    fn splits(&self, rule: &Rule, at: &At<'_>, found: &mut Vec<(String, Reason)>) {
        let at_gates = at.field("gates");
        for (i, gate) in rule.gates.iter().enumerate() {
            self.units(gate.hash.as_ref(), &at_gates.index(i), found);
        }
        if let Some(outcome) = &rule.outcome {
            self.outcome(outcome, &at.field("outcome"), found);
        }
        let at_alternatives = at.field("alternatives");
        for (i, alternative) in rule.alternatives.iter().enumerate() {
            let at = at_alternatives.index(i);
            let at_gates = at.field("gates");
            for (i, gate) in alternative.gates.iter().enumerate() {
                self.units(gate.hash.as_ref(), &at_gates.index(i), found);
            }
            self.outcome(&alternative.outcome, &at.field("outcome"), found);
        }
    }

    fn outcome(&self, outcome: &Outcome, at: &At<'_>, found: &mut Vec<(String, Reason)>) {
        let Outcome::Distribution(node) = outcome else {
            return;
        };
        let at = at.field("distribution");
        self.units(node.distribution.hash.as_ref(), &at, found);
        let at_pins = at.field("pins");
        for (i, pin) in node.distribution.pins.iter().enumerate() {
            let at = at_pins.index(i);
            found.extend(pin.unit.iter().filter_map(|unit| self.unit(unit, &at)));
        }
    }

    /// Units that are attributes.
    fn units(&self, hash: Option<&HashDescriptor>, at: &At<'_>, found: &mut Vec<(String, Reason)>) {
        let units = hash.into_iter().flat_map(|hash| &hash.units);
        found.extend(units.filter_map(|unit| self.unit(unit, at)));
    }

    fn unit(&self, unit: &UnitReference, at: &At<'_>) -> Option<(String, Reason)> {
        let UnitReference::Attribute {
            attribute: name, ..
        } = unit
        else {
            return None;
        };
        let reason = attribute(name, declared_as(&self.ruleset.attributes, name))?;
        Some((at.to_string(), reason))
    }

    fn find(&self, expression: &Expression, at: &At<'_>, found: &mut Vec<(String, Reason)>) {
        match expression {
            Expression::All(node) => self.children(&node.all, &at.field("all"), found),
            Expression::Any(node) => self.children(&node.any, &at.field("any"), found),
            Expression::None(node) => self.children(&node.none, &at.field("none"), found),
            Expression::Not(node) => self.find(&node.not, &at.field("not"), found),
            Expression::Leaf(leaf) => {
                found.extend(self.leaf(leaf).map(|reason| (at.to_string(), reason)));
            }
            Expression::Segment(node) => {
                let reasons = self
                    .segments
                    .get(node.segment.as_str())
                    .into_iter()
                    .flatten();
                found.extend(reasons.map(|reason| {
                    let segment = Some(node.segment.clone());
                    let reason = Reason {
                        segment,
                        ..reason.clone()
                    };
                    (at.to_string(), reason)
                }));
            }
            Expression::Flag(node) => self.other_flag(&node.flag, at, found),
            Expression::Split(node) => {
                self.units(node.split.hash.as_ref(), &at.field("split"), found);
            }
            Expression::List(_) | Expression::Unknown(_) | Expression::Program(_) => {}
        }
    }

    fn children(&self, children: &[Expression], at: &At<'_>, found: &mut Vec<(String, Reason)>) {
        for (i, child) in children.iter().enumerate() {
            self.find(child, &at.index(i), found);
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Option<Reason> {
        if leaf.unit.is_some() && leaf.ci && names_ids(&leaf.op) {
            let text = "ids go to browsers as hashes, which have no upper and lower case";
            return Some(Reason::new(text.to_owned(), false));
        }
        let name = leaf.attribute.as_deref().unwrap_or_default();
        let reason = attribute(name, declared(self.ruleset, leaf));
        if reason.as_ref().is_some_and(|reason| !reason.is_by_design) {
            return reason;
        }
        let pattern = leaf.value.as_ref().and_then(Value::as_str);
        let is_pattern = matches!(leaf.op, Operator::Matches | Operator::NotMatches);
        if is_pattern && pattern.and_then(portable).is_none() {
            let text = "the pattern is outside what JavaScript and Rust read alike".to_owned();
            return Some(Reason::new(text, false));
        }
        reason
    }

    fn other_flag(&self, key: &str, at: &At<'_>, found: &mut Vec<(String, Reason)>) {
        if self.ruleset.flags.get(key).is_some_and(|flag| !flag.client) {
            let text = format!("the flag `{key}` is not part of public plans");
            found.push((at.field("flag").to_string(), Reason::new(text, false)));
        }
    }
}

/// Why an attribute is not known in browsers.
fn attribute(name: &str, declared: Option<&Attribute>) -> Option<Reason> {
    let declared = declared?;
    if declared.class == Class::Private {
        let text = format!("the attribute `{name}` is private");
        Some(Reason::new(text, false))
    } else if declared.known_at > KnownAt::Client {
        let text = format!("the attribute `{name}` is not known to clients");
        Some(Reason::new(text, true))
    } else {
        None
    }
}
