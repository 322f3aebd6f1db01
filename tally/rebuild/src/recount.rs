//! From lines to cells, with the counting of the shards and none of their memory.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use pennon_api::{CellKey, Definitions, ShardCell, Totals};
use pennon_tally::{Cells, Event, Exposure, Levels, Library, Subject, contribution};

use crate::log::Line;

/// Unit type and unit id.
type Unit = (String, String);

/// What is known of everybody.
#[derive(Debug)]
pub(crate) struct Recount {
    library: Library,
    /// Unit types in use, by the hash of the definitions.
    units: BTreeMap<String, Vec<String>>,
    levels: Levels,
    successors: BTreeMap<Unit, String>,
    subjects: BTreeMap<Unit, Subject>,
}

impl Recount {
    /// Nobody yet; the levels that stand by themselves are those of the totals.
    pub(crate) fn new(definitions: BTreeMap<String, Definitions>, totals: &Totals) -> Self {
        let mut levels = Levels::default();
        for fixed in &totals.levels {
            let table = &fixed.table;
            for level in &table.levels {
                levels.restore(&table.flag, table.epoch, &table.dimension, level);
            }
        }
        let mut library = Library::default();
        let mut units = BTreeMap::new();
        for (hash, body) in definitions {
            units.insert(hash.clone(), body.units.clone());
            library.insert(&hash, body);
        }
        Self {
            library,
            units,
            levels,
            successors: BTreeMap::new(),
            subjects: BTreeMap::new(),
        }
    }

    /// Takes in who is known under another id from now on; the first telling says which.
    pub(crate) fn learn_merge(&mut self, line: &Line) {
        for (kind, old) in &line.previous {
            if let Some(new) = line.units.get(kind).filter(|new| *new != old) {
                let old = (kind.clone(), old.clone());
                self.successors.entry(old).or_insert_with(|| new.clone());
            }
        }
    }

    /// Takes one event in, once for each of its unit types that is in use.
    pub(crate) fn count(&mut self, line: &Line) {
        if line.kind != "exposure" && line.kind != "track" {
            return;
        }
        let ever_in_use = || self.units.values().flatten().cloned().collect();
        let in_use: BTreeSet<String> = match self.units.get(&line.definitions) {
            Some(units) => units.iter().cloned().collect(),
            // Lines of the first version do not say what was in force.
            None => ever_in_use(),
        };
        for kind in in_use {
            if let Some(id) = line.units.get(&kind) {
                let unit = self.resolve(kind, id.clone());
                self.take(unit, line);
            }
        }
    }

    fn take(&mut self, unit: Unit, line: &Line) {
        let subject = self.subjects.entry(unit).or_default();
        if line.kind == "exposure" {
            subject.meet(met(line));
        } else if self.library.wants(&line.definitions, &line.name) {
            let value = line.value.as_ref().and_then(serde_json::Value::as_f64);
            let event = Event::new(line.at, line.random_part(), value);
            subject.record(&line.definitions, &line.name, event);
        }
        subject.trim(&self.library, line.received_at);
    }

    /// Who a unit is in the end. Ids that name each other in a circle are one person, whose name
    /// is the smallest of them.
    fn resolve(&self, kind: String, id: String) -> Unit {
        let mut seen = vec![id];
        while let Some(last) = seen.last() {
            let unit = (kind.clone(), last.clone());
            let Some(next) = self.successors.get(&unit) else {
                return unit;
            };
            if let Some(start) = seen.iter().position(|id| id == next) {
                let circle = seen.split_off(start);
                return (kind, circle.into_iter().min().unwrap_or_default());
            }
            seen.push(next.clone());
        }
        (kind, String::new())
    }

    /// What everybody adds to the cells, and those who are no longer held.
    pub(crate) fn cells(&self, contributions: &[ShardCell]) -> Result<Cells> {
        let mut cells = Cells::default();
        for ((kind, _), subject) in &self.subjects {
            cells.add_all(contribution(subject, kind, &self.library, &self.levels));
        }
        let left = Cells::from_rows(contributions).map_err(|error| anyhow!(error))?;
        for (key, cell) in left.iter() {
            cells.add(self.placed(key), *cell);
        }
        Ok(cells)
    }

    /// The cell in which totals show what a shard counts in that one.
    fn placed(&self, key: &CellKey) -> CellKey {
        if key.dimension == "total" {
            return key.clone();
        }
        let level = self
            .levels
            .of(&key.flag, key.epoch, &key.dimension, &key.level);
        CellKey {
            level: level.to_owned(),
            ..key.clone()
        }
    }
}

fn met(line: &Line) -> Exposure {
    let mut exposure = Exposure::new(&line.flag, &line.variant, line.at);
    exposure.epoch = line.epoch;
    exposure.stratum.clone_from(&line.stage);
    exposure.revision = line.revision;
    exposure.levels.clone_from(&line.levels);
    exposure
}
