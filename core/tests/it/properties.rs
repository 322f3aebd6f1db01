use pennon_core::layout::outcome;
use pennon_core::{
    Algorithm, AllAlgorithms, Bucketing, Context, Evaluation, Memo, Outcome, Plan, Unit,
};
use proptest::prelude::*;

use crate::host::HOST;
use crate::wire::{Flag, Rule, Wire, shape};

/// A flag that is on for the first `points` basis points.
fn rollout(key: &'static str, points: u32) -> Plan {
    let mut wire = Wire::new();
    let row = wire.shape(None, false, &[[0, points, outcome::VARIANT + 1]]);
    wire.flag(Flag {
        key,
        rules: vec![Rule {
            target: shape(row),
            ..Rule::default()
        }],
        ..Flag::default()
    });
    wire.load()
}

fn is_on(plan: &Plan, user: &str) -> bool {
    let mut context = Context::new(plan);
    context.set_text(0, user);
    let mut memo = Memo::new(plan);
    let mut evaluation = Evaluation::<AllAlgorithms, _>::new(plan, &context, &HOST, &mut memo);
    evaluation.decide(0).outcome() == Outcome::Variant(1)
}

proptest! {
    #[test]
    fn a_unit_stays_where_it_is(user in ".{0,40}", points in 0_u32..=10_000) {
        let plan = rollout("flag", points);
        prop_assert_eq!(is_on(&plan, &user), is_on(&plan, &user));
        // The threshold of architecture section 4, in 64 bits.
        let position = Bucketing {
            algorithm: Algorithm::Native,
            prefix: b"flag/split",
            suffix: b"",
            seed: 0,
            space: 0,
        }
        .bucket(Unit::Text(user.as_bytes()));
        let threshold = (u128::from(points) << 32) / 10_000;
        prop_assert_eq!(is_on(&plan, &user), position.hash < threshold);
    }

    #[test]
    fn raising_a_percentage_removes_nobody(
        user in ".{0,40}",
        points in 0_u32..=10_000,
        more in 0_u32..=10_000,
    ) {
        let (low, high) = (points.min(more), points.max(more));
        if is_on(&rollout("flag", low), &user) {
            prop_assert!(is_on(&rollout("flag", high), &user));
        }
    }
}

/// Four standard deviations of a binomial share.
fn bound(share: f64, n: f64) -> f64 {
    4.0 * (share * (1.0 - share) / n).sqrt()
}

#[test]
fn shares_are_what_they_say() {
    const USERS: u32 = 20_000;
    for points in [0, 1, 100, 1_000, 5_000, 9_999, 10_000] {
        let plan = rollout("flag", points);
        let on = (0..USERS).filter(|i| is_on(&plan, &format!("user-{i}")));
        let share = f64::from(u32::try_from(on.count()).unwrap()) / f64::from(USERS);
        let expected = f64::from(points) / 10_000.0;
        assert!(
            (share - expected).abs() <= bound(expected, f64::from(USERS)),
            "{points}: {share}"
        );
    }
}

#[test]
fn flags_are_independent() {
    const USERS: u32 = 20_000;
    let (one, two) = (rollout("one", 5_000), rollout("two", 5_000));
    let both = (0..USERS).filter(|i| {
        let user = format!("user-{i}");
        is_on(&one, &user) && is_on(&two, &user)
    });
    let share = f64::from(u32::try_from(both.count()).unwrap()) / f64::from(USERS);
    assert!(
        (share - 0.25).abs() <= bound(0.25, f64::from(USERS)),
        "{share}"
    );
}
