//! Imported flags, ready to answer.

use std::collections::BTreeMap;

use pennon_core::{AllAlgorithms, Evaluation, Memo, Place, Plan};
use pennon_ruleset::{Audience, Ruleset, StdHost, compile};
use serde_json::Value;

use super::answer::{Answer, answer};
use super::card::Card;
use super::request::{Request, context};
use super::trace::Trace;
use crate::error::ImportError;

/// How much an evaluation knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything: a property that is absent is not set. What the service does.
    Complete,
    /// What it was given: a property that is absent is unknown. What an SDK does.
    Local,
}

impl Mode {
    /// The mode of a word: `complete` or `local`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "complete" => Some(Self::Complete),
            "local" => Some(Self::Local),
            _ => None,
        }
    }
}

/// Imported flags, compiled, with their cards.
#[derive(Debug)]
pub struct Flags {
    plan: Plan,
    host: StdHost,
    cards: BTreeMap<String, Card>,
}

impl Flags {
    /// Compiles the flags of an imported ruleset.
    ///
    /// **Errors** a ruleset that does not compile.
    pub fn new(ruleset: &Ruleset) -> Result<Self, ImportError> {
        let compiled = compile(ruleset, Audience::Server)
            .map_err(|report| ImportError::new(report.to_string()))?;
        let plan =
            Plan::load(&compiled.plan).map_err(|error| ImportError::new(error.to_string()))?;
        Ok(Self {
            plan,
            host: StdHost::default(),
            cards: cards(ruleset),
        })
    }

    /// Answers for every flag that has a card, by key.
    ///
    /// **Units** `now_ms` is epoch milliseconds.
    pub fn answers(
        &self,
        request: Request<'_>,
        mode: Mode,
        now_ms: f64,
    ) -> BTreeMap<String, Answer> {
        let (request, place) = match mode {
            Mode::Complete => (request, Place::Server),
            Mode::Local => (request.local(), Place::Client),
        };
        let json = context(request);
        let context = pennon_ruleset::read_context(&self.plan, &json, now_ms, place);
        let mut memo = Memo::new(&self.plan);
        let mut evaluation =
            Evaluation::<AllAlgorithms, _>::new(&self.plan, &context, &self.host, &mut memo);
        let mut trace = Trace::new(&self.plan, &json);
        let mut answers = BTreeMap::new();
        for (key, card) in &self.cards {
            let Some(flag) = self.plan.flag_index(key) else {
                continue;
            };
            let decision = evaluation.decide_with(flag, &mut trace);
            let given = answer(&self.plan, flag, decision, card, &trace.heard(flag), &json);
            answers.insert(key.clone(), given);
        }
        answers
    }
}

/// The cards of imported flags.
pub(super) fn cards(ruleset: &Ruleset) -> BTreeMap<String, Card> {
    let envelope = ruleset
        .unknown
        .get("ext")
        .map(|ext| &ext["posthog"]["envelope"]);
    let group_types = envelope.map(super::definitions::groups).unwrap_or_default();
    let cards = ruleset.flags.iter().filter_map(|(key, flag)| {
        let definition: &Value = &flag.unknown.get("ext")?["posthog"]["definition"];
        Some((key.clone(), Card::of(definition, &group_types)))
    });
    cards.collect()
}
