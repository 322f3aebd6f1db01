//! Remembers what an evaluation does.

use std::collections::{BTreeMap, HashMap};

use pennon_core::{Decision, Truth, Visitor};

/// A visitor that keeps everything it hears.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub(super) truths: HashMap<u32, Truth>,
    pub(super) decisions: HashMap<u32, Decision>,
    /// Rules that were looked at, by flag, in order.
    pub(super) rules: HashMap<u32, Vec<u32>>,
    pub(super) rule_truths: HashMap<(u32, u32), Truth>,
    /// Flags that a flag asked.
    pub(super) asked: BTreeMap<u32, Vec<u32>>,
    /// Slot and position of each split.
    pub(super) splits: HashMap<u32, Drawn>,
    /// Slots and positions of draws, by flag and the rule that was looked at last.
    pub(super) draws: HashMap<(u32, Option<u32>), Vec<Drawn>>,
    open: Vec<Frame>,
}

/// The slot of the unit, and its position.
pub(super) type Drawn = (u32, f64);

/// What is being decided.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Flag { flag: u32, rule: Option<u32> },
    Expression(u32),
}

impl Recorder {
    fn asking_flag(&self) -> Option<u32> {
        self.open.iter().rev().find_map(|frame| match frame {
            Frame::Flag { flag, .. } => Some(*flag),
            Frame::Expression(_) => None,
        })
    }
}

impl Visitor for Recorder {
    fn flag(&mut self, flag: u32) {
        self.open.push(Frame::Flag { flag, rule: None });
    }

    fn decided(&mut self, flag: u32, decision: Decision) {
        if matches!(self.open.last(), Some(Frame::Flag { flag: open, .. }) if *open == flag) {
            self.open.pop();
        }
        if let Some(asking) = self.asking_flag() {
            let asked = self.asked.entry(asking).or_default();
            if !asked.contains(&flag) {
                asked.push(flag);
            }
        }
        self.decisions.insert(flag, decision);
    }

    fn rule(&mut self, flag: u32, rule: u32) {
        self.rules.entry(flag).or_default().push(rule);
        if let Some(Frame::Flag { rule: last, .. }) = self.open.last_mut() {
            *last = Some(rule);
        }
    }

    fn rule_condition(&mut self, flag: u32, rule: u32, truth: Truth) {
        self.rule_truths.insert((flag, rule), truth);
    }

    fn enter(&mut self, expression: u32) {
        self.open.push(Frame::Expression(expression));
    }

    fn leave(&mut self, expression: u32, truth: Truth) {
        if matches!(self.open.last(), Some(Frame::Expression(open)) if *open == expression) {
            self.open.pop();
        }
        self.truths.insert(expression, truth);
    }

    fn bucket(&mut self, _hash: u32, slot: u32, position: f64) {
        match self.open.last() {
            Some(Frame::Expression(expression)) => {
                self.splits.insert(*expression, (slot, position));
            }
            Some(Frame::Flag { flag, rule }) => {
                self.draws
                    .entry((*flag, *rule))
                    .or_default()
                    .push((slot, position));
            }
            None => {}
        }
    }
}
