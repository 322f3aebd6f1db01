//! From a checked ruleset to a program: sugar becomes expressions and rules.

mod constant;
mod flag;
mod leaf;
mod rule;
mod split;

use std::collections::{BTreeMap, HashMap};

use crate::compile::Audience;
use crate::graph;
use crate::model;
use crate::program::{
    Expression, ExpressionId, FlagId, Outcome, Place, Program, Slot, SlotId, Source, Target,
};
use crate::reading::Reading;
use crate::report::{At, Code, Report};

/// A program, and what its parts are called in the ruleset.
#[derive(Debug, Default)]
pub(crate) struct Lowered {
    pub(crate) program: Program,
    /// Segments by the expression they became.
    pub(crate) segments: BTreeMap<ExpressionId, String>,
    /// Ids of lists by index; the empty id is a list without a name.
    pub(crate) lists: Vec<String>,
}

/// Lowers what the audience may see.
///
/// INVARIANT: the checks found no error, so every name is known and nothing refers to itself.
pub(crate) fn lower(ruleset: &model::Ruleset, audience: Audience) -> Lowered {
    let mut lowering = Lowering {
        ruleset,
        audience,
        lowered: Lowered::default(),
        expressions: HashMap::new(),
        slots: HashMap::new(),
        flags: HashMap::new(),
        segments: HashMap::new(),
    };
    for key in graph::walk(&graph::flags(ruleset)).order {
        if let Some(flag) = ruleset.flags.get(key)
            && lowering.is_visible(flag)
        {
            let lowered = lowering.flag(key, flag);
            let flags = &mut lowering.lowered.program.flags;
            lowering.flags.insert(key, index(flags.len()));
            flags.push(lowered);
        }
    }
    lowering.lowered
}

/// Depth that the evaluator accepts, see `docs/plan-format.md`.
const MAX_DEPTH: u32 = 128;

/// Reports the first flag that is nested deeper than the evaluator accepts.
pub(crate) fn check_depth(ruleset: &model::Ruleset, report: &mut Report) {
    let program = lower(ruleset, Audience::Server).program;
    let mut flags: Vec<u32> = Vec::new();
    let mut expressions: Vec<Option<u32>> = vec![None; program.expressions.len()];
    for flag in &program.flags {
        let mut deepest = 0;
        let of_rules = flag.rules.iter().filter_map(|rule| rule.when);
        for root in of_rules.chain(flag.prerequisites) {
            deepest = deepest.max(depth(&program, root, &flags, &mut expressions));
        }
        flags.push(deepest + 1);
        if deepest >= MAX_DEPTH {
            let at = At::Root.field("flags");
            let message =
                format!("conditions and prerequisites nest deeper than {MAX_DEPTH} levels");
            let help = "shorten the chain of prerequisites";
            report.error(Code::Limit, &at.field(&flag.key), message, help);
            return;
        }
    }
}

fn depth(program: &Program, id: u32, flags: &[u32], known: &mut [Option<u32>]) -> u32 {
    let place = id as usize;
    if let Some(Some(depth)) = known.get(place) {
        return *depth;
    }
    let mut deepest = |ids: &[u32]| {
        ids.iter()
            .map(|id| depth(program, *id, flags, known))
            .max()
            .unwrap_or(0)
    };
    let depth = 1 + match program.expressions.get(place) {
        Some(
            Expression::All(children) | Expression::InOrder(children) | Expression::Any(children),
        ) => deepest(children),
        Some(Expression::Not(child)) => deepest(&[*child]),
        Some(Expression::FlagIs { flag, .. }) => flags.get(*flag as usize).copied().unwrap_or(0),
        _ => 0,
    };
    if let Some(slot) = known.get_mut(place) {
        *slot = Some(depth);
    }
    depth
}

struct Lowering<'a> {
    ruleset: &'a model::Ruleset,
    audience: Audience,
    lowered: Lowered,
    /// Expressions by their text, so that equal ones are shared.
    expressions: HashMap<String, ExpressionId>,
    slots: HashMap<Slot, SlotId>,
    flags: HashMap<&'a str, FlagId>,
    segments: HashMap<&'a str, ExpressionId>,
}

/// What a split takes from around it when it names nothing of its own.
#[derive(Clone, Copy)]
struct Scope<'a> {
    salt: &'a str,
    unit: &'a str,
    reading: Reading,
}

impl<'a> Lowering<'a> {
    fn is_visible(&self, flag: &model::Flag) -> bool {
        self.audience == Audience::Server || flag.client
    }

