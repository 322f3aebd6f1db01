//! Turns a tree into steps.

use super::parse::{Node, Place};
use super::set::{Named, Set};

/// Steps of the longest program.
const MAX_STEPS: usize = 1 << 18;

/// What a machine runs, see `run`.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) sets: Vec<Set>,
    /// The characters of words, where a boundary asks for them.
    pub(super) word: Option<Set>,
    /// Places to remember positions in.
    pub(super) slots: usize,
    /// Whether anything asks what a group has matched: then a step may fare differently from the same place.
    pub(super) has_memory: bool,
    /// Whether parts are runs of their own.
    pub(super) has_parts: bool,
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
    pub(super) fn of(node: &Node) -> Option<Program> {
        let has_memory = any(node, &|node| matches!(node, Node::Same(_) | Node::Has(_)));
        let has_parts = any(node, &|node| {
            matches!(node, Node::Look { .. } | Node::Atomic(_) | Node::If { .. })
        });
        let is_boundary =
            |place: &Place| matches!(place, Place::WordBoundary | Place::NoWordBoundary);
        let has_words = any(
            node,
            &|node| matches!(node, Node::At(place) if is_boundary(place)),
        );
        let mut groups = 0;
        count_groups(node, &mut groups);
        let mut program = Program {
            steps: Vec::new(),
            sets: Vec::new(),
            word: has_words.then(|| Set::of(Named::Word.ranges(), false)),
            slots: 2 * (groups + 1),
            has_memory,
            has_parts,
        };
        program.emit(node)?;
        program.push(Step::End)?;
        Some(program)
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        let at = self.steps.len();
        self.steps.push(step);
        (at < MAX_STEPS).then_some(at)
    }

    fn here(&self) -> usize {
        self.steps.len()
    }

    fn set(&mut self, at: usize, step: Step) {
        if let Some(place) = self.steps.get_mut(at) {
            *place = step;
        }
    }

    fn emit(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Char(char) => self.push(Step::Char(*char)).map(drop),
            Node::Set(set) => {
                let known = self.sets.iter().position(|known| known == set);
                let index = known.unwrap_or_else(|| {
                    self.sets.push(set.clone());
                    self.sets.len() - 1
                });
                self.push(Step::Set(index)).map(drop)
            }
            Node::At(place) => self.push(Step::At(*place)).map(drop),
            Node::Same(group) => self.push(Step::Same(*group)).map(drop),
            Node::Has(group) => self.push(Step::Has(*group)).map(drop),
            Node::Concat(parts) => parts.iter().try_for_each(|part| self.emit(part)),
            Node::Either(branches) => self.either(branches),
            Node::Group(_, node) if !self.has_memory => self.emit(node),
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
            } => self.repeat(node, *least, *most, *is_greedy),
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

    fn repeat(
        &mut self,
        node: &Node,
        least: usize,
        most: Option<usize>,
        is_greedy: bool,
    ) -> Option<()> {
        let fork = |inside, outside| {
            if is_greedy {
                Step::Fork(inside, outside)
            } else {
                Step::Fork(outside, inside)
            }
        };
        let Some(most) = most else {
            return self.endless(node, least, fork);
        };
        for _ in 0..least {
            self.emit(node)?;
        }
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

    /// A loop without an end. Where groups are remembered, a round that goes nowhere never was.
    fn endless(
        &mut self,
        node: &Node,
        least: usize,
        fork: impl Fn(usize, usize) -> Step,
    ) -> Option<()> {
        let rounds_before = if self.has_memory {
            least
        } else {
            least.saturating_sub(1)
        };
        for _ in 0..rounds_before {
            self.emit(node)?;
        }
        if least > 0 && !self.has_memory {
            let body = self.here();
            self.emit(node)?;
            let at = self.push(Step::End)?;
            self.set(at, fork(body, at + 1));
            return Some(());
        }
        let at = self.push(Step::End)?;
        if self.has_memory {
            let slot = self.slots;
            self.slots += 1;
            self.push(Step::Save(slot))?;
            self.emit(node)?;
            self.push(Step::Moved(slot))?;
        } else {
            self.emit(node)?;
        }
        let end = self.push(Step::Jump(at))? + 1;
        self.set(at, fork(at + 1, end));
        Some(())
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

/// How many characters every match has, where that is one number.
fn width(node: &Node) -> Option<usize> {
    match node {
        Node::Char(_) | Node::Set(_) => Some(1),
        Node::At(_) | Node::Look { .. } | Node::Has(_) => Some(0),
        Node::Concat(parts) => parts
            .iter()
            .try_fold(0_usize, |sum, part| sum.checked_add(width(part)?)),
        Node::Either(branches) => {
            let mut widths = branches.iter().map(width);
            let first = widths.next()??;
            widths.all(|width| width == Some(first)).then_some(first)
        }
        Node::Group(_, node) | Node::Atomic(node) => width(node),
        Node::Repeat {
            node, least, most, ..
        } => {
            let once = width(node)?;
            let is_fixed = *most == Some(*least);
            is_fixed.then(|| once.checked_mul(*least)).flatten()
        }
        Node::Same(_) => None,
        Node::If { condition, yes, no } => {
            let yes = width(condition)?.checked_add(width(yes)?)?;
            (width(no)? == yes).then_some(yes)
        }
    }
}

fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::Concat(parts) | Node::Either(parts) => parts.iter().collect(),
        Node::Group(_, node)
        | Node::Atomic(node)
        | Node::Repeat { node, .. }
        | Node::Look { node, .. } => vec![node],
        Node::If { condition, yes, no } => vec![condition, yes, no],
        Node::Char(_) | Node::Set(_) | Node::At(_) | Node::Same(_) | Node::Has(_) => Vec::new(),
    }
}

fn any(node: &Node, is: &dyn Fn(&Node) -> bool) -> bool {
    is(node) || children(node).into_iter().any(|child| any(child, is))
}

fn count_groups(node: &Node, greatest: &mut usize) {
    match node {
        Node::Group(group, _) | Node::Same(group) | Node::Has(group) => {
            *greatest = (*greatest).max(*group);
        }
        _ => {}
    }
    for child in children(node) {
        count_groups(child, greatest);
    }
}
