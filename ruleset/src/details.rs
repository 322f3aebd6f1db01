//! A decision in the words of `OpenFeature`.

use pennon_core::{Decision, Kind, Outcome, Plan, Reason};
use serde::Serialize;
use serde_json::Value;

/// What was decided for one flag, and why.
///
/// Shape: `value` is absent when the default of the calling code holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The value; `null` is a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Name of the variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The reason, in the words of `OpenFeature`.
    pub reason: &'static str,
    /// Our finer word, where that says too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
    /// Id of the rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Error code of `OpenFeature`, with the reason `ERROR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<&'static str>,
    /// Whether the decision counts as an exposure.
    pub exposure: bool,
}

impl Details {
    pub(crate) fn of(plan: &Plan, flag: u32, decision: Decision) -> Self {
        let variant = match decision.outcome() {
            Outcome::Variant(variant) => Some(variant),
            _ => None,
        };
        let value = match decision.outcome() {
            Outcome::Variant(variant) => value(plan, flag, variant),
            Outcome::Null => Some(Value::Null),
            Outcome::CodeDefault | Outcome::Error | Outcome::Unknown => None,
        };
        let words = words(decision.reason());
        Self {
            value,
            variant: variant.map(|variant| plan.variant_name(flag, variant).to_owned()),
            reason: words.reason,
            detail: words.detail,
            rule: decision
                .rule()
                .map(|rule| plan.rule_id(flag, rule).to_string()),
            error_code: words.error_code,
            exposure: decision.counts_exposure(),
        }
    }

    pub(crate) fn not_found() -> Self {
        Self {
            value: None,
            variant: None,
            reason: "ERROR",
            detail: None,
            rule: None,
            error_code: Some("FLAG_NOT_FOUND"),
            exposure: false,
        }
    }
}

fn value(plan: &Plan, flag: u32, variant: u32) -> Option<Value> {
    let text = plan.variant_value(flag, variant);
    match plan.kind(flag) {
        Kind::String => Some(Value::String(text.to_owned())),
        Kind::Boolean | Kind::Number | Kind::Object => serde_json::from_str(text).ok(),
    }
}

/// The words for one reason of the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The reason, in the words of `OpenFeature`.
    pub reason: &'static str,
    /// Our finer word, where that says too little.
    pub detail: Option<&'static str>,
    /// Error code of `OpenFeature`, with the reason `ERROR`.
    pub error_code: Option<&'static str>,
}

/// How a reason of the core is told to people and programs.
pub fn words(reason: Reason) -> Words {
    let (reason, detail, error_code) = match reason {
        Reason::Static => ("STATIC", None, None),
        Reason::Default => ("DEFAULT", None, None),
        Reason::TargetingMatch => ("TARGETING_MATCH", None, None),
        Reason::Split => ("SPLIT", None, None),
        Reason::Disabled => ("DISABLED", Some("disabled"), None),
        Reason::Killed => ("DISABLED", Some("killed"), None),
        Reason::PrerequisiteFailed => ("DISABLED", Some("prerequisite"), None),
        Reason::Holdout => ("TARGETING_MATCH", Some("holdout"), None),
        Reason::OutOfRollout => ("DEFAULT", Some("out-of-rollout"), None),
        Reason::FallthroughSplit => ("SPLIT", Some("fallthrough"), None),
        Reason::Unknown => ("UNKNOWN", Some("unknown"), None),
        Reason::MissingUnit => ("ERROR", Some("missing-unit"), Some("TARGETING_KEY_MISSING")),
        Reason::InvalidContext => ("ERROR", Some("invalid-context"), Some("INVALID_CONTEXT")),
        _ => ("ERROR", Some("error"), Some("GENERAL")),
    };
    Words {
        reason,
        detail,
        error_code,
    }
}
