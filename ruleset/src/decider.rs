//! Decides flags of a plan where the standard library is.

use indexmap::IndexMap;
use pennon_core::{AllAlgorithms, Context, Decision, Evaluation, LoadError, Memo, Place, Plan};
use serde_json::Value;

use crate::context;
use crate::details::Details;
use crate::host::StdHost;

/// A loaded plan that decides flags for contexts given as JSON.
///
/// Example:
/// ```
/// use pennon_ruleset::{Audience, Decider, Place, compile, parse};
/// let ruleset = parse(r#"{ "schema": 1, "environment": "env_demo", "flags": { "f": {
///     "type": "string", "variants": { "a": "A", "b": "B" },
///     "rules": [{ "id": "r1", "when": { "attribute": "country", "op": "eq", "value": "SE" },
///         "outcome": { "variant": "b" } }],
///     "fallthrough": { "variant": "a" } } } }"#)?;
/// let decider = Decider::load(&compile(&ruleset, Audience::Server)?.plan)?;
/// let context = serde_json::json!({ "attributes": { "country": "SE" } });
/// let details = decider.decide(&context, "f", 0.0, Place::Server);
/// assert_eq!((details.variant.as_deref(), details.reason), (Some("b"), "TARGETING_MATCH"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Decider {
    plan: Plan,
    host: StdHost,
}

impl Decider {
    /// Loads a plan.
    ///
    ///
    /// # Errors
    ///
    /// Bytes that are damaged, or of a version that this crate does not know.
    pub fn load(plan: &[u8]) -> Result<Self, LoadError> {
        Ok(Self {
            plan: Plan::load(plan)?,
            host: StdHost::default(),
        })
    }

    /// The loaded plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Decides one flag.
    ///
    /// Shape: the context is `{ units, attributes, groups }`; no JSON makes it fail.
    /// Units: `now_ms` is epoch milliseconds.
    pub fn decide(&self, context: &Value, key: &str, now_ms: f64, here: Place) -> Details {
        let Some(flag) = self.plan.flag_index(key) else {
            return Details::not_found();
        };
        let context = context::read(&self.plan, context, now_ms, here);
        let mut memo = Memo::new(&self.plan);
        let decision = self.evaluation(&context, &mut memo).decide(flag);
        Details::of(&self.plan, flag, decision)
    }

    /// Decides every flag of the plan, by key.
    pub fn decide_all(
        &self,
        context: &Value,
        now_ms: f64,
        here: Place,
    ) -> IndexMap<String, Details> {
        let context = context::read(&self.plan, context, now_ms, here);
        let mut memo = Memo::new(&self.plan);
        let mut evaluation = self.evaluation(&context, &mut memo);
        let decisions = (0..).zip(evaluation.decide_all());
        let details = decisions.map(|(flag, bits)| {
            let decision = Decision::from_bits(*bits);
            (
                self.plan.key(flag).to_owned(),
                Details::of(&self.plan, flag, decision),
            )
        });
        details.collect()
    }

    pub(crate) fn evaluation<'a>(
        &'a self,
        context: &'a Context,
        memo: &'a mut Memo,
    ) -> Evaluation<'a, AllAlgorithms, StdHost> {
        Evaluation::new(&self.plan, context, &self.host, memo)
    }
}
