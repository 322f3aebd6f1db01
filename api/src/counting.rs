//! What shards count: the metrics, dimensions and unit types of an environment, by their hash.

use serde::{Deserialize, Serialize};

/// What was in force when events came in.
///
/// # Shape
///
/// Its hash is the first 16 hexadecimal digits of the SHA-256 of its JSON as serde writes it here;
/// a delivery names the hash, so that a batch carries 16 bytes instead of all metrics.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Definitions {
    /// In order of their keys.
    pub metrics: Vec<MetricDefinition>,
    /// In order of their keys.
    pub dimensions: Vec<Dimension>,
    /// Unit types in use, the most important first: each event is counted once for each of them.
    pub units: Vec<String>,
}

/// The definitions of an environment, as its record names them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DefinitionsRecord {
    /// 16 hexadecimal digits.
    pub hash: String,
    /// What it is the hash of.
    pub body: Definitions,
}

/// A metric, as far as it says how to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricDefinition {
    /// Key of the metric.
    pub key: String,
    /// 8 hexadecimal digits over the fields below: another way to count is another series of cells.
    pub version: String,
    /// What is made of a subject's events.
    pub kind: MetricKind,
    /// Name of the `track` events that it reads.
    pub event: String,
    /// Name of the events that a ratio divides by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator_event: Option<String>,
    /// Milliseconds after the first exposure in which an event counts.
    pub window_ms: u64,
    /// The most that one subject may contribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
    /// Which direction is good.
    pub direction: Direction,
}

/// What a metric makes of the events of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricKind {
    /// 1 when there is an event, else 0.
    Conversion,
    /// How many events.
    Count,
    /// The sum of the events' values.
    Sum,
    /// The mean of the events' values: their sum, divided by their number.
    Mean,
    /// The events of one name divided by those of another; an event with a value weighs that value,
    /// one without weighs 1.
    Ratio,
}

/// Which direction of a metric is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More is better.
    #[default]
    Up,
    /// Less is better.
    Down,
}

/// An attribute by whose values totals are split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Name of the attribute.
    pub key: String,
    /// Who says the value.
    pub source: DimensionSource,
}

/// Who says which value of a dimension a subject has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DimensionSource {
    /// The edge, from the request; what the client says does not count.
    Edge,
    /// The `properties` of the exposure.
    Properties,
}
