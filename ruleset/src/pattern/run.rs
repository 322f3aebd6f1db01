//! Runs a program over a text.
//!
//! The machine tries one way after the other and notes where each step has failed, so that none is gone twice.
//! Only where a pattern asks what a group has matched, or where a part is a run of its own, a way may be gone again.
//! Steps are counted and everything that grows has a bound, so that no pattern and no text takes long or much memory.

use super::parse::Place;
use super::program::{Program, Step};

/// Steps that may be taken.
const MAX_STEPS: usize = 4_000_000;
/// Bits of all notes: 1 MiB.
const MAX_NOTES: usize = 1 << 23;
/// What there may be to go back to: 1 MiB, in Workers half of it.
const MAX_BACK: usize = 1 << 15;
/// Notes that a part may have to take back: 512 KiB, in Workers half of it.
const MAX_TRAIL: usize = 1 << 16;

/// A slot that nothing was put into.
const NEVER: usize = usize::MAX;

/// Whether the program matches anywhere; nothing, when that would take too long or too much memory to tell.
pub(super) fn search(program: &Program, text: &str) -> Option<bool> {
    Machine::new(program, text)?.search().ok()
}

/// The steps that a search takes, and the bytes that it holds in the end, natively.
#[cfg(test)]
pub(super) fn cost(program: &Program, text: &str) -> (usize, usize) {
    let Some(mut machine) = Machine::new(program, text) else {
        return (0, 0);
    };
    let _ = machine.search();
    let words = machine.failed.0.len() + machine.proven.0.len();
    let notes = machine.trail.capacity() + machine.all.capacity();
    let back = machine.back.capacity() * size_of::<Back>();
    let others = 8 * (words + notes + machine.slots.capacity());
    (MAX_STEPS - machine.left, others + back)
}

struct Machine<'p> {
    program: &'p Program,
    text: Vec<char>,
    /// Positions in the text.
    width: usize,
    /// Steps and positions from which there is no match.
    failed: Bits,
    /// Those from which there is one, in parts that only look.
    proven: Bits,
    slots: Vec<usize>,
    /// Steps that may still be taken.
    left: usize,
    /// What to go back to, of all runs that lie in each other; and so are these.
    back: Vec<Back>,
    /// The notes of the way that is being gone, in parts.
    trail: Vec<usize>,
    /// The notes of all ways, in parts of programs that may idle.
    all: Vec<usize>,
}

/// It takes too long, or too much memory.
struct TooLong;

/// What is wanted of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// Whether there is a match.
    Any,
    /// The same, in a part that may be looked at again.
    Look,
    /// The end of the first match.
    First,
}

/// What to go back to.
enum Back {
    Try {
        step: usize,
        at: usize,
        /// How long the trail was there.
        trail: usize,
    },
    Slot(usize, usize),
}

