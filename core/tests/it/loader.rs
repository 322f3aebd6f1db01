use pennon_core::layout::{bits, operator, outcome};
use pennon_core::{
    Algorithm, AllAlgorithms, Context, Evaluation, LoadErrorKind, Memo, Place, Plan,
};

use crate::host::HOST;
use crate::wire::{Flag, Operand, Rule, Wire, shape, variant};

/// A plan with something in every table.
fn rich() -> Wire {
    let mut wire = Wire::new();
    let country = wire.attribute("country", Place::Client);
    let age = wire.attribute("age", Place::Edge);
    wire.list([1, 2], &[3, 4 << 40]);
    let in_list = wire.expression(operator::IN_LIST, 0, 0, &[Operand::Row(0)]);
    let is_swede = wire.expression(
        operator::TEXT_IN,
        bits::IGNORE_CASE,
        country,
        &[Operand::Text("NO"), Operand::Text("SE")],
    );
    let is_old = wire.expression(operator::NUMBER_ORDER + 2, 0, age, &[Operand::Number(64.5)]);
    let all = wire.group(operator::ALL, &[is_swede, is_old]);
    let not = wire.group(operator::NOT, &[all]);
    let any = wire.group(operator::ANY, &[not, in_list]);
    let hash = wire.hash(Algorithm::Native, 0, "layer/gate", 0, &[0]);
    let gate = wire.shape(Some(hash), false, &[[1_000, 2_000, outcome::PASS]]);
    let split = wire.expression(operator::SPLIT, 0, 0, &[Operand::Row(gate)]);
    let own = wire.shape(
        None,
        true,
        &[
            [0, 5_000, outcome::VARIANT],
            [5_000, 10_000, outcome::VARIANT + 1],
        ],
    );
    let asks = wire.expression(operator::FLAG_IS, 0, 0, &[Operand::Plain(0)]);
    wire.flag(Flag {
        key: "alpha",
        rules: vec![
            Rule {
                when: Some(any),
                target: shape(own),
                ..Rule::default()
            },
            Rule {
                when: Some(split),
                target: variant(1),
                bits: bits::HOLDOUT,
                ..Rule::default()
            },
        ],
        ..Flag::default()
    });
    wire.flag(Flag {
        key: "beta",
        prerequisites: Some(asks),
        ..Flag::default()
    });
    wire
}

/// Loads, and evaluates what loads; neither may panic.
fn survive(bytes: &[u8]) -> Result<(), LoadErrorKind> {
    let plan = Plan::load(bytes).map_err(|error| {
        assert!(!error.to_string().is_empty());
        error.kind()
    })?;
    let mut context = Context::new(&plan);
    for (slot, _) in (0..).zip(plan.slots()) {
        context.set_text(slot, "SE");
    }
    let mut memo = Memo::new(&plan);
    let mut evaluation = Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo);
    evaluation.decide_all();
    for flag in 0..plan.flag_count() {
        plan.key(flag);
        for variant in 0..plan.variant_count(flag) {
            plan.variant_name(flag, variant);
            plan.variant_value(flag, variant);
        }
        for rule in 0..plan.rule_count(flag) {
            let _ = plan.rule_id(flag, rule).to_string();
        }
    }
    Ok(())
}

#[test]
fn a_sound_plan_loads() {
    assert_eq!(survive(&rich().bytes()), Ok(()));
    assert_eq!(survive(&Wire::default().bytes_without_flags()), Ok(()));
}

#[test]
fn other_bytes_are_told_apart() {
    let plan = rich().bytes();
    assert_eq!(survive(b""), Err(LoadErrorKind::NotAPlan));
    assert_eq!(survive(b"<html>"), Err(LoadErrorKind::NotAPlan));
    let mut newer = plan.clone();
    newer[3] += 1;
    assert_eq!(survive(&newer), Err(LoadErrorKind::TooNew));
    let mut longer = plan.clone();
    longer.push(0);
    assert_eq!(survive(&longer), Err(LoadErrorKind::Damaged));
}

#[test]
fn every_truncation_is_refused() {
    let plan = rich().bytes();
    for len in 0..plan.len() {
        assert!(survive(&plan[..len]).is_err(), "{len} of {}", plan.len());
    }
}

#[test]
fn flipped_bits_never_panic() {
    let plan = rich().bytes();
    for at in 0..plan.len() {
        for bit in 0..8 {
            let mut damaged = plan.clone();
            damaged[at] ^= 1 << bit;
            let _ = survive(&damaged);
        }
        for value in [0, 1, 2, 127, 128, 255] {
            let mut damaged = plan.clone();
            damaged[at] = value;
            let _ = survive(&damaged);
        }
    }
}

#[test]
fn counts_that_the_bytes_cannot_hold_are_refused_before_memory_is_taken() {
    let mut bytes = b"PNP\x01\0\0\0".to_vec();
    for _ in 0..16 {
        bytes.extend_from_slice(&[255, 255, 255, 255, 15]);
    }
    bytes.extend_from_slice(&[0; 64]);
    assert_eq!(survive(&bytes), Err(LoadErrorKind::Damaged));
}

/// One wrong cell each; everything else is sound.
#[test]
fn contradictions_are_refused() {
    let cases: [(&str, fn(&mut Wire)); 8] = [
        ("unit beyond the slots", |wire| {
            wire.flag(Flag {
                key: "x",
                unit: 99,
                ..Flag::default()
            });
        }),
        ("variant that the flag lacks", |wire| {
            wire.flag(Flag {
                key: "x",
                fallthrough: variant(2),
                ..Flag::default()
            });
        }),
        ("shape with a variant that the flag lacks", |wire| {
            let row = wire.shape(None, false, &[[0, 1, outcome::VARIANT + 2]]);
            wire.flag(Flag {
                key: "x",
                fallthrough: shape(row),
                ..Flag::default()
            });
        }),
        ("shape that is not there", |wire| {
            wire.flag(Flag {
                key: "x",
                fallthrough: shape(99),
                ..Flag::default()
            });
        }),
        ("condition that is not there", |wire| {
            wire.flag(Flag {
                key: "x",
                prerequisites: Some(99),
                ..Flag::default()
            });
        }),
        ("range past the space", |wire| {
            let row = wire.shape(None, false, &[[0, 10_001, outcome::PASS]]);
            wire.flag(Flag {
                key: "x",
                fallthrough: shape(row),
                ..Flag::default()
            });
        }),
        ("operand count", |wire| {
            wire.expression(operator::BOOLEAN, 0, 0, &[]);
        }),
        ("the same key twice", |wire| {
            wire.flag(Flag {
                key: "alpha",
                ..Flag::default()
            });
        }),
    ];
    for (what, spoil) in cases {
        let mut wire = rich();
        spoil(&mut wire);
        assert_eq!(
            survive(&wire.bytes()),
            Err(LoadErrorKind::Damaged),
            "{what}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(0_u8.., 0..400)) {
        let mut plan = b"PNP\x01".to_vec();
        plan.extend(&bytes);
        let _ = survive(&bytes);
        let _ = survive(&plan);
    }

    #[test]
    fn spliced_bytes_never_panic(
        at in 0_usize..200,
        len in 0_usize..8,
        bytes in proptest::collection::vec(0_u8.., 0..8),
    ) {
        let mut plan = rich().bytes();
        let start = at.min(plan.len());
        let end = (start + len).min(plan.len());
        plan.splice(start..end, bytes);
        let _ = survive(&plan);
    }
}
