use std::collections::{BTreeMap, BTreeSet};

use pennon_api::{MetricDefinition, MetricKind};

use crate::desk::{Happening, What, definitions};

/// Cells by a text of their key; n, then the nine sums.
pub(crate) type Counted = BTreeMap<String, [i128; 10]>;

/// Counts a log from the beginning: for every subject, flag, epoch and metric it looks through all
/// of the log again.
pub(crate) fn recount(log: &[Happening]) -> Counted {
    let mut once: BTreeMap<u64, &Happening> = BTreeMap::new();
    for happening in log {
        once.entry(happening.id).or_insert(happening);
    }
    let log: Vec<&Happening> = once.into_values().collect();
    let mut cells = Counted::new();
    let mut seen = BTreeSet::new();
    for happening in &log {
        if let What::Met { flag, epoch, .. } = &happening.what
            && seen.insert((happening.subject, *flag, *epoch))
        {
            let flags = flags(&log, happening.subject);
            if is_kept(&flags, (flag, *epoch)) {
                let is_cut = flags.len() > 256;
                count(&log, happening.subject, (flag, *epoch, is_cut), &mut cells);
            }
        }
    }
    cells.retain(|_, cell| cell.iter().any(|sum| *sum != 0));
    cells
}

/// Every flag and epoch that a subject has met.
fn flags<'a>(log: &[&'a Happening], subject: u8) -> BTreeSet<(&'a str, u32)> {
    let own = log.iter().filter(|happening| happening.subject == subject);
    own.filter_map(|happening| match &happening.what {
        What::Met { flag, epoch, .. } => Some((*flag, *epoch)),
        What::Did { .. } => None,
    })
    .collect()
}

/// Whether fewer than 256 others have a smaller hash.
fn is_kept(flags: &BTreeSet<(&str, u32)>, flag: (&str, u32)) -> bool {
    let hash = |(flag, epoch): (&str, u32)| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in [flag.as_bytes(), &epoch.to_le_bytes()].concat() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        hash
    };
    let smaller = flags.iter().filter(|other| hash(**other) < hash(flag));
    smaller.count() < 256
}

fn count(
    log: &[&Happening],
    subject: u8,
    (flag, epoch, is_cut): (&str, u32, bool),
    cells: &mut Counted,
) {
    let mut met: Vec<(u64, &str, &str, &str)> = log
        .iter()
        .filter(|happening| happening.subject == subject)
        .filter_map(|happening| match &happening.what {
            What::Met {
                flag: f,
                epoch: e,
                variant,
                stratum,
                country,
            } if (*f, *e) == (flag, epoch) => Some((happening.at, *variant, *stratum, *country)),
            _ => None,
        })
        .collect();
    met.sort_unstable();
    let (at, variant, stratum, country) = met[0];
    let is_mixed = met.iter().any(|other| other.1 != variant);
    let mut put = |variant: &str, metric: &str, numbers: [i128; 10]| {
        for place in [
            format!("total//{}", at / 86_400_000),
            format!("country/{country}/0"),
        ] {
            if metric == "cut" && !place.starts_with("total") {
                continue;
            }
            let key = format!("{flag}/{epoch}/{stratum}/{variant}/{metric}/{place}");
            let cell = cells.entry(key).or_default();
            for (sum, number) in cell.iter_mut().zip(numbers) {
                *sum += number;
            }
        }
    };
    let one = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    put(variant, "exposed", one);
    if is_mixed {
        put(variant, "mixed", one);
    }
    if is_cut {
        put(variant, "cut", one);
    }
    let place = if is_mixed { "__multiple__" } else { variant };
    for (name, metric, hashes) in metrics() {
        let events: Vec<(u64, &str, Option<f64>)> = log
            .iter()
            .filter(|happening| happening.subject == subject)
            .filter_map(|happening| match &happening.what {
                What::Did { name, value, under } if hashes.contains(under) => {
                    Some((happening.at, *name, *value))
                }
                _ => None,
            })
            .collect();
        put(place, &name, moments(&metric, &events, at));
    }
}

/// Every metric, and the definitions that hold it.
fn metrics() -> Vec<(String, MetricDefinition, Vec<&'static str>)> {
    let mut found: Vec<(String, MetricDefinition, Vec<&'static str>)> = Vec::new();
    for (hash, definitions) in definitions() {
        for metric in definitions.metrics {
            let name = format!("{}@{}", metric.key, metric.version);
            match found.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, _, hashes)) => hashes.push(hash),
                None => found.push((name, metric, vec![hash])),
            }
        }
    }
    found
}

fn moments(metric: &MetricDefinition, events: &[(u64, &str, Option<f64>)], t0: u64) -> [i128; 10] {
    let micros = |value: f64| (value * 1e6).round() as i128;
    let after = |at: u64| at + 5_000 >= t0 && at < t0 + metric.window_ms;
    let before = |at: u64| at + 5_000 < t0 && at + 604_800_000 >= t0;
    let total = |name: Option<&str>, when: &dyn Fn(u64) -> bool| -> (i128, i128) {
        let hits = events
            .iter()
            .filter(|(at, n, _)| Some(*n) == name && when(*at));
        hits.fold((0, 0), |(number, sum), (_, _, value)| {
            let weight = match metric.kind {
                MetricKind::Conversion | MetricKind::Count => Some(1_000_000),
                MetricKind::Sum => Some(value.map_or(0, micros)),
                MetricKind::Mean => value.map(micros),
                MetricKind::Ratio => Some(value.map_or(1_000_000, micros)),
            };
            (
                number + i128::from(weight.is_some()),
                sum + weight.unwrap_or(0),
            )
        })
    };
    let cap = |sum: i128| match (metric.kind, metric.cap) {
        (MetricKind::Conversion, _) => sum.min(1_000_000),
        (_, Some(cap)) => sum.min(micros(cap)),
        _ => sum,
    };
    let (n, y) = total(Some(&metric.event), &after);
    let (_, x) = total(Some(&metric.event), &before);
    let (dn, d) = match metric.kind {
        MetricKind::Mean => (0, n * 1_000_000),
        MetricKind::Ratio => total(metric.denominator_event.as_deref(), &after),
        _ => (0, 0),
    };
    let (y, x) = (cap(y), cap(x));
    let subjects = i128::from(n + dn > 0);
    [subjects, y, y * y, d, d * d, y * d, x, x * x, x * y, x * d]
}
