//! The definitions that events came in under.

use std::collections::BTreeMap;

use pennon_api::{Definitions, MetricDefinition};

/// Definitions by their hashes.
///
/// An event counts for the metrics that were defined when it came in, and for no others: so what a
/// subject contributes never depends on when somebody looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Library(BTreeMap<String, Definitions>);

impl Library {
    /// Adds definitions.
    pub fn insert(&mut self, hash: &str, definitions: Definitions) {
        self.0.insert(hash.to_owned(), definitions);
    }

    /// The definitions of a hash.
    pub fn get(&self, hash: &str) -> Option<&Definitions> {
        self.0.get(hash)
    }

    /// Whether any metric that is defined under a hash reads events of a name.
    pub fn wants(&self, hash: &str, name: &str) -> bool {
        self.reading(hash, name).next().is_some()
    }

    /// The metrics under a hash that read events of a name.
    pub(crate) fn reading<'a>(
        &'a self,
        hash: &str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a MetricDefinition> + use<'a> {
        let metrics = self
            .0
            .get(hash)
            .map(|definitions| definitions.metrics.as_slice());
        let metrics = metrics.unwrap_or_default().iter();
        metrics.filter(move |metric| reads(metric, name))
    }

    /// A metric by `<key>@<version>`.
    pub(crate) fn find(&self, id: &str) -> Option<&MetricDefinition> {
        let mut all = self.0.values();
        all.find_map(|definitions| find(definitions, id))
    }

    /// The hash of definitions that hold a metric.
    pub(crate) fn holder(&self, id: &str) -> Option<&str> {
        let mut all = self.0.iter();
        let holder = all.find(|(_, definitions)| find(definitions, id).is_some());
        holder.map(|(hash, _)| hash.as_str())
    }
}

fn find<'a>(definitions: &'a Definitions, id: &str) -> Option<&'a MetricDefinition> {
    let (key, version) = id.rsplit_once('@')?;
    let mut metrics = definitions.metrics.iter();
    metrics.find(|metric| metric.key == key && metric.version == version)
}

/// Whether a metric reads events of a name.
fn reads(metric: &MetricDefinition, name: &str) -> bool {
    metric.event == name || metric.denominator_event.as_deref() == Some(name)
}

/// The name of a metric's cells.
pub(crate) fn id(metric: &MetricDefinition) -> String {
    format!("{}@{}", metric.key, metric.version)
}
