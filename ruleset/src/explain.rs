//! Says in plain sentences how a decision came about.

mod condition;
mod leaf;
mod recorder;
mod view;

use std::cell::Cell;
use std::collections::BTreeMap;

use pennon_core::{Context, LoadError, Memo, Outcome, Place, Truth};
use serde::Serialize;
use serde_json::Value;

use crate::context;
use crate::decider::Decider;
use crate::details::Details;
use crate::names::{Names, hex};
use recorder::Recorder;
use sha2::{Digest, Sha256};
use view::View;

/// How a flag was decided for a context.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The flag's key.
    pub key: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The decision.
    pub details: Details,
    /// The whole story, one sentence each, the result first.
    pub sentences: Vec<String>,
    /// What the flag's prerequisites came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerequisites: Option<Condition>,
    /// The rules that were looked at, in order.
    pub rules: Vec<RuleExplanation>,
    /// What the fallthrough's rollout drew, as a sentence; absent when it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallthrough: Option<String>,
    /// The other flags that were asked, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, Explanation>,
}

/// What a rule came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleExplanation {
    /// The rule's id.
    pub id: String,
    /// What people call it, or what it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it applies.
    pub applies: Answer,
    /// Its condition; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// What its rollout drew, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<String>,
}

/// A condition and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// What was asked and found.
    pub text: String,
    /// What it came to.
    pub answer: Answer,
    /// Id of the segment that this condition is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// Its parts; those that no longer mattered are `skipped`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Condition>,
}

/// What a condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// Something it needs is not known here.
    Unknown,
    /// It was not looked at, because the result was clear without it.
    Skipped,
}

impl Answer {
    fn of(truth: Option<Truth>) -> Self {
        match truth {
            Some(Truth::True) => Self::Yes,
            Some(Truth::False) => Self::No,
            Some(Truth::Unknown) => Self::Unknown,
            None => Self::Skipped,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Skipped => "not looked at",
        }
    }
}

/// Conditions that one explanation tells.
///
/// A plan shares what is asked in several places, so a short ruleset can hold segments that have
/// millions of parts when they are spelt out.
const MAX_CONDITIONS: usize = 5_000;

/// Explains the decision of one flag.
///
/// Limits: after 5 000 conditions a last part says that there is more.
///
/// Shape: `names` are the bytes of the names file; those of another plan are not used.
/// Units: `now_ms` is epoch milliseconds.
///
/// # Errors
///
/// A plan that cannot be loaded. A flag that the plan does not have is explained as such.
pub fn explain(
    plan: &[u8],
    names: Option<&[u8]>,
    json: &Value,
    key: &str,
    now_ms: f64,
    here: Place,
) -> Result<Explanation, LoadError> {
    let decider = Decider::load(plan)?;
    let Some(flag) = decider.plan().flag_index(key) else {
        return Ok(not_found(key));
    };
    let hash = hex(&Sha256::digest(plan).into());
    let names: Option<Names> = names.and_then(|names| serde_json::from_slice(names).ok());
    let names = names.filter(|names| names.plan == hash).unwrap_or_default();
    let context: Context = context::read(decider.plan(), json, now_ms, here);
    let mut memo = Memo::new(decider.plan());
    let mut recorder = Recorder::default();
    decider
        .evaluation(&context, &mut memo)
        .decide_with(flag, &mut recorder);
    let view = View::new(decider.plan());
    let story = Story {
        view: &view,
        names: &names,
        recorder: &recorder,
        json,
        now_ms,
        left: &Cell::new(MAX_CONDITIONS),
    };
    Ok(story.flag(flag))
}

fn not_found(key: &str) -> Explanation {
    Explanation {
        key: key.to_owned(),
        name: None,
        details: Details::not_found(),
        sentences: vec![format!("There is no flag `{key}` in this plan.")],
        prerequisites: None,
        rules: Vec::new(),
        fallthrough: None,
        flags: BTreeMap::new(),
    }
}

/// Everything a telling needs.
#[derive(Clone, Copy)]
struct Story<'a> {
    view: &'a View<'a>,
    names: &'a Names,
    recorder: &'a Recorder,
    json: &'a Value,
    now_ms: f64,
    /// How many more conditions may be told.
    left: &'a Cell<usize>,
}

