//! Who refers to whom: segments in segments, flags as prerequisites of flags.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Expression, Flag, Ruleset};

/// Names and the names each of them refers to; both ascending, unknown names left out.
pub(crate) type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// What was found on the way through a graph.
pub(crate) struct Walk<'a> {
    /// Every name after those it refers to, ascending where nothing else decides.
    pub(crate) order: Vec<&'a str>,
    /// Names in a circle, each referring to the next and the last to the first.
    pub(crate) cycles: Vec<Vec<&'a str>>,
}

/// Which segments each segment contains.
pub(crate) fn segments(ruleset: &Ruleset) -> Graph<'_> {
    let mut graph = Graph::new();
    for (id, segment) in &ruleset.segments {
        let mut names = Names::default();
        names.collect(&segment.when);
        names
            .segments
            .retain(|name| ruleset.segments.contains_key(*name));
        graph.insert(id, names.segments);
    }
    graph
}

/// Which flags each flag asks, directly or through segments.
pub(crate) fn flags(ruleset: &Ruleset) -> Graph<'_> {
    let mut graph = Graph::new();
    for (key, flag) in &ruleset.flags {
        let mut names = Names::of_flag(flag);
        let mut open: Vec<&str> = names.segments.iter().copied().collect();
        while let Some(id) = open.pop() {
            let Some(segment) = ruleset.segments.get(id) else {
                continue;
            };
            let mut inner = Names::default();
            inner.collect(&segment.when);
            names.flags.extend(inner.flags);
            open.extend(
                inner
                    .segments
                    .into_iter()
                    .filter(|id| names.segments.insert(id)),
            );
        }
        names.flags.retain(|name| ruleset.flags.contains_key(*name));
        graph.insert(key, names.flags);
    }
    graph
}

/// Orders a graph, and names its cycles.
///
/// Complexity: linear in names and references, times the logarithm of the names.
pub(crate) fn walk<'a>(graph: &Graph<'a>) -> Walk<'a> {
    let mut open: BTreeMap<&str, usize> = graph
        .iter()
        .map(|(name, references)| (*name, references.len()))
        .collect();
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, references) in graph {
        for reference in references {
            users.entry(reference).or_default().push(name);
        }
    }
    let mut ready: BTreeSet<&str> = open
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(name, _)| *name)
        .collect();
    let mut walk = Walk {
        order: Vec::with_capacity(graph.len()),
        cycles: Vec::new(),
    };
    while !open.is_empty() {
        while let Some(name) = ready.pop_first() {
            open.remove(name);
            walk.order.push(name);
            for user in users.get(name).into_iter().flatten() {
                if let Some(count) = open.get_mut(user) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        ready.insert(user);
                    }
                }
            }
        }
        // Only cycles, and what waits for them, are open here: every open name refers to an open one.
        if let Some(cycle) = cycle(graph, &open) {
            ready.extend(cycle.iter().copied());
            walk.cycles.push(cycle);
        }
    }
    walk
}

fn cycle<'a>(graph: &Graph<'a>, open: &BTreeMap<&'a str, usize>) -> Option<Vec<&'a str>> {
    let mut path: Vec<&str> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    let mut name = *open.keys().next()?;
    loop {
        if let Some(start) = at.insert(name, path.len()) {
            return Some(path.split_off(start));
        }
        path.push(name);
        name = graph
            .get(name)?
            .iter()
            .find(|next| open.contains_key(*next))?;
    }
}

/// Names that occur in conditions.
#[derive(Default)]
struct Names<'a> {
    flags: BTreeSet<&'a str>,
    segments: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of_flag(flag: &'a Flag) -> Self {
        let mut names = Self::default();
        let of_rules = flag.rules.iter().flat_map(|rule| &rule.prerequisites);
        let demands = flag.prerequisites.iter().chain(of_rules);
        names
            .flags
            .extend(demands.map(|demand| demand.flag.as_str()));
        let of_rules = flag.rules.iter().filter_map(|rule| rule.when.as_ref());
        for when in of_rules.chain(&flag.requires) {
            names.collect(when);
        }
        names
    }

    fn collect(&mut self, expression: &'a Expression) {
        match expression {
            Expression::All(node) => node.all.iter().for_each(|child| self.collect(child)),
            Expression::Any(node) => node.any.iter().for_each(|child| self.collect(child)),
            Expression::None(node) => node.none.iter().for_each(|child| self.collect(child)),
            Expression::Not(node) => self.collect(&node.not),
            Expression::Segment(node) => {
                self.segments.insert(&node.segment);
            }
            Expression::Flag(node) => {
                self.flags.insert(&node.flag);
            }
            Expression::Leaf(_)
            | Expression::List(_)
            | Expression::Split(_)
            | Expression::Unknown(_)
            | Expression::Program(_) => {}
        }
    }
}
