//! From what is known of a subject to what it adds to the cells.

use std::collections::BTreeMap;

use pennon_api::{CellKey, MetricDefinition};

use crate::library::{Library, id};
use crate::role::Folded;
use crate::{Cell, Cells, DAY_MS, Exposure, Levels, OTHER, OTHER_EPOCH, Subject, Sums};

/// The variant in which the metrics of mixed subjects count.
pub const MULTIPLE: &str = "__multiple__";

/// What a subject adds to the cells.
///
/// # Shape
///
/// For each exposure: 1 in `exposed`, 1 in `mixed` when it is, and for each metric whose events it
/// has, the moments; each of them in the cell of all (`total`, by day of the first exposure) and in
/// one for each dimension. Of a subject that has met more than is kept, 1 in `cut` of `total`.
/// What belongs to an epoch or a stage beyond the limit is in [`OTHER_EPOCH`] and [`OTHER`], in
/// `total` alone.
///
/// # Complexity
///
/// Exposures × kept events × metrics that read them.
pub fn contribution(subject: &Subject, unit: &str, library: &Library, levels: &Levels) -> Cells {
    let mut cells = Cells::default();
    for exposure in &subject.exposures {
        let places = places(exposure, unit, levels);
        let one = Cell {
            n: 1,
            sums: Sums::default(),
        };
        put(&mut cells, &places, (&exposure.variant, "exposed"), one);
        if exposure.is_mixed {
            put(&mut cells, &places, (&exposure.variant, "mixed"), one);
        }
        if subject.is_cut {
            let total = places.get(..1).unwrap_or_default();
            put(&mut cells, total, (&exposure.variant, "cut"), one);
        }
        let variant = if exposure.is_mixed {
            MULTIPLE
        } else {
            &exposure.variant
        };
        for (id, (metric, sum)) in sums(subject, exposure, library) {
            let [y, d, x] = sum.amounts(metric);
            let cell = Cell {
                n: i64::from(sum.n > 0),
                sums: Sums::of(y, d, x),
            };
            put(&mut cells, &places, (variant, &id), cell);
        }
    }
    cells
}

/// What the subject's events add up to for one exposure, by metric.
fn sums<'a>(
    subject: &'a Subject,
    exposure: &Exposure,
    library: &'a Library,
) -> BTreeMap<String, (&'a MetricDefinition, Folded)> {
    let mut sums = BTreeMap::new();
    for (id, folded) in &exposure.folded {
        if let Some(metric) = library.find(id) {
            sums.insert(id.clone(), (metric, *folded));
        }
    }
    for (hash, names) in &subject.events {
        for (name, events) in names {
            for metric in library.reading(hash, name) {
                let (_, sum) = sums
                    .entry(id(metric))
                    .or_insert((metric, Folded::default()));
                for event in events {
                    sum.count(metric, name, event, exposure.at);
                }
            }
        }
    }
    sums
}

/// Dimension, level and day of the cells that an exposure counts in.
fn places(exposure: &Exposure, unit: &str, levels: &Levels) -> Vec<CellKey> {
    let place = |dimension: &str, level: &str, day: u64| CellKey {
        flag: exposure.flag.clone(),
        unit: unit.to_owned(),
        epoch: exposure.epoch,
        stratum: exposure.stratum.clone(),
        variant: String::new(),
        metric: String::new(),
        dimension: dimension.to_owned(),
        level: level.to_owned(),
        day,
    };
    let total = place("total", "", exposure.at / DAY_MS);
    if !levels.has_series(&exposure.flag, exposure.epoch, &exposure.stratum) {
        return vec![CellKey {
            epoch: OTHER_EPOCH,
            stratum: OTHER.to_owned(),
            ..total
        }];
    }
    let mut places = vec![total];
    for (dimension, level) in &exposure.levels {
        let level = levels.of(&exposure.flag, exposure.epoch, dimension, level);
        places.push(place(dimension, level, 0));
    }
    places
}

fn put(cells: &mut Cells, places: &[CellKey], (variant, metric): (&str, &str), cell: Cell) {
    for place in places {
        let key = CellKey {
            variant: variant.to_owned(),
            metric: metric.to_owned(),
            ..place.clone()
        };
        cells.add(key, cell);
    }
}
