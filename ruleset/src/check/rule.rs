//! Checks of rules and outcomes.

use std::collections::HashSet;

use super::{Checker, LIST};
use crate::model::{Entry, Flag, Outcome, Pin, Rule};
use crate::moment;
use crate::report::{At, Code};

impl Checker<'_> {
    pub(super) fn rules(&mut self, flag: &Flag, at: &At<'_>) {
        self.limit(
            "rules",
            flag.rules.len(),
            self.limits.rules,
            at,
            "merge rules, or split the flag",
        );
        let mut ids = HashSet::new();
        for (i, rule) in flag.rules.iter().enumerate() {
            let at = at.index(i);
            self.name("rule", &rule.id, &at.field("id"));
            if !ids.insert(&rule.id) {
                let message = format!("an earlier rule has the id `{}`", rule.id);
                self.report.error(
                    Code::DuplicateId,
                    &at.field("id"),
                    message,
                    "give it another id",
                );
            }
            self.rule(flag, rule, &at);
        }
    }

    fn rule(&mut self, flag: &Flag, rule: &Rule, at: &At<'_>) {
        self.window(rule, at);
        for (i, prerequisite) in rule.prerequisites.iter().enumerate() {
            let at = at.field("prerequisites");
            self.flag_test(&prerequisite.flag, &prerequisite.test, &at.index(i));
        }
        for (i, gate) in rule.gates.iter().enumerate() {
            let at = at.field("gates");
            self.split(gate, &at.index(i));
        }
        if let Some(when) = &rule.when {
            self.flag_condition(when, &at.field("when"));
        }
        self.leads_somewhere(rule, at);
        if let Some(outcome) = &rule.outcome {
            self.outcome(flag, outcome, &at.field("outcome"));
        }
        let at_alternatives = at.field("alternatives");
        for (i, alternative) in rule.alternatives.iter().enumerate() {
            let at = at_alternatives.index(i);
            let at_gates = at.field("gates");
            for (i, gate) in alternative.gates.iter().enumerate() {
                self.split(gate, &at_gates.index(i));
            }
            self.outcome(flag, &alternative.outcome, &at.field("outcome"));
        }
    }

    fn window(&mut self, rule: &Rule, at: &At<'_>) {
        let mut bound = |name, moment: &Option<_>| {
            let moment = moment.as_ref()?;
            let read = moment::of_window(moment);
            if read.is_none() {
                let message = "the boundary of the window is not a date".to_owned();
                let help = "write RFC 3339 such as 2026-11-01T00:00:00Z, or epoch milliseconds";
                self.report
                    .error(Code::InvalidDate, &at.field(name), message, help);
            }
            read
        };
        let (from, to) = (bound("from", &rule.from), bound("to", &rule.to));
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            let message = "the window ends before it begins".to_owned();
            let help = "write a `to` after `from`, or leave one of them out";
            self.report
                .error(Code::EmptyWindow, &at.field("to"), message, help);
        }
    }

    fn leads_somewhere(&mut self, rule: &Rule, at: &At<'_>) {
        match (&rule.outcome, rule.alternatives.is_empty()) {
            (Some(_), false) => {
                let message = "a rule has either `outcome` or `alternatives`".to_owned();
                self.report
                    .error(Code::Ambiguous, at, message, "keep one of the two");
            }
            // Its prerequisites may end the flag, which is a rule's work, too.
            (None, true) if rule.prerequisites.is_empty() => {
                let message = "the rule leads nowhere".to_owned();
                let help = "add an `outcome`, such as { \"variant\": \"on\" }";
                self.report.error(Code::NoOutcome, at, message, help);
            }
            _ => {}
        }
    }

    pub(super) fn outcome(&mut self, flag: &Flag, outcome: &Outcome, at: &At<'_>) {
        match outcome {
            Outcome::Variant(node) => self.variant(flag, &node.variant, &at.field("variant")),
            Outcome::Special(_) => {}
            Outcome::Program(_) => self.unsupported("a program", &at.field("program")),
            Outcome::Distribution(node) => {
                let at = at.field("distribution");
                self.distribution(&node.distribution, &at);
                let at_ranges = at.field("ranges");
                for (i, entry) in node.distribution.ranges.iter().enumerate() {
                    self.entry(flag, entry, &at_ranges.index(i));
                }
                let at_pins = at.field("pins");
                for (i, pin) in node.distribution.pins.iter().enumerate() {
                    self.pin(flag, pin, &at_pins.index(i));
                }
            }
        }
    }

    fn entry(&mut self, flag: &Flag, entry: &Entry, at: &At<'_>) {
        if let Some(variant) = &entry.variant {
            self.variant(flag, variant, &at.field("variant"));
        }
        let leads = [entry.variant.is_some(), entry.special.is_some(), entry.pass];
        if leads.into_iter().filter(|leads| *leads).count() != 1 {
            let message = "a range has one of `variant`, `special` and `pass`".to_owned();
            let help = "say what the positions of this range get";
            self.report.error(Code::Ambiguous, at, message, help);
        }
    }

    fn pin(&mut self, flag: &Flag, pin: &Pin, at: &At<'_>) {
        self.variant(flag, &pin.variant, &at.field("variant"));
        if let Some(list) = &pin.list {
            self.reference(&LIST, list, &at.field("list"));
        }
        if pin.list.is_some() == pin.values.is_some() {
            let message = "a pin has either `values` or `list`".to_owned();
            self.report
                .error(Code::Ambiguous, at, message, "say whose ids are pinned");
        }
    }
}
