use pennon_core::layout::{bits, operator, outcome};
use pennon_core::{
    Algorithm, AllAlgorithms, Context, Decision, Evaluation, Memo, NativeAlgorithms, Outcome,
    Place, Plan, Reason,
};

use crate::host::{HOST, TestHost};
use crate::wire::{Flag, KILLED, Operand, Rule, Wire, shape, variant};

fn decide(plan: &Plan, fill: impl Fn(&mut Context)) -> Decision {
    let mut context = Context::new(plan);
    fill(&mut context);
    let mut memo = Memo::new(plan);
    Evaluation::<AllAlgorithms, _>::new(plan, &context, &HOST, &mut memo).decide(0)
}

fn user(context: &mut Context) {
    context.set_text(0, "user-1");
}

fn nobody(_: &mut Context) {}

/// A flag with one distribution `[from, to) -> on` in a rule, and what it decides.
fn distribution(range: [u32; 2], rule_bits: u32, fill: impl Fn(&mut Context)) -> Decision {
    let mut wire = Wire::new();
    let row = wire.shape(None, false, &[[range[0], range[1], outcome::VARIANT + 1]]);
    wire.flag(Flag {
        rules: vec![
            Rule {
                target: shape(row),
                bits: rule_bits,
                ..Rule::default()
            },
            Rule {
                target: variant(1),
                ..Rule::default()
            },
        ],
        ..Flag::default()
    });
    decide(&wire.load(), fill)
}

#[test]
fn reasons() {
    let plain = |flag_bits, rules, fallthrough| {
        let mut wire = Wire::new();
        wire.flag(Flag {
            bits: flag_bits,
            rules,
            fallthrough,
            ..Flag::default()
        });
        let decision = decide(&wire.load(), user);
        (decision.reason(), decision.outcome(), decision.rule())
    };
    let rule = |target, rule_bits| {
        vec![Rule {
            target,
            bits: rule_bits,
            ..Rule::default()
        }]
    };
    let off = Outcome::Variant(0);
    let on = Outcome::Variant(1);
    assert_eq!(plain(0, vec![], variant(1)), (Reason::Static, on, None));
    assert_eq!(
        plain(bits::DISABLED, rule(variant(1), 0), variant(1)),
        (Reason::Disabled, off, None)
    );
    assert_eq!(
        plain(bits::DISABLED | KILLED, vec![], variant(1)),
        (Reason::Killed, off, None)
    );
    assert_eq!(
        plain(0, rule(variant(1), 0), variant(0)),
        (Reason::TargetingMatch, on, Some(0))
    );
    assert_eq!(
        plain(0, rule(variant(1), bits::HOLDOUT), variant(0)),
        (Reason::Holdout, on, Some(0))
    );
    assert_eq!(
        plain(0, rule(outcome::ERROR << 1, 0), variant(0)),
        (Reason::Error, Outcome::Error, Some(0))
    );
    assert_eq!(
        plain(0, rule(outcome::NULL << 1, 0), variant(0)),
        (Reason::TargetingMatch, Outcome::Null, Some(0))
    );
    assert_eq!(
        plain(0, vec![], outcome::CODE_DEFAULT << 1),
        (Reason::Static, Outcome::CodeDefault, None)
    );
}

#[test]
fn a_distribution_draws_misses_and_stops() {
    let drawn = distribution([0, 10_000], 0, user);
    assert_eq!(drawn.reason(), Reason::Split);
    assert_eq!(
        (drawn.outcome(), drawn.rule()),
        (Outcome::Variant(1), Some(0))
    );
    let next = distribution([0, 0], 0, user);
    assert_eq!(
        (next.reason(), next.rule()),
        (Reason::TargetingMatch, Some(1))
    );
    let stopped = distribution([0, 0], bits::STOP_ON_MISS, user);
    assert_eq!(stopped.reason(), Reason::OutOfRollout);
    assert_eq!(
        (stopped.outcome(), stopped.rule()),
        (Outcome::Variant(0), None)
    );
}

#[test]
fn a_missing_or_wrong_unit_asks_for_the_code_default() {
    let missing = distribution([0, 10_000], bits::STOP_ON_MISS, nobody);
    assert_eq!(missing.reason(), Reason::MissingUnit);
    assert_eq!(missing.outcome(), Outcome::CodeDefault);
    let wrong = distribution([0, 10_000], bits::STOP_ON_MISS, |context| {
        context.set_number(0, 1.5);
    });
    assert_eq!(wrong.reason(), Reason::InvalidContext);
    assert_eq!(wrong.outcome(), Outcome::CodeDefault);
    let rescued = distribution([0, 10_000], 0, nobody);
    assert_eq!(rescued.reason(), Reason::TargetingMatch);
}

