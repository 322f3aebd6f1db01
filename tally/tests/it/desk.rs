use std::collections::{BTreeMap, BTreeSet};

use pennon_api::{Definitions, Direction, MetricDefinition, MetricKind};
use pennon_tally::{Cells, Event, Exposure, Levels, Library, Subject, contribution};

use crate::oracle::Counted;

pub(crate) const HOUR: u64 = 3_600_000;
/// When tests begin.
pub(crate) const BASE: u64 = 20_000 * 24 * HOUR;

/// One line of the log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Happening {
    pub(crate) id: u64,
    pub(crate) subject: u8,
    pub(crate) at: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Met {
        flag: &'static str,
        epoch: u32,
        variant: &'static str,
        stratum: &'static str,
        country: &'static str,
    },
    Did {
        name: &'static str,
        value: Option<f64>,
        under: &'static str,
    },
}

/// Two editions: the second changes the cap of `spend` and adds `orders-per-visit`.
pub(crate) fn definitions() -> [(&'static str, Definitions); 2] {
    let metric = |key: &str, kind, event: &str, hours: u64| MetricDefinition {
        key: key.into(),
        version: "1".into(),
        kind,
        event: event.into(),
        denominator_event: None,
        window_ms: hours * HOUR,
        cap: None,
        direction: Direction::Up,
    };
    let first = vec![
        metric("bought", MetricKind::Conversion, "order", 72),
        metric("orders", MetricKind::Count, "order", 24),
        metric("spend", MetricKind::Sum, "order", 72),
        metric("basket", MetricKind::Mean, "order", 72),
    ];
    let mut second = first.clone();
    second[2].version = "2".into();
    second[2].cap = Some(60.25);
    second.push(MetricDefinition {
        denominator_event: Some("visit".into()),
        ..metric("orders-per-visit", MetricKind::Ratio, "order", 48)
    });
    let edition = |metrics| Definitions {
        metrics,
        ..Definitions::default()
    };
    [("one", edition(first)), ("two", edition(second))]
}

pub(crate) fn library() -> Library {
    let mut library = Library::default();
    for (hash, body) in definitions() {
        library.insert(hash, body);
    }
    library
}

/// What a shard does, without the database: it keeps subjects as text, and adds to the cells how
/// each delivery changed what its subjects contribute.
pub(crate) struct Desk {
    pub(crate) library: Library,
    levels: Levels,
    subjects: BTreeMap<u8, String>,
    known: BTreeSet<u64>,
    pub(crate) cells: Cells,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            library: library(),
            levels: Levels::default(),
            subjects: BTreeMap::new(),
            known: BTreeSet::new(),
            cells: Cells::default(),
        }
    }

    pub(crate) fn subject(&self, subject: u8) -> Subject {
        let text = self.subjects.get(&subject);
        text.map_or_else(Subject::default, |text| serde_json::from_str(text).unwrap())
    }

    pub(crate) fn deliver(&mut self, delivery: &[Happening], now: u64) {
        let mut touched: BTreeMap<u8, (Subject, Subject)> = BTreeMap::new();
        for happening in delivery {
            if !self.known.insert(happening.id) {
                continue;
            }
            let held = self.subject(happening.subject);
            let (_, subject) = touched
                .entry(happening.subject)
                .or_insert_with(|| (held.clone(), held));
            match &happening.what {
                What::Met { .. } => {
                    let exposure = exposure(happening);
                    self.levels.admit(&exposure);
                    subject.meet(exposure);
                }
                What::Did { name, value, under } => {
                    if self.library.wants(under, name) {
                        subject.record(under, name, Event::new(happening.at, happening.id, *value));
                    }
                }
            }
        }
        for (id, (before, mut after)) in touched {
            after.trim(&self.library, now);
            self.cells.take_all(self.contribution(&before));
            self.cells.add_all(self.contribution(&after));
            self.subjects
                .insert(id, serde_json::to_string(&after).unwrap());
        }
    }

    fn contribution(&self, subject: &Subject) -> Cells {
        contribution(subject, "user", &self.library, &self.levels)
    }
}

pub(crate) fn exposure(happening: &Happening) -> Exposure {
    let What::Met {
        flag,
        epoch,
        variant,
        stratum,
        country,
    } = &happening.what
    else {
        panic!("not an exposure");
    };
    let mut exposure = Exposure::new(flag, variant, happening.at);
    exposure.epoch = *epoch;
    (*stratum).clone_into(&mut exposure.stratum);
    exposure.levels = BTreeMap::from([("country".to_owned(), (*country).to_owned())]);
    exposure
}

/// Cells in the words of the oracle.
pub(crate) fn counted(cells: &Cells) -> Counted {
    let row = |row: pennon_tally::Row| {
        let key = &row.0.key;
        assert_eq!(key.unit, "user");
        let name = format!(
            "{}/{}/{}/{}/{}/{}/{}/{}",
            key.flag,
            key.epoch,
            key.stratum,
            key.variant,
            key.metric,
            key.dimension,
            key.level,
            key.day
        );
        let mut numbers = [0; 10];
        numbers[0] = i128::from(row.0.n);
        for (slot, sum) in numbers[1..].iter_mut().zip(row.0.sums.split(',')) {
            *slot = if sum.is_empty() {
                0
            } else {
                sum.parse().unwrap()
            };
        }
        (name, numbers)
    };
    cells.to_rows().into_iter().map(row).collect()
}
