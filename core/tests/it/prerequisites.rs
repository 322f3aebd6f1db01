use pennon_core::layout::{bits, operator, outcome};
use pennon_core::{
    AllAlgorithms, Context, Evaluation, LoadErrorKind, MAX_DEPTH, Memo, Outcome, Place, Plan,
    Reason,
};

use crate::host::HOST;
use crate::wire::{Flag, Operand, Rule, Wire, variant};

/// `a` is what `flag` says; `b` asks `a`, and is on when its prerequisite holds.
fn b_asks_a(flag: impl FnOnce(&mut Wire) -> Flag, outcomes: &[u32]) -> (Reason, Outcome) {
    let mut wire = Wire::new();
    let a = flag(&mut wire);
    wire.flag(Flag { key: "a", ..a });
    let mut operands = vec![Operand::Plain(0)];
    operands.extend(outcomes.iter().map(|&outcome| Operand::Plain(outcome)));
    let asks = wire.expression(operator::FLAG_IS, 0, 0, &operands);
    wire.flag(Flag {
        key: "b",
        prerequisites: Some(asks),
        fallthrough: variant(1),
        ..Flag::default()
    });
    decide(&wire.load(), 1)
}

fn decide(plan: &Plan, flag: u32) -> (Reason, Outcome) {
    let context = Context::new(plan);
    let mut memo = Memo::new(plan);
    let decision =
        Evaluation::<AllAlgorithms, _>::new(plan, &context, &HOST, &mut memo).decide(flag);
    (decision.reason(), decision.outcome())
}

const HELD: (Reason, Outcome) = (Reason::Static, Outcome::Variant(1));
const FAILED: (Reason, Outcome) = (Reason::PrerequisiteFailed, Outcome::Variant(0));

#[test]
fn a_flag_is_on_or_off() {
    let flag = |flag_bits| {
        b_asks_a(
            |_| Flag {
                bits: flag_bits,
                ..Flag::default()
            },
            &[],
        )
    };
    assert_eq!(flag(0), HELD, "whatever it evaluates to");
    assert_eq!(flag(bits::DISABLED), FAILED);
    assert_eq!(flag(bits::KILLED), FAILED);
}

#[test]
fn a_kill_without_a_plan_goes_above_everything_and_can_be_taken_back() {
    let mut wire = Wire::new();
    wire.flag(Flag {
        key: "a",
        fallthrough: variant(1),
        bits: bits::SILENT_FALLTHROUGH,
        ..Flag::default()
    });
    let asks = wire.expression(operator::FLAG_IS, 0, 0, &[Operand::Plain(0)]);
    wire.flag(Flag {
        key: "b",
        prerequisites: Some(asks),
        fallthrough: variant(1),
        ..Flag::default()
    });
    let fresh = wire.load();
    let mut plan = fresh.clone();
    plan.set_killed(0, true);
    assert_eq!(decide(&plan, 0), (Reason::Killed, Outcome::Variant(0)));
    assert_eq!(decide(&plan, 1), FAILED);
    plan.set_killed(0, false);
    assert_eq!(plan, fresh);
    plan.set_killed(2, true);
    plan.set_killed(u32::MAX, true);
    assert_eq!(plan, fresh, "nothing else is touched");
}

#[test]
fn a_flag_has_one_of_the_outcomes() {
    let flag = |fallthrough, outcomes: &[u32]| {
        b_asks_a(
            |_| Flag {
                fallthrough,
                ..Flag::default()
            },
            outcomes,
        )
    };
    let [off, on] = [outcome::VARIANT, outcome::VARIANT + 1];
    assert_eq!(flag(variant(1), &[on]), HELD);
    assert_eq!(flag(variant(0), &[on]), FAILED);
    assert_eq!(flag(variant(0), &[off, on]), HELD);
    assert_eq!(flag(outcome::NULL << 1, &[outcome::NULL]), HELD);
    assert_eq!(flag(variant(0), &[outcome::PASS]), FAILED, "none is none");
}

#[test]
fn an_unknown_flag_makes_its_dependants_unknown() {
    let unknown = |code: u32| {
        b_asks_a(
            |wire| {
                let slot = wire.attribute("x", Place::Server);
                let leaf = wire.asks(slot);
                Flag {
                    bits: code << bits::ON_UNKNOWN_SHIFT,
                    rules: vec![Rule {
                        when: Some(leaf),
                        ..Rule::default()
                    }],
                    ..Flag::default()
                }
            },
            &[outcome::VARIANT],
        )
    };
    assert_eq!(unknown(0).0, Reason::Unknown);
    // Its own answer while unknown is for the app, not for other flags.
    assert_eq!(unknown(2).0, Reason::Unknown);
}

/// Flags `f0…`, each asking the one before.
fn chain(len: usize) -> Vec<u8> {
    let mut wire = Wire::new();
    let mut before = None;
    for index in 0..len {
        let key: &'static str = format!("f{index:05}").leak();
        wire.flag(Flag {
            key,
            prerequisites: before,
            fallthrough: variant(1),
            ..Flag::default()
        });
        let flag = Operand::Plain(u32::try_from(index).unwrap());
        before = Some(wire.expression(operator::FLAG_IS, 0, 0, &[flag]));
    }
    wire.bytes()
}

#[test]
fn chains_end_at_the_depth_limit() {
    // A flag and the condition that asks it are one level each.
    let most = MAX_DEPTH as usize / 2;
    let plan = Plan::load(&chain(most)).unwrap();
    assert_eq!(decide(&plan, plan.flag_count() - 1), HELD);
    let error = Plan::load(&chain(most + 1)).unwrap_err();
    assert_eq!(error.kind(), LoadErrorKind::TooDeep);
}

#[test]
fn circles_are_refused() {
    for (first, second) in [(0, 0), (1, 0)] {
        let mut wire = Wire::new();
        let asks = wire.expression(operator::FLAG_IS, 0, 0, &[Operand::Plain(first)]);
        let asks_back = wire.expression(operator::FLAG_IS, 0, 0, &[Operand::Plain(second)]);
        wire.flag(Flag {
            key: "a",
            prerequisites: Some(asks),
            ..Flag::default()
        });
        wire.flag(Flag {
            key: "b",
            prerequisites: Some(asks_back),
            ..Flag::default()
        });
        let error = Plan::load(&wire.bytes()).unwrap_err();
        assert_eq!(error.kind(), LoadErrorKind::TooDeep);
    }
    let mut wire = Wire::new();
    let group = wire.group(operator::ALL, &[0]);
    wire.flag(Flag {
        prerequisites: Some(group),
        ..Flag::default()
    });
    let error = Plan::load(&wire.bytes()).unwrap_err();
    assert_eq!(error.kind(), LoadErrorKind::TooDeep);
}
