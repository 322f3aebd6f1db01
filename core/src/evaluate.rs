//! From a plan and a context to decisions.

mod condition;
mod draw;
mod leaf;
mod lenient;
pub(crate) mod text;

use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::decision::{Decision, NO_RULE, PackedOutcome, Reason};
use crate::host::{Host, Truth, Visitor};
use crate::layout::{Field, SHAPE, Table, bits};
use crate::plan::{Plan, Row};
use crate::{Algorithms, Context, OnUnknown};

/// What is known already about one context: every condition and flag is decided once.
///
/// **Shape** four bytes a condition and eight a flag. A memo belongs to one plan.
#[derive(Debug, Clone)]
pub struct Memo {
    /// An entry counts when it carries this number; raising it forgets everything.
    generation: u32,
    /// Generation and truth of each condition, then generation of each decision.
    stamps: Vec<u32>,
    decisions: Vec<u32>,
}

/// The room for a [`Truth`] under a generation.
const TRUTH_BITS: u32 = 2;

impl Memo {
    /// The memo of a plan without flags.
    pub const EMPTY: Self = Self {
        generation: 1,
        stamps: Vec::new(),
        decisions: Vec::new(),
    };

    /// An empty memo for a plan.
    pub fn new(plan: &Plan) -> Self {
        let len = |count: u32| usize::try_from(count).unwrap_or_default();
        let expressions = plan.count(Table::Expression);
        let flags = plan.count(Table::Flag);
        Self {
            generation: 1,
            stamps: vec![0; len(expressions.wrapping_add(flags))],
            decisions: vec![0; len(flags)],
        }
    }

    /// The packed decisions, in the order of the flags; those of flags that were not decided for
    /// the last context are of an earlier one.
    pub fn decisions(&self) -> &[u32] {
        &self.decisions
    }

    /// Forgets everything; call it when the context has changed.
    pub fn forget(&mut self) {
        self.generation = self.generation.wrapping_add(1) & (u32::MAX >> TRUTH_BITS);
        if self.generation == 0 {
            // Numbers are used up after a billion contexts, and start again from a clean table.
            self.stamps.fill(0);
            self.generation = 1;
        }
    }
}

/// One context's evaluation of a plan.
///
/// Evaluating never fails, allocates or panics, and recurses no deeper than
/// [`MAX_DEPTH`](crate::MAX_DEPTH) conditions. `A` is the set of bucketing algorithms that the artefact
/// carries.
///
/// ```no_run
/// use pennon_core::{AllAlgorithms, Context, Evaluation, Host, Memo, Plan};
/// # fn example(plan: &Plan, host: &impl Host) {
/// let context = Context::new(plan);
/// let mut memo = Memo::new(plan);
/// let mut evaluation = Evaluation::<AllAlgorithms, _>::new(plan, &context, host, &mut memo);
/// let decision = evaluation.decide(0);
/// # }
/// ```
#[derive(Debug)]
pub struct Evaluation<'a, A, H> {
    plan: &'a Plan,
    context: &'a Context,
    host: &'a H,
    memo: &'a mut Memo,
    /// How many conditions are being decided, one inside the other.
    depth: u32,
    algorithms: PhantomData<A>,
}

impl<'a, A: Algorithms, H: Host> Evaluation<'a, A, H> {
    /// Begins with a context that the memo has not seen.
    pub fn new(plan: &'a Plan, context: &'a Context, host: &'a H, memo: &'a mut Memo) -> Self {
        memo.forget();
        Self::resume(plan, context, host, memo)
    }

    /// Goes on with the context that the memo has seen last.
    pub fn resume(plan: &'a Plan, context: &'a Context, host: &'a H, memo: &'a mut Memo) -> Self {
        Self {
            plan,
            context,
            host,
            memo,
            depth: 0,
            algorithms: PhantomData,
        }
    }

    /// Decides a flag; one that the plan does not have is unknown.
    pub fn decide(&mut self, flag: u32) -> Decision {
        self.decide_with(flag, &mut ())
    }

    /// Decides every flag and gives the packed decisions in the order of the flags.
    pub fn decide_all(&mut self) -> &[u32] {
        for flag in 0..self.plan.flag_count() {
            self.decide(flag);
        }
        &self.memo.decisions
    }

    /// Decides a flag and tells the visitor how.
    ///
    /// What the memo knows is not told again; begin with [`new`](Self::new) to hear everything.
    pub fn decide_with<V: Visitor>(&mut self, flag: u32, visitor: &mut V) -> Decision {
        if flag >= self.plan.flag_count() {
            return Decision::new(PackedOutcome::NONE, Reason::Unknown, NO_RULE, false);
        }
        let at = usize::try_from(flag).unwrap_or(usize::MAX);
        let stamp = self.plan.count(Table::Expression).wrapping_add(flag);
        let decision = if self.stamp(stamp) >> TRUTH_BITS == self.memo.generation {
            Decision::from_bits(self.memo.decisions.get(at).copied().unwrap_or_default())
        } else {
            visitor.flag(flag);
            let decision = self.decide_anew(flag, visitor);
            if let Some(place) = self.memo.decisions.get_mut(at) {
                *place = decision.bits();
            }
            self.set_stamp(stamp, 0);
            decision
        };
        visitor.decided(flag, decision);
        decision
    }