    fn add(&mut self, expression: Expression) -> ExpressionId {
        let known = &mut self.lowered.program.expressions;
        *self
            .expressions
            .entry(format!("{expression:?}"))
            .or_insert_with(|| {
                known.push(expression);
                index(known.len() - 1)
            })
    }

    fn all(&mut self, mut parts: Vec<ExpressionId>) -> ExpressionId {
        match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                parts.extend(last);
                self.add(Expression::All(parts))
            }
        }
    }

    fn any(&mut self, mut parts: Vec<ExpressionId>) -> ExpressionId {
        match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                parts.extend(last);
                self.add(Expression::Any(parts))
            }
        }
    }

    fn not(&mut self, part: ExpressionId) -> ExpressionId {
        self.add(Expression::Not(part))
    }

    fn never(&mut self) -> ExpressionId {
        self.add(Expression::Any(Vec::new()))
    }

    fn slot(&mut self, source: Source, known_at: Place) -> SlotId {
        let known = &mut self.lowered.program.slots;
        let slot = Slot { source, known_at };
        *self.slots.entry(slot.clone()).or_insert_with(|| {
            known.push(slot);
            index(known.len() - 1)
        })
    }

    fn unit(&mut self, unit: &str) -> SlotId {
        self.slot(Source::Unit(unit.to_owned()), Place::Client)
    }

    fn expression(&mut self, expression: &'a model::Expression, scope: Scope<'_>) -> ExpressionId {
        use model::Expression as Node;
        match expression {
            Node::All(node) => {
                let parts = self.each(&node.all, scope);
                if scope.reading.fails && parts.len() > 1 {
                    self.add(Expression::InOrder(parts))
                } else {
                    self.all(parts)
                }
            }
            Node::Any(node) => {
                let parts = self.each(&node.any, scope);
                self.any(parts)
            }
            Node::None(node) => {
                let parts = self.each(&node.none, scope);
                let any = self.any(parts);
                self.not(any)
            }
            Node::Not(node) => {
                let part = self.expression(&node.not, scope);
                self.not(part)
            }
            Node::Leaf(leaf) => self.leaf(leaf, scope.reading),
            Node::Segment(node) => self.segment(&node.segment),
            Node::List(node) => self.unit_in_list(&node.list),
            Node::Split(node) => self.gate(&node.split, scope),
            Node::Flag(node) => self.flag_is(&node.flag, &node.test),
            // Programs are refused by the checks.
            Node::Unknown(_) | Node::Program(_) => self.add(Expression::Unknown),
        }
    }

    fn each(&mut self, children: &'a [model::Expression], scope: Scope<'_>) -> Vec<ExpressionId> {
        children
            .iter()
            .map(|child| self.expression(child, scope))
            .collect()
    }

    fn segment(&mut self, id: &'a str) -> ExpressionId {
        if let Some(known) = self.segments.get(id) {
            return *known;
        }
        let Some(segment) = self.ruleset.segments.get(id) else {
            return self.never();
        };
        let lowered = self.expression(
            &segment.when,
            Scope {
                salt: "",
                unit: "user",
                reading: Reading::of(segment.dialect.as_ref()),
            },
        );
        self.segments.insert(id, lowered);
        // What says nothing by itself is shared by conditions that have nothing to do with the segment.
        if !self.says_nothing(lowered) {
            self.lowered
                .segments
                .entry(lowered)
                .or_insert_with(|| id.to_owned());
        }
        lowered
    }
}

impl Lowering<'_> {
    fn says_nothing(&self, expression: ExpressionId) -> bool {
        let expressions = &self.lowered.program.expressions;
        match expressions.get(expression as usize) {
            Some(Expression::All(parts) | Expression::Any(parts)) => parts.is_empty(),
            Some(Expression::Unknown) | None => true,
            Some(_) => false,
        }
    }
}

/// A special end; a miss has none.
fn special(special: model::Special) -> Option<Outcome> {
    Some(match special {
        model::Special::CodeDefault => Outcome::CodeDefault,
        model::Special::Null => Outcome::Null,
        model::Special::Error => Outcome::Error,
        model::Special::Miss => return None,
    })
}

fn variant(flag: &model::Flag, name: &str) -> Outcome {
    flag.variants
        .get_index_of(name)
        .map_or(Outcome::Error, |i| Outcome::Variant(index(i)))
}

fn to(outcome: Outcome) -> Target {
    Target::Outcome(outcome)
}

/// Tables are far smaller than 2^32: a flag is at most 1 MiB, and there are 5 000.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
