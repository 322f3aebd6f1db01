use pennon_core::layout::operator;
use pennon_core::{
    AllAlgorithms, Context, Evaluation, Memo, Outcome, Place, Reason, Truth, Visitor,
};

use crate::host::HOST;
use crate::wire::{Flag, Operand, Rule, Wire};

use Truth::{False, True, Unknown};

/// A group over three leaves, each of which can be made true, false or unknown.
fn group(code: u32, leaves: &[Truth]) -> Truth {
    let mut wire = Wire::new();
    let mut children = Vec::new();
    for (name, truth) in ["a", "b", "c"].iter().zip(leaves) {
        let known_at = match truth {
            Unknown => Place::Server,
            _ => Place::Client,
        };
        let slot = wire.attribute(name, known_at);
        children.push(wire.asks(slot));
    }
    let root = wire.group(code, &children);
    wire.flag(Flag {
        rules: vec![Rule {
            when: Some(root),
            ..Rule::default()
        }],
        ..Flag::default()
    });
    let plan = wire.load();
    let mut context = Context::new(&plan);
    for (slot, truth) in (1..).zip(leaves) {
        match truth {
            True => context.set_text(slot, "yes"),
            False => context.set_text(slot, "no"),
            Unknown => {}
        }
    }
    let mut memo = Memo::new(&plan);
    let decision = Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo).decide(0);
    match (decision.reason(), decision.outcome()) {
        (Reason::Unknown, _) => Unknown,
        (_, Outcome::Variant(1)) => True,
        _ => False,
    }
}

#[test]
fn groups_follow_kleene() {
    let cases = [
        (operator::ALL, &[][..], True),
        (operator::ALL, &[True, True], True),
        (operator::ALL, &[True, Unknown], Unknown),
        (operator::ALL, &[Unknown, False], False),
        (operator::ALL, &[False, Unknown, True], False),
        (operator::ANY, &[], False),
        (operator::ANY, &[False, False], False),
        (operator::ANY, &[False, Unknown], Unknown),
        (operator::ANY, &[Unknown, True], True),
        (operator::NOT, &[True], False),
        (operator::NOT, &[False], True),
        (operator::NOT, &[Unknown], Unknown),
    ];
    for (code, leaves, expected) in cases {
        assert_eq!(group(code, leaves), expected, "{code} {leaves:?}");
    }
}

#[test]
fn a_missing_value_negates_and_an_unknown_one_does_not() {
    for (known_at, here, expected) in [
        (Place::Client, Place::Client, Outcome::Variant(1)),
        (Place::Edge, Place::Client, Outcome::Unknown),
        (Place::Edge, Place::Edge, Outcome::Variant(1)),
        (Place::Server, Place::Edge, Outcome::Unknown),
        (Place::Server, Place::Server, Outcome::Variant(1)),
    ] {
        let mut wire = Wire::new();
        let slot = wire.attribute("a", known_at);
        let leaf = wire.asks(slot);
        let not = wire.group(operator::NOT, &[leaf]);
        wire.flag(Flag {
            rules: vec![Rule {
                when: Some(not),
                ..Rule::default()
            }],
            ..Flag::default()
        });
        let plan = wire.load();
        let mut context = Context::new(&plan);
        context.begin(0.0, here);
        let mut memo = Memo::new(&plan);
        let decision =
            Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo).decide(0);
        assert_eq!(decision.outcome(), expected, "{known_at:?} at {here:?}");
    }
}

#[test]
fn windows_are_half_open() {
    for (from, to, now, expected) in [
        (Some(10.0), Some(20.0), 9.0, False),
        (Some(10.0), Some(20.0), 10.0, True),
        (Some(10.0), Some(20.0), 19.0, True),
        (Some(10.0), Some(20.0), 20.0, False),
        (None, Some(20.0), -1e15, True),
        (Some(10.0), None, 1e15, True),
        (None, None, 0.0, True),
    ] {
        let mut wire = Wire::new();
        let bounds: Vec<_> = [from, to]
            .into_iter()
            .map(|bound: Option<f64>| {
                Operand::Plain(bound.map_or(0, |bound| wire.number(bound) + 2))
            })
            .collect();
        let window = wire.expression(operator::WINDOW, 0, 0, &bounds);
        wire.flag(Flag {
            rules: vec![Rule {
                when: Some(window),
                ..Rule::default()
            }],
            ..Flag::default()
        });
        let plan = wire.load();
        let mut context = Context::new(&plan);
        context.begin(now, Place::Client);
        let mut memo = Memo::new(&plan);
        let decision =
            Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo).decide(0);
        let is_within = decision.outcome() == Outcome::Variant(1);
        assert_eq!(is_within, expected == True, "{from:?}..{to:?} at {now}");
    }
}

/// Counts how often conditions are entered.
#[derive(Default)]
struct Entered(Vec<u32>);

impl Visitor for Entered {
    fn enter(&mut self, expression: u32) {
        self.0.push(expression);
    }
}

#[test]
fn a_shared_condition_is_decided_once_per_context() {
    let mut wire = Wire::new();
    let slot = wire.attribute("a", Place::Client);
    let leaf = wire.asks(slot);
    for key in ["one", "two"] {
        wire.flag(Flag {
            key,
            rules: vec![Rule {
                when: Some(leaf),
                ..Rule::default()
            }],
            ..Flag::default()
        });
    }
    let plan = wire.load();
    let context = Context::new(&plan);
    let mut memo = Memo::new(&plan);
    let mut entered = Entered::default();
    let mut evaluation = Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo);
    evaluation.decide_with(0, &mut entered);
    evaluation.decide_with(1, &mut entered);
    evaluation.decide_with(0, &mut entered);
    assert_eq!(entered.0, [leaf]);
    Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo)
        .decide_with(0, &mut entered);
    assert_eq!(entered.0, [leaf, leaf], "a new context forgets");
}