    fn stamp(&self, at: u32) -> u32 {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        self.memo.stamps.get(at).copied().unwrap_or_default()
    }

    fn set_stamp(&mut self, at: u32, truth: u32) {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        if let Some(place) = self.memo.stamps.get_mut(at) {
            *place = (self.memo.generation << TRUTH_BITS) | truth;
        }
    }

    fn decide_anew<V: Visitor>(&mut self, flag: u32, visitor: &mut V) -> Decision {
        let row = self.plan.row(Table::Flag, flag);
        let &[flag_bits, prerequisites, _, off, _, _, start, end] = row;
        if flag_bits & bits::KILLED != 0 {
            return Decision::new(off, Reason::Killed, NO_RULE, false);
        }
        if flag_bits & bits::DISABLED != 0 {
            return Decision::new(off, Reason::Disabled, NO_RULE, false);
        }
        match self.holds(prerequisites, visitor) {
            Truth::False => {
                return Decision::new(off, Reason::PrerequisiteFailed, NO_RULE, false);
            }
            Truth::Unknown => return self.unknown(flag, NO_RULE),
            Truth::True => {}
        }
        let mut passed = if start == end {
            Reason::Static
        } else {
            Reason::Default
        };
        let mut undecided = None;
        let rules = self.plan.quads(Table::Rule, start, end);
        for (rule, &[when, target, rule_bits, _]) in (0..).zip(rules) {
            visitor.rule(flag, rule);
            let truth = self.holds(when, visitor);
            visitor.rule_condition(flag, rule, truth);
            if truth == Truth::False || A::HAS_OTHERS && skips(rule_bits, truth) {
                continue;
            }
            let stops = rule_bits & bits::STOP_ON_MISS != 0;
            let may_pass = A::HAS_OTHERS && rule_bits & bits::PASS_UNKNOWN != 0;
            let draw = self.draw(flag, row, target, visitor);
            match draw.miss() {
                Some(reason) if truth == Truth::True => {
                    visitor.missed(flag, Some(rule), reason);
                    passed = passed.max(reason);
                    if stops {
                        break;
                    }
                }
                // What draws nothing and goes on changes nothing, whether it matched or not.
                Some(Reason::OutOfRollout) if !stops && !may_pass => {}
                _ => match draw.outcome() {
                    Some(outcome) if truth == Truth::True => {
                        return rule_decision(outcome, target, rule_bits, rule);
                    }
                    _ if may_pass => undecided = undecided.or(Some(rule)),
                    _ => return self.unknown(flag, rule),
                },
            }
        }
        if let Some(rule) = undecided {
            return self.unknown(flag, rule);
        }
        self.fallthrough(flag, row, passed, visitor)
    }

    /// Whether an optional condition holds.
    fn holds<V: Visitor>(&mut self, condition: u32, visitor: &mut V) -> Truth {
        match condition.checked_sub(1) {
            Some(expression) => self.truth(expression, visitor),
            None => Truth::True,
        }
    }

    fn fallthrough<V: Visitor>(
        &mut self,
        flag: u32,
        row: &Row,
        passed: Reason,
        visitor: &mut V,
    ) -> Decision {
        if passed >= Reason::MissingUnit {
            return Decision::new(PackedOutcome::CODE_DEFAULT, passed, NO_RULE, false);
        }
        let &[flag_bits, _, _, _, target, ..] = row;
        let draw = self.draw(flag, row, target, visitor);
        let (outcome, reason) = match (draw.outcome(), draw.miss()) {
            (Some(PackedOutcome::ERROR), _) => (PackedOutcome::ERROR, Reason::Error),
            (Some(outcome), _) if target & SHAPE != 0 => (outcome, Reason::FallthroughSplit),
            (Some(outcome), _) => (outcome, passed),
            (None, Some(reason)) => {
                visitor.missed(flag, None, reason);
                (PackedOutcome::CODE_DEFAULT, reason)
            }
            (None, None) => return self.unknown(flag, NO_RULE),
        };
        let counts_exposure = flag_bits & bits::SILENT_FALLTHROUGH == 0;
        Decision::new(outcome, reason, NO_RULE, counts_exposure)
    }

    /// Not decidable here; a flag may ask for its off variant then.
    fn unknown(&self, flag: u32, rule: u32) -> Decision {
        let outcome = match self.plan.on_unknown(flag) {
            OnUnknown::Off => self.plan.cell(Field::FLAG_OFF, flag),
            OnUnknown::CodeDefault | OnUnknown::LastKnown => PackedOutcome::NONE,
        };
        Decision::new(outcome, Reason::Unknown, rule, false)
    }
}

/// Whether the rule counts an unknown condition as false.
fn skips(rule_bits: u32, truth: Truth) -> bool {
    rule_bits & bits::SKIP_UNKNOWN != 0 && truth == Truth::Unknown
}

fn rule_decision(outcome: u32, target: u32, rule_bits: u32, rule: u32) -> Decision {
    let reason = if outcome == PackedOutcome::ERROR {
        Reason::Error
    } else if rule_bits & bits::HOLDOUT != 0 {
        Reason::Holdout
    } else if target & SHAPE != 0 {
        Reason::Split
    } else {
        Reason::TargetingMatch
    };
    let counts_exposure = rule_bits & bits::SILENT == 0;
    Decision::new(outcome, reason, rule, counts_exposure)
}
