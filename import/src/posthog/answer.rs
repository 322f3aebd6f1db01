//! A decision in `PostHog`'s words.

use pennon_core::{Decision, Kind, Outcome, Plan, Reason};
use serde::Serialize;
use serde_json::Value;

use super::card::Card;
use super::project::Beyond;
use super::trace::{Came, Heard};

/// What is answered for one flag.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Config version 1.
    #[non_exhaustive]
    Condition {
        /// False, true, or the key of a variant.
        value: Value,
        /// The key of the variant.
        variant: Option<String>,
        /// The code of the reason, or of the error when `flag_error`.
        reason: &'static str,
        /// Index of the condition that decided, or that came furthest.
        condition_index: Option<u32>,
        /// The payload as stored.
        payload: Option<Value>,
        /// The flag failed.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        flag_error: bool,
        /// The flag is no part of a remote answer.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        omitted_from_remote_response: bool,
    },
    /// Config version 2.
    Rule(RuleAnswer),
    /// It cannot be told.
    Inconclusive(Inconclusive),
    /// Config version 2: something that was asked failed.
    Failed {
        /// What.
        error: &'static str,
    },
}

/// What config version 2 answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleAnswer {
    /// The typed value; null is a value.
    pub value: Value,
    /// The code of the reason.
    pub reason: &'static str,
    /// The rule that decided: its id, its place and its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Value>,
    /// The key of the variant that an experiment drew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_variant: Option<String>,
}

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Inconclusive {
    /// Always true: tells the object from others.
    pub inconclusive: bool,
    /// The code of the reason.
    pub reason: &'static str,
}

/// The answer of a decision.
pub(super) fn answer(
    plan: &Plan,
    flag: u32,
    decision: Decision,
    card: &Card,
    heard: &Heard,
    context: &Value,
) -> Answer {
    let reply = Reply {
        plan,
        flag,
        decision,
        card,
        heard,
        rule: decision
            .rule()
            .map(|rule| plan.rule_id(flag, rule).to_string())
            .unwrap_or_default(),
    };
    if card.rules.is_some() {
        return reply.of_rules();
    }
    if decision.reason() == Reason::Unknown {
        let reason = heard.unknown.unwrap_or(Beyond::MissingContext).word();
        return Answer::Inconclusive(Inconclusive {
            inconclusive: true,
            reason,
        });
    }
    reply.of_conditions(context)
}

struct Reply<'a> {
    plan: &'a Plan,
    flag: u32,
    decision: Decision,
    card: &'a Card,
    heard: &'a Heard,
    /// Id of the rule that decided; empty when none did.
    rule: String,
}

