//! Flags.

use serde_json::Value;

use super::{Lowering, Scope, special, to, variant};
use crate::model::{self, Fail, FlagType, Off};
use crate::program::{Flag, Kind, OnUnknown, Outcome, Rule, Target, Variant, WhenUnknown};
use crate::reading::Reading;

/// Rule id of a flag's prerequisites whose failure is `null`.
const PREREQUISITE_RULE: &str = "prerequisite";

impl<'a> Lowering<'a> {
    pub(super) fn flag(&mut self, key: &str, flag: &'a model::Flag) -> Flag {
        let salt = flag.salt.as_deref().unwrap_or(key);
        let unit = flag.unit.as_deref().unwrap_or("user");
        let reading = Reading::of(flag.dialect.as_ref());
        let scope = Scope {
            salt,
            unit,
            reading,
        };
        let mut off_demands = Vec::new();
        if let Some(requires) = &flag.requires {
            off_demands.push(self.expression(requires, scope));
        }
        let mut rules = Vec::new();
        for demand in &flag.prerequisites {
            let holds = self.demand(demand);
            if demand.fail == Some(Fail::Null) {
                rules.push(Rule {
                    id: PREREQUISITE_RULE.to_owned(),
                    when: Some(self.not(holds)),
                    target: to(Outcome::Null),
                    stop_on_miss: false,
                    when_unknown: WhenUnknown::Stop,
                    is_holdout: false,
                    counts_exposure: false,
                });
            } else {
                off_demands.push(holds);
            }
        }
        let prerequisites = (!off_demands.is_empty()).then(|| self.all(off_demands));
        for rule in &flag.rules {
            self.rule(flag, rule, scope, &mut rules);
        }
        let fallthrough = match &flag.fallthrough {
            Some(outcome) => self.target(flag, outcome, scope),
            None => to(Outcome::CodeDefault),
        };
        Flag {
            key: key.to_owned(),
            kind: kind(flag.kind),
            variants: flag.variants.iter().map(variant_value).collect(),
            enabled: flag.enabled,
            killed: flag.killed,
            on_unknown: on_unknown(flag.on_unknown),
            unit: self.unit(unit),
            salt: salt.to_owned(),
            prerequisites,
            off: off(flag),
            rules,
            fallthrough,
            fallthrough_counts_exposure: flag.exposure,
        }
    }

    pub(super) fn target(
        &mut self,
        flag: &model::Flag,
        outcome: &model::Outcome,
        scope: Scope<'_>,
    ) -> Target {
        match outcome {
            model::Outcome::Variant(node) => to(variant(flag, &node.variant)),
            model::Outcome::Special(node) => special(node.special).map_or(Target::Miss, to),
            model::Outcome::Distribution(node) => {
                Target::Distribution(self.distribution(flag, &node.distribution, scope))
            }
            // Refused by the checks.
            model::Outcome::Program(_) => to(Outcome::Error),
        }
    }
}

pub(super) fn off(flag: &model::Flag) -> Outcome {
    match &flag.off {
        Some(Off::Variant(name)) => variant(flag, name),
        Some(Off::Special(node)) => special(node.special).unwrap_or(Outcome::CodeDefault),
        None => Outcome::CodeDefault,
    }
}

fn kind(kind: FlagType) -> Kind {
    match kind {
        FlagType::Boolean => Kind::Boolean,
        FlagType::String => Kind::String,
        FlagType::Number => Kind::Number,
        FlagType::Object => Kind::Object,
    }
}

fn on_unknown(choice: model::OnUnknown) -> OnUnknown {
    match choice {
        model::OnUnknown::CodeDefault => OnUnknown::CodeDefault,
        model::OnUnknown::LastKnown => OnUnknown::LastKnown,
        model::OnUnknown::Off => OnUnknown::Off,
    }
}

fn variant_value((name, value): (&String, &Value)) -> Variant {
    let value = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    Variant {
        name: name.clone(),
        value,
    }
}
