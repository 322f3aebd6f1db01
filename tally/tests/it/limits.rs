use crate::desk::{BASE, Desk, HOUR, Happening, What, counted};
use crate::oracle::recount;
use pennon_api::{Definitions, Direction, MetricDefinition, MetricKind};
use pennon_tally::{
    Event, Exposure, Library, MAX_EVENTS, MAX_EXPOSURES, MAX_MATCHED, MAX_UNMATCHED, Subject,
};

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

/// Sixty metrics that each read events of a name of their own.
fn many_metrics() -> Library {
    let metric = |n: u32| MetricDefinition {
        key: format!("metric-{n}"),
        version: "01234567".into(),
        kind: MetricKind::Sum,
        event: format!("event-{n}"),
        denominator_event: None,
        window_ms: 72 * HOUR,
        cap: None,
        direction: Direction::Up,
    };
    let mut library = Library::default();
    let metrics = (0..60).map(metric).collect();
    library.insert(
        "all",
        Definitions {
            metrics,
            ..Definitions::default()
        },
    );
    library
}

#[test]
fn whatever_a_stranger_sends_a_subject_fits_into_a_row() {
    let library = many_metrics();
    let mut subject = Subject::default();
    for n in 0..2000_u32 {
        let name = |text: &str| {
            format!("{text}{n}")
                .repeat(40)
                .chars()
                .take(256)
                .collect::<String>()
        };
        let mut exposure = Exposure::new(&name("flag"), &name("variant"), BASE);
        exposure.stratum = "s".repeat(64);
        exposure.levels = (0..10)
            .map(|d| (format!("dimension-{d}"), "l".repeat(64)))
            .collect();
        subject.meet(exposure);
    }
    let mut id = 0;
    for n in 0..60 {
        for round in 0..400 {
            id += 1;
            let event = Event::new(BASE + round * 1000, u64::MAX - id, Some(-1e10));
            subject.record("all", &format!("event-{n}"), event);
        }
        subject.trim(&library, BASE + HOUR);
    }
    assert_eq!(subject.exposures().count(), MAX_EXPOSURES);
    assert!(subject.is_cut());
    let text = serde_json::to_string(&subject).unwrap();
    assert!(text.len() < 2_000_000, "{}", text.len());
    let kept = text.matches("-10000000000000000]").count();
    assert_eq!(kept, MAX_EVENTS, "events are kept up to the limit");
}
