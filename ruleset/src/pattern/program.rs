//! Turns a tree into steps.

use super::parse::{Idle, Node, Pattern, Place};
use super::set::{Named, Set};
use super::tree::{any, width};

/// Steps of the longest program.
const MAX_STEPS: usize = 1 << 16;
/// Nodes that are turned into steps, each as often as it is: those that become none count too.
const MAX_NODES: usize = 4 * MAX_STEPS;

/// What a machine runs, see `run`.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) sets: Vec<Set>,
    /// The characters of words, where a boundary asks for them.
    pub(super) word: Option<Set>,
    /// Places to remember positions in.
    pub(super) slots: usize,
    /// Whether a step may fare differently from the same place: where something asks what a group has matched, or
    /// where the first match counts and a loop asks where its round began.
    pub(super) has_memory: bool,
    /// Whether parts are runs of their own.
    pub(super) has_parts: bool,
    /// Whether a loop may come back to where it was, at the same place of the text.
    pub(super) may_idle: bool,
}

/// A program that is being written.
struct Writer {
    program: Program,
    /// Nodes that may still be turned into steps.
    left: usize,
    /// The first slot of loops: those that lie in each other have one each.
    loop_slot: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Char(char),
    /// One character of a set, by its index.
    Set(usize),
    At(Place),
    Jump(usize),
    /// The first, and when that fails the second.
    Fork(usize, usize),
    /// Puts the position into a slot.
    Save(usize),
    /// Fails where a slot holds this position: a round of a loop that went nowhere.
    Moved(usize),
    /// Goes elsewhere where a slot holds this position.
    Idle {
        slot: usize,
        end: usize,
    },
    Same(usize),
    Has(usize),
    /// A part, which stands behind this step and ends with `End`, looked at from so many characters before.
    Look {
        back: usize,
        is_negated: bool,
        next: usize,
    },
    /// A part, of which only the first match counts.
    Atomic {
        next: usize,
    },
    /// A part, with steps for its success and its failure.
    If {
        yes: usize,
        no: usize,
    },
    End,
}

impl Program {
    /// The program of a pattern; nothing, when it is too long or looks behind for no fixed number of characters.
    pub(super) fn of(pattern: Pattern) -> Option<Program> {
        let Pattern { node, sets, groups } = pattern;
        let asks = any(&node, &|node| matches!(node, Node::Same(_) | Node::Has(_)));
        let takes_first = any(&node, &|node| {
            matches!(node, Node::Atomic(_) | Node::If { .. })
        });
        let fails_idle = any(
            &node,
            &|node| matches!(node, Node::Repeat { idle, .. } if *idle == Idle::Fails),
        );
        let has_parts = any(&node, &|node| {
            matches!(node, Node::Look { .. } | Node::Atomic(_) | Node::If { .. })
        });
        let may_idle = any(
            &node,
            &|node| matches!(node, Node::Repeat { idle, .. } if *idle != Idle::Never),
        );
        let is_boundary =
            |place: &Place| matches!(place, Place::WordBoundary | Place::NoWordBoundary);
        let has_words = any(
            &node,
            &|node| matches!(node, Node::At(place) if is_boundary(place)),
        );
        let slots = groups.checked_add(1)?.checked_mul(2)?;
        let mut writer = Writer {
            program: Program {
                steps: Vec::new(),
                sets,
                word: has_words.then(|| Set::of(Named::Word.ranges(), false)),
                slots,
                has_memory: asks || takes_first && fails_idle,
                has_parts,
                may_idle,
            },
            left: MAX_NODES,
            loop_slot: slots,
        };
        writer.emit(&node)?;
        writer.push(Step::End)?;
        Some(writer.program)
    }
}

impl Writer {
    fn push(&mut self, step: Step) -> Option<usize> {
        let at = self.program.steps.len();
        self.program.steps.push(step);
        (at < MAX_STEPS).then_some(at)
    }

    fn here(&self) -> usize {
        self.program.steps.len()
    }

    fn set(&mut self, at: usize, step: Step) {
        if let Some(place) = self.program.steps.get_mut(at) {
            *place = step;
        }
    }

