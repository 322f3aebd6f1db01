//! Numbers as Prometheus reads them (text format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// One number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    name: String,
    /// `counter` or `gauge`.
    kind: String,
    help: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Sample {
    /// A number that goes up and down.
    pub(crate) fn gauge(name: &str, help: &str, value: f64) -> Self {
        Self::of("gauge", name, help, value)
    }

    /// A number that only grows.
    pub(crate) fn counter(name: &str, help: &str, value: f64) -> Self {
        Self::of("counter", name, help, value)
    }

    fn of(kind: &str, name: &str, help: &str, value: f64) -> Self {
        Self {
            name: name.to_owned(),
            kind: kind.to_owned(),
            help: help.to_owned(),
            labels: BTreeMap::new(),
            value,
        }
    }

    /// The same with more labels; those it has win.
    pub(crate) fn labelled(mut self, labels: &[(&str, &str)]) -> Self {
        for (name, value) in labels {
            let label = self.labels.entry((*name).to_owned());
            label.or_insert_with(|| (*value).to_owned());
        }
        self
    }
}

/// All of them, those of one name together under its help and type.
pub(crate) fn text(samples: &[Sample]) -> String {
    let mut by_name: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        by_name.entry(&sample.name).or_default().push(sample);
    }
    let mut text = String::new();
    for (name, samples) in by_name {
        let first = samples.first();
        let kind = first.map_or("untyped", |sample| sample.kind.as_str());
        let help = first.map_or("", |sample| sample.help.as_str());
        // Writing into a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for sample in samples {
            let labels = labels(&sample.labels);
            let _ = writeln!(text, "{name}{labels} {}", sample.value);
        }
    }
    text
}

fn labels(labels: &BTreeMap<String, String>) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let escaped = |value: &str| {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        value.replace('\n', "\\n")
    };
    let pairs: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_name_stand_together() {
        let up = |shard: &str, value| {
            Sample::gauge("up", "It answers.", value).labelled(&[("shard", shard)])
        };
        let age = Sample::gauge("age", "Seconds.", 1.5).labelled(&[("a", "\"\\\n"), ("a", "lost")]);
        let lines = text(&[up("0", 1.0), age, up("1", 0.0)]);
        assert_eq!(
            lines,
            "# HELP age Seconds.\n# TYPE age gauge\nage{a=\"\\\"\\\\\\n\"} 1.5\n\
             # HELP up It answers.\n# TYPE up gauge\nup{shard=\"0\"} 1\nup{shard=\"1\"} 0\n"
        );
        assert_eq!(text(&[]), "");
    }
}