#[test]
fn an_unknown_rule_matters_only_where_it_could_decide() {
    let decide = |range: [u32; 2], rule_bits| {
        let mut wire = Wire::new();
        let slot = wire.attribute("a", Place::Server);
        let leaf = wire.asks(slot);
        let row = wire.shape(None, false, &[[range[0], range[1], outcome::VARIANT + 1]]);
        wire.flag(Flag {
            rules: vec![Rule {
                when: Some(leaf),
                target: shape(row),
                bits: rule_bits,
                ..Rule::default()
            }],
            ..Flag::default()
        });
        decide(&wire.load(), user).reason()
    };
    assert_eq!(decide([0, 10_000], 0), Reason::Unknown);
    assert_eq!(decide([0, 0], 0), Reason::Default);
    assert_eq!(decide([0, 0], bits::STOP_ON_MISS), Reason::Unknown);
}

#[test]
fn what_to_do_when_unknown_is_part_of_the_flag() {
    for (code, expected) in [
        (0, Outcome::Unknown),
        (1, Outcome::Unknown),
        (2, Outcome::Variant(0)),
    ] {
        let mut wire = Wire::new();
        let leaf = wire.expression(operator::UNKNOWN, 0, 0, &[]);
        wire.flag(Flag {
            bits: code << bits::ON_UNKNOWN_SHIFT,
            rules: vec![Rule {
                when: Some(leaf),
                ..Rule::default()
            }],
            fallthrough: variant(1),
            ..Flag::default()
        });
        let decision = decide(&wire.load(), user);
        assert_eq!(decision.reason(), Reason::Unknown);
        assert_eq!(decision.outcome(), expected);
        assert_eq!(decision.rule(), Some(0));
    }
}

#[test]
fn exposures_count_where_the_ruleset_says() {
    let plain = |flag_bits, rules| {
        let mut wire = Wire::new();
        wire.flag(Flag {
            bits: flag_bits,
            rules,
            ..Flag::default()
        });
        decide(&wire.load(), user).counts_exposure()
    };
    let rule = |rule_bits| {
        vec![Rule {
            bits: rule_bits,
            ..Rule::default()
        }]
    };
    assert!(plain(0, rule(0)));
    assert!(!plain(0, rule(bits::SILENT)));
    assert!(plain(0, vec![]));
    assert!(!plain(bits::SILENT_FALLTHROUGH, vec![]));
    assert!(!plain(KILLED, vec![]));
}

#[test]
fn the_fallthrough_can_draw_and_miss() {
    let fallthrough = |to| {
        let mut wire = Wire::new();
        let row = wire.shape(None, false, &[[0, to, outcome::VARIANT + 1]]);
        wire.flag(Flag {
            fallthrough: shape(row),
            ..Flag::default()
        });
        let decision = decide(&wire.load(), user);
        (decision.reason(), decision.outcome())
    };
    assert_eq!(
        fallthrough(10_000),
        (Reason::FallthroughSplit, Outcome::Variant(1))
    );
    assert_eq!(fallthrough(0), (Reason::OutOfRollout, Outcome::CodeDefault));
}

#[test]
fn entries_pass_on_and_the_rest_can_be_the_last() {
    let decide = |rest_is_last, entries: &[[u32; 3]]| {
        let mut wire = Wire::new();
        let row = wire.shape(None, rest_is_last, entries);
        wire.flag(Flag {
            rules: vec![Rule {
                target: shape(row),
                ..Rule::default()
            }],
            ..Flag::default()
        });
        let decision = decide(&wire.load(), user);
        (decision.reason(), decision.outcome())
    };
    let (on, off) = (outcome::VARIANT + 1, Outcome::Variant(0));
    assert_eq!(
        decide(false, &[[0, 10_000, outcome::PASS], [0, 10_000, on]]),
        (Reason::OutOfRollout, off)
    );
    assert_eq!(
        decide(true, &[[0, 0, outcome::VARIANT], [0, 0, on]]),
        (Reason::Split, Outcome::Variant(1))
    );
    assert_eq!(decide(true, &[]), (Reason::OutOfRollout, off));
}

