use proptest::prelude::*;

use crate::desk::{BASE, Desk, HOUR, Happening, What, counted, exposure, library};
use crate::oracle::recount;
use pennon_tally::{Cells, Event, Levels, Subject, contribution};

const NOW: u64 = BASE + 30 * HOUR;

/// Times around the borders of windows, and anywhere within two weeks.
fn time() -> impl Strategy<Value = u64> {
    let borders = [0_i64, 24, 48, 72, -168].map(|hours| hours * 3_600_000);
    prop_oneof![
        (prop::sample::select(borders.to_vec()), -5_002_i64..=5_002)
            .prop_map(|(border, shift)| BASE.saturating_add_signed(border + shift)),
        (-170_i64..=80).prop_map(|hours| BASE.saturating_add_signed(hours * 3_600_000)),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let met = (
        prop::sample::select(vec!["checkout", "search"]),
        0_u32..2,
        prop::sample::select(vec!["on", "on", "on", "off"]),
        prop::sample::select(vec!["", "ramp"]),
        prop::sample::select(vec!["DE", "IN"]),
    )
        .prop_map(|(flag, epoch, variant, stratum, country)| What::Met {
            flag,
            epoch,
            variant,
            stratum,
            country,
        });
    let did = (
        prop::sample::select(vec!["order", "order", "visit", "unread"]),
        prop::option::of((-500_i32..10_000).prop_map(|cents| f64::from(cents) / 100.0)),
        prop::sample::select(vec!["one", "two"]),
    )
        .prop_map(|(name, value, under)| What::Did { name, value, under });
    prop_oneof![2 => met, 3 => did]
}

fn log() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec((0_u8..3, time(), what()), 0..60).prop_map(|entries| {
        let entry = |(id, (subject, at, what)): (usize, _)| Happening {
            id: id as u64,
            subject,
            at,
            what,
        };
        entries.into_iter().enumerate().map(entry).collect()
    })
}

/// A log, and the same with some lines twice, in another order, cut into deliveries.
fn told_twice() -> impl Strategy<Value = (Vec<Happening>, Vec<Vec<Happening>>)> {
    log()
        .prop_flat_map(|log| {
            let length = log.len().max(1);
            let again = prop::collection::vec(prop::sample::select(indices(length)), 0..20);
            let cuts = prop::collection::vec(0..=length + 20, 0..10);
            (Just(log), again, cuts).prop_flat_map(|(log, again, cuts)| {
                let mut all = log.clone();
                all.extend(again.iter().filter_map(|index| log.get(*index).cloned()));
                (Just(log), Just(all).prop_shuffle(), Just(cuts))
            })
        })
        .prop_map(|(log, told, mut cuts)| {
            cuts.push(0);
            cuts.push(told.len());
            for cut in &mut cuts {
                *cut = (*cut).min(told.len());
            }
            cuts.sort_unstable();
            let parts = cuts.windows(2).map(|cut| told[cut[0]..cut[1]].to_vec());
            (log, parts.collect())
        })
}

fn indices(length: usize) -> Vec<usize> {
    (0..length).collect()
}

/// What is known of one subject.
fn known() -> impl Strategy<Value = Subject> {
    log().prop_map(|log| {
        let mut subject = Subject::default();
        for happening in &log {
            match &happening.what {
                What::Met { .. } => subject.meet(exposure(happening)),
                What::Did { name, value, under } => {
                    subject.record(under, name, Event::new(happening.at, happening.id, *value));
                }
            }
        }
        subject
    })
}

fn merged(subjects: &[&Subject]) -> Subject {
    let mut all = Subject::default();
    for subject in subjects {
        all.merge((*subject).clone());
    }
    all
}

/// Flags that are never met otherwise.
fn names() -> &'static [&'static str] {
    static NAMES: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(|| {
        let name = |n| -> &'static str { Box::leak(format!("f{n}").into_boxed_str()) };
        (0..200).map(name).collect()
    });
    &NAMES
}

/// Subjects that have met up to 400 flags and epochs, a few orders among them.
fn crowd() -> impl Strategy<Value = Vec<Happening>> {
    let met = (
        prop::sample::select(names()),
        0_u32..2,
        prop::sample::select(vec!["on", "off"]),
    );
    let met = met.prop_map(|(flag, epoch, variant)| What::Met {
        flag,
        epoch,
        variant,
        stratum: "",
        country: "DE",
    });
    let entry = prop_oneof![20 => met, 1 => what()];
    prop::collection::vec((0_u8..2, time(), entry), 500..1500).prop_map(|entries| {
        let entry = |(id, (subject, at, what)): (usize, _)| Happening {
            id: id as u64,
            subject,
            at,
            what,
        };
        entries.into_iter().enumerate().map(entry).collect()
    })
}

fn subject_of(log: &[Happening]) -> Subject {
    let mut subject = Subject::default();
    for happening in log {
        if let What::Met { .. } = &happening.what {
            subject.meet(exposure(happening));
        }
    }
    subject
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn who_has_met_too_many_flags_counts_the_same_in_any_order(
        (log, told) in crowd().prop_flat_map(|log| (Just(log.clone()), Just(log).prop_shuffle())),
        size in 1_usize..400,
    ) {
        let expected = recount(&log);
        for order in [&log, &told] {
            let mut desk = Desk::new();
            for part in order.chunks(size).chain([&order[..size.min(order.len())]]) {
                desk.deliver(part, NOW);
            }
            prop_assert_eq!(&counted(&desk.cells), &expected);
        }
    }

    #[test]
    fn merging_the_cut_is_associative_commutative_and_idempotent(log in crowd()) {
        let third = log.len() / 3;
        let [a, b, c] = [&log[..third], &log[third..2 * third], &log[2 * third..]].map(subject_of);
        let left = merged(&[&merged(&[&a, &b]), &c]);
        prop_assert_eq!(&left, &merged(&[&a, &merged(&[&b, &c])]));
        prop_assert_eq!(&left, &merged(&[&c, &b, &a]));
        prop_assert_eq!(&left, &merged(&[&left, &a]));
        prop_assert_eq!(&left, &subject_of(&log));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_order_repetition_and_cut_counts_what_a_recount_counts((log, parts) in told_twice()) {
        let mut desk = Desk::new();
        for part in &parts {
            desk.deliver(part, NOW);
        }
        prop_assert_eq!(counted(&desk.cells), recount(&log));
    }

    #[test]
    fn merging_is_associative_commutative_and_idempotent(
        a in known(), b in known(), c in known()
    ) {
        let left = merged(&[&merged(&[&a, &b]), &c]);
        let right = merged(&[&a, &merged(&[&b, &c])]);
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&left, &merged(&[&c, &b, &a]));
        prop_assert_eq!(&left, &merged(&[&left, &a]));
    }

    #[test]
    fn what_is_taken_away_leaves_nothing(subjects in prop::collection::vec(known(), 1..6)) {
        let (library, levels) = (library(), Levels::default());
        let each = |subject| contribution(subject, "user", &library, &levels);
        let mut cells = Cells::default();
        for subject in &subjects {
            cells.add_all(each(subject));
        }
        for subject in subjects.iter().rev() {
            cells.take_all(each(subject));
        }
        prop_assert!(cells.is_empty());
    }

    #[test]
    fn text_holds_all_of_a_subject(subject in known()) {
        let text = serde_json::to_string(&subject).unwrap();
        prop_assert_eq!(serde_json::from_str::<Subject>(&text).unwrap(), subject);
    }
}
