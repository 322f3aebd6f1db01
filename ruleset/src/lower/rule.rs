//! Rules: windows, prerequisites and gates become conditions; alternatives and pins become rules.

use super::{Lowering, Scope, flag, to, variant};
use crate::model::{self, Fail, OnMiss, OnUnknownRule};
use crate::moment;
use crate::program::{Expression, ExpressionId, Outcome, Rule, Target, WhenUnknown};

impl<'a> Lowering<'a> {
    /// Adds the rules that the rule becomes; all of them carry its id.
    pub(super) fn rule(
        &mut self,
        flag: &model::Flag,
        rule: &'a model::Rule,
        scope: Scope<'_>,
        rules: &mut Vec<Rule>,
    ) {
        let counts = flag.exposure && rule.exposure;
        let mut parts: Vec<ExpressionId> = self.window(rule).into_iter().collect();
        for demand in &rule.prerequisites {
            let holds = self.demand(demand);
            let end = match demand.fail {
                Some(Fail::Off) => Some(flag::off(flag)),
                Some(Fail::Null) => Some(Outcome::Null),
                Some(Fail::Skip) | None => None,
            };
            if let Some(end) = end {
                let fails = self.not(holds);
                let when = self.all([parts.clone(), vec![fails]].concat());
                // Whoever fails a demand is not held out by the rule.
                let failing = lowered(rule, Some(when), to(end), false);
                rules.push(Rule {
                    is_holdout: false,
                    ..failing
                });
            }
            parts.push(holds);
        }
        for gate in &rule.gates {
            parts.push(self.gate(gate, scope));
        }
        if let Some(when) = &rule.when {
            parts.push(self.expression(when, scope));
        }
        if let Some(outcome) = &rule.outcome {
            self.outcome(flag, rule, outcome, scope, &parts, counts, rules);
        }
        for alternative in &rule.alternatives {
            let gates: Vec<ExpressionId> = alternative
                .gates
                .iter()
                .map(|gate| self.gate(gate, scope))
                .collect();
            let inside = [parts.clone(), gates.clone()].concat();
            self.outcome(
                flag,
                rule,
                &alternative.outcome,
                scope,
                &inside,
                counts,
                rules,
            );
            // A draw that misses must not try the alternatives after it.
            if may_miss(&alternative.outcome) {
                let all = self.all(gates);
                parts.push(self.not(all));
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one rule on its way into the plan"
    )]
    fn outcome(
        &mut self,
        flag: &model::Flag,
        rule: &'a model::Rule,
        outcome: &'a model::Outcome,
        scope: Scope<'_>,
        parts: &[ExpressionId],
        counts: bool,
        rules: &mut Vec<Rule>,
    ) {
        if let model::Outcome::Distribution(node) = outcome {
            for pin in &node.distribution.pins {
                let pinned = self.pin(pin, scope);
                let when = self.all([parts, &[pinned]].concat());
                let target = to(variant(flag, &pin.variant));
                rules.push(lowered(rule, Some(when), target, counts));
            }
        }
        let when = (!parts.is_empty()).then(|| self.all(parts.to_vec()));
        let target = self.target(flag, outcome, scope);
        rules.push(lowered(rule, when, target, counts));
    }

    fn window(&mut self, rule: &model::Rule) -> Option<ExpressionId> {
        let from = rule.from.as_ref().and_then(moment::of_window);
        let to = rule.to.as_ref().and_then(moment::of_window);
        (from.is_some() || to.is_some()).then(|| self.add(Expression::Window { from, to }))
    }
}

/// Whether the outcome can lead nowhere.
fn may_miss(outcome: &model::Outcome) -> bool {
    match outcome {
        model::Outcome::Distribution(_) => true,
        model::Outcome::Special(node) => node.special == model::Special::Miss,
        _ => false,
    }
}

fn lowered(rule: &model::Rule, when: Option<ExpressionId>, target: Target, counts: bool) -> Rule {
    Rule {
        id: rule.id.clone(),
        when,
        target,
        stop_on_miss: rule.on_miss == OnMiss::Stop,
        when_unknown: match rule.on_unknown {
            OnUnknownRule::Stop => WhenUnknown::Stop,
            OnUnknownRule::Next => WhenUnknown::Pass,
            OnUnknownRule::Skip => WhenUnknown::Skip,
        },
        is_holdout: rule.holdout,
        counts_exposure: counts,
    }
}