#[test]
fn a_gate_without_unit_is_closed_open_or_random() {
    let gate = |missing, algorithm, random| {
        let mut wire = Wire::new();
        let hash = wire.hash(algorithm, missing, "flag/gate", 100, &[0]);
        let range = match algorithm {
            Algorithm::Native => [0, 5_000],
            _ => [wire.number(1.0), wire.number(50.5)],
        };
        let row = wire.shape(Some(hash), false, &[[range[0], range[1], outcome::PASS]]);
        let split = wire.expression(operator::SPLIT, 0, 0, &[Operand::Row(row)]);
        wire.flag(Flag {
            rules: vec![Rule {
                when: Some(split),
                ..Rule::default()
            }],
            ..Flag::default()
        });
        let plan = wire.load();
        let context = Context::new(&plan);
        let mut memo = Memo::new(&plan);
        let host = TestHost { random };
        Evaluation::<AllAlgorithms, _>::new(&plan, &context, &host, &mut memo)
            .decide(0)
            .outcome()
    };
    let (closed, open) = (Outcome::Variant(0), Outcome::Variant(1));
    assert_eq!(gate(0, Algorithm::Native, 0), closed);
    assert_eq!(gate(1, Algorithm::Native, u32::MAX), open);
    assert_eq!(gate(2, Algorithm::Native, 0), open);
    assert_eq!(gate(2, Algorithm::Native, u32::MAX), closed);
    assert_eq!(gate(2, Algorithm::UnleashRollout, 49), open);
    assert_eq!(gate(2, Algorithm::UnleashRollout, 50), closed);
    assert_eq!(
        gate(1, Algorithm::UnleashRollout, 0),
        closed,
        "0 is below 1"
    );
}

#[test]
fn the_first_unit_that_is_present_counts() {
    let mut wire = Wire::new();
    let device = wire.slot(0, "device", Place::Client);
    let hash = wire.hash(Algorithm::Murmur3, 0, "", 0, &[device, 0]);
    let position = pennon_core::murmur3_x86_32(b"user-1", 0);
    let (from, to) = (
        wire.number(f64::from(position)),
        wire.number(f64::from(position) + 1.0),
    );
    let row = wire.shape(Some(hash), false, &[[from, to, outcome::VARIANT + 1]]);
    wire.flag(Flag {
        rules: vec![Rule {
            target: shape(row),
            ..Rule::default()
        }],
        ..Flag::default()
    });
    let plan = wire.load();
    assert_eq!(decide(&plan, user).reason(), Reason::Split);
    let both = |context: &mut Context| {
        user(context);
        context.set_text(device, "device-1");
    };
    assert_eq!(decide(&plan, both).reason(), Reason::OutOfRollout);
}

#[test]
fn an_algorithm_that_an_artefact_lacks_is_unknown() {
    let mut wire = Wire::new();
    let hash = wire.hash(Algorithm::FliptCrc32, 0, "flag", 1000, &[0]);
    let (from, to) = (wire.number(0.0), wire.number(1000.0));
    let row = wire.shape(Some(hash), false, &[[from, to, outcome::VARIANT + 1]]);
    for key in ["a", "b"] {
        wire.flag(Flag {
            key,
            rules: vec![Rule {
                target: if key == "a" { shape(row) } else { variant(1) },
                ..Rule::default()
            }],
            ..Flag::default()
        });
    }
    let plan = wire.load();
    let mut context = Context::new(&plan);
    user(&mut context);
    let mut memo = Memo::new(&plan);
    let mut few = Evaluation::<NativeAlgorithms, _>::new(&plan, &context, &HOST, &mut memo);
    assert_eq!(few.decide(0).reason(), Reason::Unknown);
    assert_eq!(few.decide(1).reason(), Reason::TargetingMatch);
    let mut all = Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo);
    assert_eq!(all.decide(0).reason(), Reason::Split);
}

#[test]
fn a_flag_that_the_plan_lacks_is_unknown() {
    let mut wire = Wire::new();
    wire.flag(Flag::default());
    let plan = wire.load();
    let context = Context::new(&plan);
    let mut memo = Memo::new(&plan);
    let mut evaluation = Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo);
    for flag in [1, u32::MAX] {
        assert_eq!(evaluation.decide(flag).outcome(), Outcome::Unknown);
    }
    assert_eq!(plan.flag_index("flag"), Some(0));
    assert_eq!(plan.flag_index("other"), None);
    assert_eq!(plan.key(7), "");
    assert_eq!(plan.variant_name(0, 1), "on");
    assert_eq!(plan.variant_value(0, 1), "true");
    assert_eq!(plan.variant_name(0, 2), "");
}

#[test]
fn rule_ids_are_numbers_or_text() {
    let mut wire = Wire::new();
    let rule = |id| Rule {
        id,
        ..Rule::default()
    };
    wire.flag(Flag {
        // By place, `r7`, by place again, and text 0, which is the key.
        rules: vec![rule(0), rule((7 << 1) | 1), rule(0), rule(1 << 1)],
        ..Flag::default()
    });
    let plan = wire.load();
    let ids: Vec<_> = (0..4).map(|row| plan.rule_id(0, row).to_string()).collect();
    assert_eq!(ids, ["r1", "r7", "r3", "flag"]);
    assert_eq!(plan.rule_id(0, 4).to_string(), "");
}