    fn emit(&mut self, node: &Node) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        match node {
            Node::Char(char) => self.push(Step::Char(*char)).map(drop),
            Node::Set(set) => self.push(Step::Set(*set)).map(drop),
            Node::At(place) => self.push(Step::At(*place)).map(drop),
            Node::Same(group) => self.push(Step::Same(*group)).map(drop),
            Node::Has(group) => self.push(Step::Has(*group)).map(drop),
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.emit(part)),
            Node::Either(branches) => self.either(branches),
            Node::Group(_, node) if !self.program.has_memory => self.emit(node),
            Node::Group(group, node) => {
                self.push(Step::Save(2 * group))?;
                self.emit(node)?;
                self.push(Step::Save(2 * group + 1)).map(drop)
            }
            Node::Repeat {
                node,
                least,
                most,
                is_greedy,
                idle,
            } => {
                let fork = |inside, outside| match is_greedy {
                    true => Step::Fork(inside, outside),
                    false => Step::Fork(outside, inside),
                };
                match most {
                    Some(most) => self.repeat(node, *least, *most, fork),
                    None => self.endless(node, *least, *idle, fork),
                }
            }
            Node::Look {
                node,
                is_behind,
                is_negated,
            } => self.look(node, *is_behind, *is_negated),
            Node::Atomic(node) => {
                let at = self.push(Step::End)?;
                self.part(node)?;
                let next = self.here();
                self.set(at, Step::Atomic { next });
                Some(())
            }
            Node::If { condition, yes, no } => self.condition(condition, yes, no),
        }
    }

    fn part(&mut self, node: &Node) -> Option<()> {
        self.emit(node)?;
        self.push(Step::End).map(drop)
    }

    fn either(&mut self, branches: &[Node]) -> Option<()> {
        let mut ends = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            if index + 1 == branches.len() {
                self.emit(branch)?;
                break;
            }
            let fork = self.push(Step::End)?;
            self.emit(branch)?;
            ends.push(self.push(Step::End)?);
            let next = self.here();
            self.set(fork, Step::Fork(fork + 1, next));
        }
        let end = self.here();
        for at in ends {
            self.set(at, Step::Jump(end));
        }
        Some(())
    }

    /// So many times; what is nothing once is nothing any number of times.
    fn times(&mut self, node: &Node, times: usize) -> Option<()> {
        for _ in 0..times {
            let before = self.here();
            self.emit(node)?;
            if self.here() == before {
                break;
            }
        }
        Some(())
    }

    fn repeat(
        &mut self,
        node: &Node,
        least: usize,
        most: usize,
        fork: impl Fn(usize, usize) -> Step,
    ) -> Option<()> {
        self.times(node, least)?;
        let mut forks = Vec::new();
        for _ in least..most {
            forks.push(self.push(Step::End)?);
            self.emit(node)?;
        }
        let end = self.here();
        for at in forks {
            self.set(at, fork(at + 1, end));
        }
        Some(())
    }

    /// A loop without an end.
    fn endless(
        &mut self,
        node: &Node,
        least: usize,
        idle: Idle,
        fork: impl Fn(usize, usize) -> Step,
    ) -> Option<()> {
        if idle != Idle::Fails && least > 0 {
            self.times(node, least - 1)?;
            return self.rounds(node, idle, fork);
        }
        self.times(node, least)?;
        if idle == Idle::Ends {
            let at = self.push(Step::End)?;
            self.rounds(node, idle, &fork)?;
            self.set(at, fork(at + 1, self.here()));
            return Some(());
        }
        let at = self.push(Step::End)?;
        let slot = (self.program.has_memory && idle == Idle::Fails).then(|| self.begin_loop());
        if let Some(slot) = slot {
            self.push(Step::Save(slot))?;
        }
        self.emit(node)?;
        if let Some(slot) = slot {
            self.loop_slot -= 1;
            self.push(Step::Moved(slot))?;
        }
        let end = self.push(Step::Jump(at))? + 1;
        self.set(at, fork(at + 1, end));
        Some(())
    }

    /// A round, and more of them.
    fn rounds(
        &mut self,
        node: &Node,
        idle: Idle,
        fork: impl Fn(usize, usize) -> Step,
    ) -> Option<()> {
        let body = self.here();
        if !self.program.has_memory || idle == Idle::Never {
            self.emit(node)?;
            let at = self.push(Step::End)?;
            self.set(at, fork(body, at + 1));
            return Some(());
        }
        // A first round that goes nowhere is the last one, a later one fails.
        let (begin, round) = (self.begin_loop(), self.begin_loop());
        self.push(Step::Save(begin))?;
        self.emit(node)?;
        self.loop_slot -= 2;
        let at = self.push(Step::End)?;
        let end = at + 4;
        self.set(at, Step::Idle { slot: begin, end });
        self.push(Step::Moved(round))?;
        self.push(Step::Save(round))?;
        self.push(fork(body + 1, end)).map(drop)
    }

    fn begin_loop(&mut self) -> usize {
        let slot = self.loop_slot;
        self.loop_slot += 1;
        self.program.slots = self.program.slots.max(self.loop_slot);
        slot
    }

    /// Looking behind one of several texts is looking behind each of them.
    fn look(&mut self, node: &Node, is_behind: bool, is_negated: bool) -> Option<()> {
        let back = match (is_behind, width(node)) {
            (false, _) => 0,
            (true, Some(back)) => back,
            (true, None) => {
                let Node::Either(branches) = node else {
                    return None;
                };
                let look = |node: &Node| Node::Look {
                    node: Box::new(node.clone()),
                    is_behind,
                    is_negated,
                };
                let looks = branches.iter().map(look).collect();
                return self.emit(&if is_negated {
                    Node::Concat(looks)
                } else {
                    Node::Either(looks)
                });
            }
        };
        let at = self.push(Step::End)?;
        self.part(node)?;
        let next = self.here();
        self.set(
            at,
            Step::Look {
                back,
                is_negated,
                next,
            },
        );
        Some(())
    }

    fn condition(&mut self, condition: &Node, yes: &Node, no: &Node) -> Option<()> {
        let at = self.push(Step::End)?;
        self.part(condition)?;
        let yes_at = self.here();
        self.emit(yes)?;
        let jump = self.push(Step::End)?;
        let no_at = self.here();
        self.emit(no)?;
        let end = self.here();
        self.set(jump, Step::Jump(end));
        self.set(
            at,
            Step::If {
                yes: yes_at,
                no: no_at,
            },
        );
        Some(())
    }
}