impl<'p> Machine<'p> {
    /// A machine that has not begun; nothing, when its notes would be too long.
    fn new(program: &'p Program, text: &str) -> Option<Machine<'p>> {
        let text: Vec<char> = text.chars().collect();
        let width = text.len() + 1;
        let notes = if program.has_memory {
            0
        } else {
            program.steps.len().checked_mul(width)?
        };
        let proofs = if program.has_parts { notes } else { 0 };
        (notes.checked_add(proofs)? <= MAX_NOTES).then(|| Machine {
            program,
            width,
            failed: Bits::new(notes),
            proven: Bits::new(proofs),
            slots: vec![NEVER; program.slots],
            left: MAX_STEPS,
            back: Vec::new(),
            trail: Vec::new(),
            all: Vec::new(),
            text,
        })
    }

    fn search(&mut self) -> Result<bool, TooLong> {
        let is_anchored = matches!(
            self.program.steps.first(),
            Some(Step::At(Place::StartOfText))
        );
        let starts = if is_anchored { 1 } else { self.width };
        for start in 0..starts {
            if self.run(0, start, Aim::Any)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The end of a match that begins here.
    fn run(&mut self, step: usize, at: usize, aim: Aim) -> Result<Option<usize>, TooLong> {
        let (back, trail, all) = (self.back.len(), self.trail.len(), self.all.len());
        self.back.push(Back::Try { step, at, trail });
        let mut end = None;
        while end.is_none()
            && self.back.len() > back
            && let Some(next) = self.back.pop()
        {
            match next {
                Back::Slot(slot, value) => self.put(slot, value),
                Back::Try { step, at, trail } => {
                    self.trail.truncate(trail);
                    end = self.go(step, at, aim)?;
                }
            }
        }
        if end.is_some() {
            self.settle(back, trail, all, aim);
        }
        self.trail.truncate(trail);
        self.all.truncate(all);
        Ok(end)
    }

    /// A success ends a run before all ways were gone, so what it noted on its way is not sure to fail; neither is
    /// what failed because that way had been there, which only happens where loops may idle.
    fn settle(&mut self, back: usize, trail: usize, all: usize, aim: Aim) {
        for note in self.trail.iter().skip(trail) {
            self.failed.clear(*note);
            if aim == Aim::Look {
                self.proven.set(*note);
            }
        }
        for note in self.all.iter().skip(all) {
            self.failed.clear(*note);
        }
        // No other way is tried any more; what groups held is still to be put back.
        let mut kept = back;
        for index in back..self.back.len() {
            if matches!(self.back.get(index), Some(Back::Slot(..))) {
                self.back.swap(kept, index);
                kept += 1;
            }
        }
        self.back.truncate(kept);
    }

    fn spend(&mut self, steps: usize) -> Result<(), TooLong> {
        self.left = self.left.checked_sub(steps).ok_or(TooLong)?;
        Ok(())
    }

    fn push(&mut self, back: Back) -> Result<(), TooLong> {
        self.back.push(back);
        (self.back.len() <= MAX_BACK).then_some(()).ok_or(TooLong)
    }

    /// Notes that a step is tried from a place; false, when it was before.
    fn note(&mut self, note: usize, aim: Aim) -> Result<bool, TooLong> {
        if !self.failed.set(note) {
            return Ok(false);
        }
        if aim != Aim::Any {
            self.trail.push(note);
            if self.program.may_idle {
                self.all.push(note);
            }
        }
        let notes = self.trail.len() + self.all.len();
        (notes <= MAX_TRAIL).then_some(true).ok_or(TooLong)
    }

    /// Goes one way to its end.
    fn go(&mut self, mut step: usize, mut at: usize, aim: Aim) -> Result<Option<usize>, TooLong> {
        loop {
            self.spend(1)?;
            if !self.program.has_memory {
                let note = step * self.width + at;
                if aim == Aim::Look && self.proven.has(note) {
                    return Ok(Some(at));
                }
                if !self.note(note, aim)? {
                    return Ok(None);
                }
            }
            let Some(current) = self.program.steps.get(step) else {
                return Ok(None);
            };
            let next = match *current {
                Step::End => return Ok(Some(at)),
                Step::Look { .. } | Step::Atomic { .. } | Step::If { .. } => {
                    self.part(*current, step + 1, at)?
                }
                current => self.step(current, step + 1, at)?,
            };
            match next {
                Some((to, position)) => (step, at) = (to, position),
                None => return Ok(None),
            }
        }
    }

    /// Takes a step that is no part, and tells where to go on.
    fn step(
        &mut self,
        step: Step,
        next: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, TooLong> {
        Ok(match step {
            Step::Char(wanted) => self
                .consumed(at, |char| char == wanted)
                .map(|at| (next, at)),
            Step::Set(index) => {
                let set = self.program.sets.get(index);
                let is_in = |char| set.is_some_and(|set| set.has(char));
                self.consumed(at, is_in).map(|at| (next, at))
            }
            Step::At(place) => self.is_at(place, at).then_some((next, at)),
            Step::Jump(target) => Some((target, at)),
            Step::Fork(first, step) => {
                let trail = self.trail.len();
                self.push(Back::Try { step, at, trail })?;
                Some((first, at))
            }
            Step::Save(slot) => {
                self.push(Back::Slot(slot, self.slot(slot)))?;
                self.put(slot, at);
                Some((next, at))
            }
            Step::Moved(slot) => (self.slot(slot) != at).then_some((next, at)),
            Step::Idle { slot, end } if self.slot(slot) == at => Some((end, at)),
            Step::Idle { .. } => Some((next, at)),
            Step::Same(group) => self.same(group, at)?.map(|at| (next, at)),
            Step::Has(group) => (self.slot(2 * group) != NEVER).then_some((next, at)),
            Step::Look { .. } | Step::Atomic { .. } | Step::If { .. } | Step::End => None,
        })
    }

    /// Runs a part, and tells where to go on.
    fn part(
        &mut self,
        step: Step,
        body: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, TooLong> {
        Ok(match step {
            Step::Look {
                back,
                is_negated,
                next,
            } => {
                let before = self.back.len();
                let found = match at.checked_sub(back) {
                    Some(from) => self.run(body, from, Aim::Look)?,
                    None => None,
                };
                if is_negated {
                    self.put_back(before);
                }
                (found.is_some() != is_negated).then_some((next, at))
            }
            Step::If { yes, no } => {
                let found = self.run(body, at, Aim::First)?;
                Some(found.map_or((no, at), |end| (yes, end)))
            }
            Step::Atomic { next } => {
                let found = self.run(body, at, Aim::First)?;
                found.map(|end| (next, end))
            }
            _ => None,
        })
    }

    /// Puts slots back, until there is no more than this to go back to.
    fn put_back(&mut self, least: usize) {
        while self.back.len() > least
            && let Some(Back::Slot(slot, value)) = self.back.pop()
        {
            self.put(slot, value);
        }
    }

    fn consumed(&self, at: usize, is_wanted: impl FnOnce(char) -> bool) -> Option<usize> {
        is_wanted(*self.text.get(at)?).then_some(at + 1)
    }

    fn same(&mut self, group: usize, at: usize) -> Result<Option<usize>, TooLong> {
        let (first, end) = (self.slot(2 * group), self.slot(2 * group + 1));
        self.spend(end.saturating_sub(first).min(self.width))?;
        Ok(self.text.get(first..end).and_then(|wanted| {
            let is_here = self.text.get(at..)?.starts_with(wanted);
            is_here.then_some(at + wanted.len())
        }))
    }

    fn is_at(&self, place: Place, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.text.get(before));
        let after = self.text.get(at);
        let is_word = |char: Option<&char>| {
            char.zip(self.program.word.as_ref())
                .is_some_and(|(char, word)| word.has(*char))
        };
        match place {
            Place::StartOfText => at == 0,
            Place::EndOfText => after.is_none(),
            Place::StartOfLine => before.is_none_or(|char| *char == '\n'),
            Place::EndOfLine => after.is_none_or(|char| *char == '\n'),
            Place::WordBoundary => is_word(before) != is_word(after),
            Place::NoWordBoundary => is_word(before) == is_word(after),
        }
    }

    fn slot(&self, slot: usize) -> usize {
        self.slots.get(slot).copied().unwrap_or(NEVER)
    }

    fn put(&mut self, slot: usize, value: usize) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }
}

struct Bits(Vec<u64>);

impl Bits {
    fn new(bits: usize) -> Bits {
        Bits(vec![0; bits.div_ceil(64)])
    }

    fn has(&self, bit: usize) -> bool {
        self.0
            .get(bit / 64)
            .is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }

    /// Sets a bit, and tells whether it was not set.
    fn set(&mut self, bit: usize) -> bool {
        let Some(word) = self.0.get_mut(bit / 64) else {
            return false;
        };
        let before = *word;
        *word |= 1 << (bit % 64);
        *word != before
    }

    fn clear(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / 64) {
            *word &= !(1 << (bit % 64));
        }
    }
}
