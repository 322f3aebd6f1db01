//! From lines to cells, with the counting of the shards and none of their memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use anyhow::{Result, anyhow};
use pennon_api::{LevelTable, ShardCell, Totals};
use pennon_core::murmur3_x86_32;
use pennon_tally::{Cells, Event, Exposure, Levels, Library, Subject, contribution, folded};

use crate::log::{Line, Log};

/// Unit type and unit id.
type Unit = (String, String);

/// Seed of the hash that finds a subject's shard: `SHAR`, as `docs/events.md` says.
const SHARD_SEED: u32 = 0x5348_4152;

/// What is known of everybody.
#[derive(Debug)]
pub(crate) struct Recount {
    library: Library,
    /// Unit types in use, by the hash of the definitions.
    units: BTreeMap<String, Vec<String>>,
    /// What each shard gives cells of its own, by number.
    shards: Vec<Levels>,
    /// The levels that stand by themselves in totals.
    tables: Vec<LevelTable>,
    environment: String,
    successors: BTreeMap<Unit, String>,
    subjects: BTreeMap<Unit, Subject>,
}

impl Recount {
    /// Nobody yet.
    pub(crate) fn new(log: &Log, totals: &Totals) -> Self {
        let tables: Vec<LevelTable> = totals
            .levels
            .iter()
            .map(|fixed| fixed.table.clone())
            .collect();
        let mut shards = log.shards.clone();
        if shards.is_empty() {
            shards.push(Levels::of_tables(&tables));
        }
        let mut library = Library::default();
        let mut units = BTreeMap::new();
        for (hash, body) in &log.definitions {
            units.insert(hash.clone(), body.units.clone());
            library.insert(hash, body.clone());
        }
        let first = log.lines.first();
        Self {
            library,
            units,
            shards,
            tables,
            environment: first.map_or_else(String::new, |line| line.environment.clone()),
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
        if line.uncounted.is_some() || (line.kind != "exposure" && line.kind != "track") {
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

    /// What everybody adds to the cells, and those who are no longer held, as totals show it.
    pub(crate) fn cells(&self, contributions: &[ShardCell]) -> Result<Cells> {
        let mut cells = Cells::from_rows(contributions).map_err(|error| anyhow!(error))?;
        for ((kind, id), subject) in &self.subjects {
            let levels = self.levels(kind, id);
            cells.add_all(contribution(subject, kind, &self.library, levels));
        }
        Ok(folded(&cells, &self.tables))
    }

    /// What the shard of a unit gives cells of its own.
    fn levels(&self, kind: &str, id: &str) -> &Levels {
        static NONE: LazyLock<Levels> = LazyLock::new(Levels::default);
        let subject = [&self.environment, kind, id].join("\0");
        let hash = murmur3_x86_32(subject.as_bytes(), SHARD_SEED);
        let hash = usize::try_from(hash).unwrap_or_default();
        let shard = hash.checked_rem(self.shards.len()).unwrap_or_default();
        self.shards.get(shard).unwrap_or(&NONE)
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