impl Reply<'_> {
    fn of_conditions(&self, context: &Value) -> Answer {
        let name = match self.decision.outcome() {
            Outcome::Variant(variant) => Some(self.plan.variant_name(self.flag, variant)),
            _ => None,
        };
        let name = name.filter(|name| self.card.off.as_deref() != Some(name));
        let is_on = name == Some(self.card.on.as_str());
        let variant = name.filter(|_| !is_on).map(str::to_owned);
        let value = match (&variant, is_on) {
            (Some(variant), _) => Value::from(variant.as_str()),
            (None, is_on) => Value::Bool(is_on),
        };
        let (reason, condition_index) = self.reason(context);
        // Who opted out is told the payload all the same.
        let has_payload = value != false || reason == "super_condition_value";
        let payload = variant.as_deref().unwrap_or("true");
        let payload = self
            .card
            .payloads
            .get(payload)
            .filter(|_| has_payload)
            .cloned();
        Answer::Condition {
            value,
            variant,
            reason,
            condition_index,
            payload,
            flag_error: self.decision.reason() == Reason::Error,
            omitted_from_remote_response: matches!(
                self.decision.reason(),
                Reason::Disabled | Reason::Killed | Reason::PrerequisiteFailed
            ),
        }
    }

    fn reason(&self, context: &Value) -> (&'static str, Option<u32>) {
        match self.decision.reason() {
            Reason::Disabled | Reason::Killed | Reason::PrerequisiteFailed => {
                return ("flag_disabled", None);
            }
            Reason::Error => return ("dependency_not_found_cohort", None),
            _ => {}
        }
        match self.rule.as_str() {
            "" => self.furthest(context),
            "missing-dependency" => ("missing_dependency", None),
            "holdout" => ("holdout_condition_value", None),
            "enrolment-in" | "enrolment-out" => ("super_condition_value", Some(0)),
            id => ("condition_match", condition(id)),
        }
    }

    /// The reason with the highest score; of equal ones, that of the later condition.
    fn furthest(&self, context: &Value) -> (&'static str, Option<u32>) {
        let mut best = (0, "no_group_type", None);
        for (rule, came) in &self.heard.rules {
            let id = self.plan.rule_id(self.flag, *rule).to_string();
            let Some(index) = condition(&id) else {
                continue;
            };
            let group = self
                .card
                .groups
                .get(index as usize)
                .and_then(Option::as_ref);
            let has_key = group.is_none_or(|unit| context["units"].get(unit).is_some());
            let (score, reason) = match came {
                _ if !has_key => (1, "no_group_type"),
                Came::NotMatched => (2, "no_condition_match"),
                Came::OutOfRollout => (3, "out_of_rollout_bound"),
            };
            if score >= best.0 {
                best = (score, reason, Some(index));
            }
        }
        (best.1, best.2)
    }

    fn of_rules(&self) -> Answer {
        let index = condition(&self.rule);
        match self.decision.reason() {
            Reason::Unknown => {
                let error = match self.heard.unknown {
                    Some(Beyond::UnsupportedDefinition) => self.fault(index),
                    Some(Beyond::UnresolvedDependency) => "dependency_error",
                    _ => "missing_context",
                };
                return Answer::Failed { error };
            }
            Reason::Error => {
                let error = match self.rule.as_str() {
                    "no-group" => "missing_group_key",
                    _ => "dependency_error",
                };
                return Answer::Failed { error };
            }
            _ => {}
        }
        let (value, name) = match self.decision.outcome() {
            Outcome::Variant(variant) => (
                self.value(variant),
                self.plan.variant_name(self.flag, variant),
            ),
            _ => (Value::Null, ""),
        };
        let decided = |index: u32| self.card.rules.as_ref()?.get(index as usize);
        let last = self.heard.rules.last();
        let last = last.filter(|(_, came)| self.rule.is_empty() && *came == Came::OutOfRollout);
        let missed = last
            .and_then(|(rule, _)| condition(&self.plan.rule_id(self.flag, *rule).to_string()))
            .filter(|index| decided(*index).is_some_and(|rule| rule.stops_on_miss));
        let rule = index.or(missed);
        let is_paused = rule.and_then(decided).is_some_and(|rule| rule.is_paused);
        let reason = match (index, missed) {
            _ if self.rule.starts_with("holdout-") => "holdout",
            (Some(_), _) if is_paused => "experiment_paused",
            (Some(_), _) => "targeting_match",
            (None, Some(_)) => "rollout_miss",
            (None, None) => "no_rule_match",
        };
        Answer::Rule(RuleAnswer {
            value,
            reason,
            rule: rule.and_then(|index| {
                let rule = decided(index)?;
                Some(serde_json::json!({ "id": rule.id, "index": index, "rule_type": rule.rule_type }))
            }),
            assigned_variant: name.split_once('.').map(|(_, key)| key.to_owned()),
        })
    }

    /// What a rule cannot ask, or could not ask of this value.
    fn fault(&self, index: Option<u32>) -> &'static str {
        let rules = self.card.rules.as_deref().unwrap_or_default();
        let rule = index.and_then(|index| rules.get(index as usize));
        match rule.and_then(|rule| rule.fault.as_deref()) {
            Some("invalid_regex") => "invalid_regex",
            _ => "invalid_property",
        }
    }

    fn value(&self, variant: u32) -> Value {
        let text = self.plan.variant_value(self.flag, variant);
        match self.plan.kind(self.flag) {
            Kind::String => text.into(),
            _ => serde_json::from_str(text).unwrap_or_default(),
        }
    }
}

/// The index of the condition or rule that a rule's id names.
fn condition(id: &str) -> Option<u32> {
    let digits = id.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.parse::<u32>().ok()?.checked_sub(1)
}