impl Story<'_> {
    fn flag(&self, flag: u32) -> Explanation {
        let plan = self.view.plan;
        let key = plan.key(flag).to_owned();
        let Some(decision) = self.recorder.decisions.get(&flag) else {
            return not_found(&key);
        };
        let details = Details::of(plan, flag, *decision);
        let prerequisites = self.view.prerequisites(flag).map(|id| self.condition(id));
        let looked_at = self.recorder.rules.get(&flag).into_iter().flatten();
        let rules: Vec<RuleExplanation> = looked_at.map(|rule| self.rule(flag, *rule)).collect();
        let asked = self.recorder.asked.get(&flag).into_iter().flatten();
        let flags: BTreeMap<String, Explanation> = asked
            .map(|other| (plan.key(*other).to_owned(), self.flag(*other)))
            .collect();
        let mut explanation = Explanation {
            name: self
                .names
                .flags
                .get(&key)
                .and_then(|names| names.name.clone()),
            sentences: vec![self.result(flag, &key, &details)],
            fallthrough: self.fallthrough(flag, &details),
            key,
            details,
            prerequisites,
            rules,
            flags,
        };
        Self::tell(&mut explanation);
        explanation
    }

    fn rule(&self, flag: u32, rule: u32) -> RuleExplanation {
        let id = self.view.plan.rule_id(flag, rule).to_string();
        let texts = self.names.flags.get(self.view.plan.key(flag));
        let texts = texts.and_then(|names| names.rules.get(&id));
        let truth = self.recorder.rule_truths.get(&(flag, rule)).copied();
        RuleExplanation {
            description: texts.and_then(|texts| texts.name.clone().or(texts.description.clone())),
            applies: Answer::of(truth),
            condition: self
                .view
                .rule_condition(flag, rule)
                .map(|id| self.condition(id)),
            draw: self.draw(flag, rule),
            id,
        }
    }

    /// The first sentence: what was decided, and why.
    fn result(&self, flag: u32, key: &str, details: &Details) -> String {
        let rule = || {
            let id = details.rule.as_deref().unwrap_or_default();
            let names = self
                .names
                .flags
                .get(key)
                .and_then(|names| names.rules.get(id));
            match names.and_then(|texts| texts.name.as_ref().or(texts.description.as_ref())) {
                Some(text) => format!("rule `{id}` ({text})"),
                None => format!("rule `{id}`"),
            }
        };
        let because = match (details.detail, details.reason) {
            (_, "STATIC") => "it is the same for everyone".to_owned(),
            (Some("out-of-rollout"), _) if !self.has_drawing_rule(flag) => {
                "no rule applies, and the fallthrough's rollout does not include this unit"
                    .to_owned()
            }
            (Some("out-of-rollout"), _) => {
                "a rule applies, but its rollout does not include this unit".to_owned()
            }
            (Some("disabled"), _) => "the flag is not enabled".to_owned(),
            (Some("killed"), _) => "the flag is killed".to_owned(),
            (Some("prerequisite"), _) => {
                "another flag that it needs did not decide as demanded".to_owned()
            }
            (Some("holdout"), _) => format!("{} holds this unit out", rule()),
            (Some("fallthrough"), _) => {
                "no rule applies, and the fallthrough's rollout drew it".to_owned()
            }
            (Some("unknown"), _) => {
                "something that the decision needs is not known here".to_owned()
            }
            (Some("missing-unit"), _) => "the id that the rollout draws with is missing".to_owned(),
            (Some("invalid-context"), _) => {
                "the id that the rollout draws with is neither text nor a whole number".to_owned()
            }
            (Some("error"), _) => "the ruleset says error here".to_owned(),
            (_, "TARGETING_MATCH") => format!("{} applies", rule()),
            (_, "SPLIT") => format!("{} applies and its rollout drew it", rule()),
            _ => "no rule applies".to_owned(),
        };
        let outcome = self
            .recorder
            .decisions
            .get(&flag)
            .map(|decision| decision.outcome());
        let what = match (&details.variant, outcome) {
            (Some(variant), _) => format!("`{key}` is `{variant}`"),
            (None, Some(Outcome::Null)) => format!("`{key}` is null"),
            (None, Some(Outcome::CodeDefault)) => format!("`{key}` is left to the code's default"),
            _ => format!("`{key}` is not decided"),
        };
        format!("{what}: {because}.")
    }

    /// The sentences after the first.
    fn tell(explanation: &mut Explanation) {
        let mut sentences = Vec::new();
        if let Some(prerequisites) = &explanation.prerequisites {
            prerequisites.tell(&mut sentences, true);
        }
        for rule in &explanation.rules {
            let name = match &rule.description {
                Some(description) => format!("Rule `{}` ({description})", rule.id),
                None => format!("Rule `{}`", rule.id),
            };
            let applies = match (rule.applies, rule.condition.is_some()) {
                (Answer::Yes, true) => "applies:",
                (Answer::Yes, false) => "applies to everyone.",
                (Answer::No, _) => "does not apply:",
                _ => "cannot be decided here:",
            };
            sentences.push(format!("{name} {applies}"));
            if let Some(condition) = &rule.condition {
                condition.tell(&mut sentences, true);
            }
            sentences.extend(rule.draw.clone());
        }
        sentences.extend(explanation.fallthrough.clone());
        explanation
            .sentences
            .extend(sentences.iter().map(|text| capitalised(text)));
    }
}

/// A sentence begins with a capital letter, unless a name stands there.
fn capitalised(text: &str) -> String {
    let starts = [
        "the ", "there ", "one ", "all ", "this ", "what ", "now ", "always", "never",
    ];
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if starts.iter().any(|start| text.starts_with(start)) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

impl Condition {
    /// Adds the sentences of what was looked at; a group at the top needs no heading.
    fn tell(&self, sentences: &mut Vec<String>, is_top: bool) {
        if self.answer == Answer::Skipped {
            return;
        }
        let is_silent = is_top && self.segment.is_none() && self.text == condition::ALL;
        if !is_silent {
            sentences.push(format!("{}: {}", self.text, self.answer.word()));
        }
        for part in &self.parts {
            part.tell(sentences, false);
        }
    }
}
