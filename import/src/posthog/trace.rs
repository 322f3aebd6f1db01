//! Hears an evaluation and keeps what `PostHog`'s answers need: how far each condition came, and what
//! was not known.

use std::collections::BTreeMap;

use pennon_core::layout::{Table, operator};
use pennon_core::{Decision, Plan, Reason, Slot, Source, Truth, Visitor};
use serde_json::Value;

use super::project::Beyond;

/// How far a condition came; what came furthest is what an answer says when none matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Came {
    NotMatched,
    OutOfRollout,
}

/// What was heard of one flag.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    /// The plan's rules in order, and how far each came.
    pub(super) rules: Vec<(u32, Came)>,
    /// The weightiest reason for which something was not known.
    pub(super) unknown: Option<Beyond>,
}

/// What is being decided: the flag or condition, and what was not known in it so far.
struct Frame {
    expression: Option<u32>,
    unknown: Option<Beyond>,
}

pub(super) struct Trace<'a> {
    plan: &'a Plan,
    context: &'a Value,
    slots: Vec<Slot<'a>>,
    frames: Vec<Frame>,
    flags: Vec<u32>,
    /// Why conditions are unknown.
    conditions: BTreeMap<u32, Option<Beyond>>,
    heard: BTreeMap<u32, Heard>,
}

impl<'a> Trace<'a> {
    pub(super) fn new(plan: &'a Plan, context: &'a Value) -> Self {
        Self {
            plan,
            context,
            slots: plan.slots().collect(),
            frames: Vec::new(),
            flags: Vec::new(),
            conditions: BTreeMap::new(),
            heard: BTreeMap::new(),
        }
    }

    /// What was heard of a flag.
    pub(super) fn heard(&self, flag: u32) -> Heard {
        self.heard.get(&flag).cloned().unwrap_or_default()
    }

    /// Why a condition without parts that decide is not known.
    fn own_reason(&self, expression: u32) -> Option<Beyond> {
        let [code, _, slot, ..] = *self.plan.row(Table::Expression, expression);
        match code {
            operator::ALL | operator::ANY | operator::NOT => None,
            operator::UNKNOWN => Some(Beyond::UnsupportedDefinition),
            operator::FLAG_IS => Some(Beyond::UnresolvedDependency),
            operator::SPLIT => Some(Beyond::MissingContext),
            _ => Some(self.of_slot(slot)),
        }
    }

    /// Why a test of a value is not known: the value is not, or it cannot be tested.
    fn of_slot(&self, slot: u32) -> Beyond {
        let source = self.slots.get(slot as usize).map(|slot| slot.source);
        let (values, name) = match source {
            Some(Source::Attribute(name)) => (&self.context["attributes"], name),
            Some(Source::GroupAttribute { group, name }) => (&self.context["groups"][group], name),
            _ => return Beyond::MissingContext,
        };
        let named = Beyond::ALL.into_iter().find(|one| one.attribute() == name);
        let value = if name.starts_with('/') {
            values.pointer(name)
        } else {
            values.get(name)
        };
        match named {
            Some(named) => named,
            None if value.is_some() => Beyond::UnsupportedDefinition,
            None => Beyond::MissingContext,
        }
    }

    fn add(&mut self, reason: Option<Beyond>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.unknown = frame.unknown.max(reason);
        }
    }
}

impl Visitor for Trace<'_> {
    fn flag(&mut self, flag: u32) {
        self.flags.push(flag);
        self.frames.push(Frame {
            expression: None,
            unknown: None,
        });
    }

    fn decided(&mut self, flag: u32, _: Decision) {
        if self.flags.last() == Some(&flag) {
            self.flags.pop();
            let frame = self.frames.pop();
            self.heard.entry(flag).or_default().unknown = frame.and_then(|frame| frame.unknown);
        }
    }

    fn rule_condition(&mut self, flag: u32, rule: u32, truth: Truth) {
        let heard = self.heard.entry(flag).or_default();
        if truth == Truth::False {
            heard.rules.push((rule, Came::NotMatched));
        }
    }

    fn missed(&mut self, flag: u32, rule: Option<u32>, reason: Reason) {
        if let Some(rule) = rule
            && reason == Reason::OutOfRollout
        {
            let heard = self.heard.entry(flag).or_default();
            heard.rules.push((rule, Came::OutOfRollout));
        }
    }

    fn enter(&mut self, expression: u32) {
        self.frames.push(Frame {
            expression: Some(expression),
            unknown: None,
        });
    }

    fn leave(&mut self, expression: u32, truth: Truth) {
        let is_open = self.frames.last().and_then(|frame| frame.expression) == Some(expression);
        if is_open && let Some(frame) = self.frames.pop() {
            let [code, ..] = *self.plan.row(Table::Expression, expression);
            // What another flag does not know is that flag's affair.
            let parts = frame.unknown.filter(|_| code != operator::FLAG_IS);
            let reason = self.own_reason(expression).max(parts);
            self.conditions.insert(expression, reason);
        }
        if truth == Truth::Unknown {
            let reason = self.conditions.get(&expression).copied().flatten();
            self.add(reason);
        }
    }
}
