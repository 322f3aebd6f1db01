//! Finds flags that wait for each other, segments that contain each other, and segments too deep in segments.

use std::collections::HashMap;

use super::Limits;
use crate::graph::{self, Graph};
use crate::model::Ruleset;
use crate::report::{At, Code, Report};

pub(super) fn check(ruleset: &Ruleset, limits: &Limits, report: &mut Report) {
    let segments = graph::segments(ruleset);
    let help = "remove one of these references";
    let walk = graph::walk(&segments);
    for cycle in &walk.cycles {
        let message = format!("segments contain each other: {}", circle(cycle));
        let at = At::Root.field("segments");
        report.error(Code::SegmentCycle, &at.field(first(cycle)), message, help);
    }
    if walk.cycles.is_empty() {
        depth(&segments, &walk.order, limits, report);
    }
    for cycle in &graph::walk(&graph::flags(ruleset)).cycles {
        let message = format!("flags wait for each other: {}", circle(cycle));
        let at = At::Root.field("flags");
        report.error(
            Code::PrerequisiteCycle,
            &at.field(first(cycle)),
            message,
            help,
        );
    }
}

fn depth(graph: &Graph<'_>, order: &[&str], limits: &Limits, report: &mut Report) {
    let mut levels: HashMap<&str, usize> = HashMap::new();
    let at = At::Root.field("segments");
    for name in order {
        let inner = graph.get(name).into_iter().flatten();
        let level = 1 + inner
            .filter_map(|inner| levels.get(inner))
            .max()
            .unwrap_or(&0);
        levels.insert(name, level);
        // One report where the limit is crossed; what contains that segment is deeper still.
        if level == limits.nesting + 1 {
            let message = format!("segments in segments deeper than {} levels", limits.nesting);
            report.error(
                Code::Limit,
                &at.field(name),
                message,
                "merge some of these segments",
            );
        }
    }
}

fn first<'a>(cycle: &[&'a str]) -> &'a str {
    cycle.first().copied().unwrap_or_default()
}

fn circle(cycle: &[&str]) -> String {
    let names = cycle.iter().chain(cycle.first());
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(" → ")
}
