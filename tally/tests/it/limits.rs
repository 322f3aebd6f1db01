use crate::desk::{BASE, Desk, HOUR, Happening, What, counted};
use crate::oracle::recount;
use pennon_tally::{MAX_MATCHED, MAX_UNMATCHED};

fn met(id: u64, at: u64) -> Happening {
    let what = What::Met {
        flag: "checkout",
        epoch: 0,
        variant: "on",
        stratum: "",
        country: "DE",
    };
    Happening {
        id,
        subject: 0,
        at,
        what,
    }
}

fn order(id: u64, at: u64) -> Happening {
    let what = What::Did {
        name: "order",
        value: Some(1.25),
        under: "two",
    };
    Happening {
        id,
        subject: 0,
        at,
        what,
    }
}

fn size(desk: &Desk) -> usize {
    serde_json::to_string(&desk.subject(0)).unwrap().len()
}

#[test]
fn a_thousand_events_after_an_exposure_all_count_and_a_few_are_kept() {
    let mut log = vec![met(0, BASE)];
    log.extend((1..=1000).map(|n| order(n, BASE + n * 60_000)));
    for backwards in [false, true] {
        let mut desk = Desk::new();
        desk.deliver(&log[..1], BASE);
        let mut rest = log[1..].to_vec();
        if backwards {
            rest.reverse();
        }
        for part in rest.chunks(20) {
            desk.deliver(part, BASE + 24 * HOUR);
        }
        assert_eq!(
            counted(&desk.cells),
            recount(&log),
            "backwards: {backwards}"
        );
        assert!(size(&desk) < MAX_MATCHED * 40, "{}", size(&desk));
    }
}

#[test]
fn a_stranger_to_all_flags_keeps_a_few_events_only() {
    let mut desk = Desk::new();
    let log: Vec<Happening> = (1..=100).map(|n| order(n, BASE + n * 60_000)).collect();
    desk.deliver(&log, BASE + 3 * HOUR);
    assert!(desk.cells.is_empty());
    assert_eq!(
        desk.subject(0).unmatched_dropped(),
        100 - MAX_UNMATCHED as u64
    );
    // The newest of them are the value before a later exposure.
    desk.deliver(&[met(0, BASE + 5 * HOUR)], BASE + 5 * HOUR);
    let mut kept = log[100 - MAX_UNMATCHED..].to_vec();
    kept.push(met(0, BASE + 5 * HOUR));
    assert_eq!(counted(&desk.cells), recount(&kept));
}

#[test]
fn time_lets_go_of_what_is_settled_without_changing_a_sum() {
    let day = 24 * HOUR;
    let mut log = vec![order(1, BASE - day), met(2, BASE)];
    log.extend((3..=22).map(|n| order(n, BASE + n * HOUR)));
    let mut desk = Desk::new();
    desk.deliver(&log, BASE + day);
    let before = size(&desk);
    let late = vec![order(100, BASE + 40 * day), met(101, BASE + 41 * day)];
    desk.deliver(&late, BASE + 41 * day);
    log.extend(late);
    assert_eq!(counted(&desk.cells), recount(&log));
    assert!(
        size(&desk) < before,
        "{} is not below {before}",
        size(&desk)
    );
}
