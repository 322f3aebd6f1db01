use crate::desk::{BASE, Desk, HOUR, Happening, What, counted};
use crate::oracle::recount;

const DAY: u64 = BASE / 86_400_000;

fn met(at: u64, variant: &'static str) -> (u64, What) {
    let what = What::Met {
        flag: "checkout",
        epoch: 0,
        variant,
        stratum: "",
        country: "DE",
    };
    (at, what)
}

fn did(at: u64, name: &'static str, value: Option<f64>) -> (u64, What) {
    (
        at,
        What::Did {
            name,
            value,
            under: "two",
        },
    )
}

/// One subject's story, told in deliveries of one; the oracle must agree, and so must the cells.
#[track_caller]
fn check(story: &[(u64, What)], expected: &[(&str, &[i128])]) {
    let log: Vec<Happening> = (0_u64..)
        .zip(story)
        .map(|(id, (at, what))| Happening {
            id,
            subject: 0,
            at: *at,
            what: what.clone(),
        })
        .collect();
    let mut desk = Desk::new();
    for happening in &log {
        desk.deliver(std::slice::from_ref(happening), BASE + 100 * HOUR);
    }
    let cells = counted(&desk.cells);
    assert_eq!(cells, recount(&log));
    for (name, numbers) in expected {
        let key = format!("checkout/0//{name}/total//{DAY}");
        let mut padded = [0; 10];
        padded[..numbers.len()].copy_from_slice(numbers);
        let found = cells.get(&key).copied().unwrap_or_default();
        assert_eq!(found, padded, "{key} of {cells:#?}");
    }
}

const M: i128 = 1_000_000;

#[test]
fn a_conversion_counts_once_and_a_count_counts_all() {
    check(
        &[
            met(BASE, "on"),
            did(BASE + HOUR, "order", Some(10.0)),
            did(BASE + 2 * HOUR, "order", Some(2.5)),
        ],
        &[
            ("on/exposed", &[1]),
            ("on/bought@1", &[1, M, M * M]),
            ("on/orders@1", &[1, 2 * M, 4 * M * M]),
            (
                "on/basket@1",
                &[
                    1,
                    12_500_000,
                    156_250_000_000_000,
                    2 * M,
                    4 * M * M,
                    25 * M * M,
                ],
            ),
        ],
    );
}

#[test]
fn a_conversion_five_seconds_before_the_exposure_counts_and_an_earlier_one_is_x() {
    check(
        &[
            did(BASE - 5_000, "order", None),
            did(BASE - 5_001, "order", None),
            met(BASE, "on"),
        ],
        &[("on/orders@1", &[1, M, M * M, 0, 0, 0, M, M * M, M * M, 0])],
    );
}

#[test]
fn an_exposure_that_comes_late_but_happened_earlier_takes_events_along() {
    let orders = [
        did(BASE - 2 * HOUR, "order", None),
        did(BASE + 23 * HOUR, "order", None),
    ];
    check(
        &[met(BASE, "on"), orders[0].clone(), orders[1].clone()],
        &[("on/orders@1", &[1, M, M * M, 0, 0, 0, M, M * M, M * M, 0])],
    );
    // Three hours earlier: the first order is within, the second is after 24 hours.
    let yesterday = format!("checkout/0//on/orders@1/total//{}", DAY - 1);
    let log: Vec<Happening> = [
        met(BASE, "on"),
        orders[0].clone(),
        orders[1].clone(),
        met(BASE - 3 * HOUR, "on"),
    ]
    .into_iter()
    .zip(0_u64..)
    .map(|((at, what), id)| Happening {
        id,
        subject: 0,
        at,
        what,
    })
    .collect();
    let mut desk = Desk::new();
    for happening in &log {
        desk.deliver(std::slice::from_ref(happening), BASE);
    }
    let cells = counted(&desk.cells);
    assert_eq!(cells, recount(&log));
    assert_eq!(cells[&yesterday], [1, M, M * M, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn windows_end_where_the_definition_says() {
    check(
        &[
            met(BASE, "on"),
            did(BASE + 24 * HOUR - 1, "order", None),
            did(BASE + 24 * HOUR, "order", None),
            did(BASE + 72 * HOUR, "order", None),
        ],
        &[
            ("on/orders@1", &[1, M, M * M]),
            ("on/bought@1", &[1, M, M * M]),
        ],
    );
}

#[test]
fn a_mixed_subject_leaves_the_variants_metrics_and_stays_exposed() {
    check(
        &[
            met(BASE, "on"),
            did(BASE + HOUR, "order", None),
            met(BASE + 2 * HOUR, "off"),
        ],
        &[
            ("on/exposed", &[1]),
            ("on/mixed", &[1]),
            ("off/exposed", &[]),
            ("on/orders@1", &[]),
            ("__multiple__/orders@1", &[1, M, M * M]),
        ],
    );
}

#[test]
fn caps_hold_for_the_sum_of_a_subject_before_and_after() {
    check(
        &[
            did(BASE - HOUR, "order", Some(100.0)),
            met(BASE, "on"),
            did(BASE + HOUR, "order", Some(40.0)),
            did(BASE + HOUR, "order", Some(40.0)),
        ],
        &[(
            "on/spend@2",
            &[
                1,
                60_250_000,
                60_250_000 * 60_250_000,
                0,
                0,
                0,
                60_250_000,
                60_250_000 * 60_250_000,
                60_250_000 * 60_250_000,
                0,
            ],
        )],
    );
}

#[test]
fn a_ratio_has_cross_sums() {
    check(
        &[
            did(BASE - HOUR, "order", None),
            met(BASE, "on"),
            did(BASE + HOUR, "visit", None),
            did(BASE + HOUR, "visit", None),
            did(BASE + HOUR, "visit", Some(3.0)),
            did(BASE + HOUR, "order", Some(2.0)),
        ],
        &[(
            "on/orders-per-visit@1",
            &[
                1,
                2 * M,
                4 * M * M,
                5 * M,
                25 * M * M,
                10 * M * M,
                M,
                M * M,
                2 * M * M,
                5 * M * M,
            ],
        )],
    );
}

#[test]
fn an_event_counts_for_the_metrics_of_its_own_time() {
    let under_one = What::Did {
        name: "order",
        value: Some(70.0),
        under: "one",
    };
    check(
        &[
            met(BASE, "on"),
            (BASE + HOUR, under_one),
            did(BASE + HOUR, "order", Some(70.0)),
        ],
        &[
            ("on/spend@1", &[1, 70 * M, 4900 * M * M]),
            ("on/spend@2", &[1, 60_250_000, 60_250_000 * 60_250_000]),
            ("on/orders@1", &[1, 2 * M, 4 * M * M]),
        ],
    );
}
