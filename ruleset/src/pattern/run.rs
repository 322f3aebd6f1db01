//! Runs a program over a text.
//!
//! The machine tries one way after the other and notes where each step has failed, so that none is gone twice: the
//! time is at most that of every step at every position. Only where a pattern asks what a group has matched, or
//! where a part is a run of its own, a way may be gone again; then steps are counted.

use super::parse::Place;
use super::program::{Program, Step};

/// Steps that may be taken where none are spared.
const MAX_STEPS: u32 = 4_000_000;
/// Bits of the greatest note: 8 MiB.
const MAX_NOTES: usize = 1 << 26;

/// A slot that nothing was put into.
const NEVER: usize = usize::MAX;

/// Whether the program matches anywhere; nothing, when that would take too long to tell.
pub(super) fn search(program: &Program, text: &str) -> Option<bool> {
    let text: Vec<char> = text.chars().collect();
    let width = text.len() + 1;
    let notes = if program.has_memory {
        0
    } else {
        program.steps.len().checked_mul(width)?
    };
    if notes > MAX_NOTES {
        return None;
    }
    let is_counted = program.has_memory || program.has_parts;
    let mut machine = Machine {
        program,
        width,
        failed: Bits::new(notes),
        proven: Bits::new(if program.has_parts { notes } else { 0 }),
        slots: vec![NEVER; program.slots],
        left: is_counted.then_some(MAX_STEPS),
        text,
    };
    let is_anchored = matches!(program.steps.first(), Some(Step::At(Place::StartOfText)));
    let starts = if is_anchored { 1 } else { width };
    for start in 0..starts {
        if machine.run(0, start, Aim::Any).ok()?.is_some() {
            return Some(true);
        }
    }
    Some(false)
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
    /// Steps that may still be taken, where they are counted.
    left: Option<u32>,
}

/// It takes too long.
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
    Slots(Vec<usize>),
}

/// The ways of one run.
#[derive(Default)]
struct Ways {
    back: Vec<Back>,
    /// The notes of the way that is being gone.
    trail: Vec<usize>,
    /// The notes of all ways.
    all: Vec<usize>,
}

impl Machine<'_> {
    /// The end of a match that begins here.
    fn run(&mut self, step: usize, at: usize, aim: Aim) -> Result<Option<usize>, TooLong> {
        let mut ways = Ways::default();
        ways.back.push(Back::Try { step, at, trail: 0 });
        while let Some(back) = ways.back.pop() {
            match back {
                Back::Slot(slot, value) => self.put(slot, value),
                Back::Slots(slots) => self.slots = slots,
                Back::Try { step, at, trail } => {
                    ways.trail.truncate(trail);
                    if let Some(end) = self.go(step, at, aim, &mut ways)? {
                        self.settle(&ways, aim);
                        return Ok(Some(end));
                    }
                }
            }
        }
        Ok(None)
    }

    /// A success ends a run before all ways were gone, so nothing it noted on the way is sure to fail.
    fn settle(&mut self, ways: &Ways, aim: Aim) {
        for note in &ways.all {
            self.failed.clear(*note);
        }
        if aim == Aim::Look {
            for note in &ways.trail {
                self.proven.set(*note);
            }
        }
    }

    /// Goes one way to its end.
    fn go(
        &mut self,
        mut step: usize,
        mut at: usize,
        aim: Aim,
        ways: &mut Ways,
    ) -> Result<Option<usize>, TooLong> {
        loop {
            if let Some(left) = &mut self.left {
                *left = left.checked_sub(1).ok_or(TooLong)?;
            }
            if !self.program.has_memory {
                let note = step * self.width + at;
                if aim == Aim::Look && self.proven.has(note) {
                    return Ok(Some(at));
                }
                if !self.failed.set(note) {
                    return Ok(None);
                }
                if aim != Aim::Any {
                    ways.trail.push(note);
                    ways.all.push(note);
                }
            }
            let Some(current) = self.program.steps.get(step) else {
                return Ok(None);
            };
            let next = match *current {
                Step::End => return Ok(Some(at)),
                Step::Char(wanted) => self
                    .consumed(at, |char| char == wanted)
                    .map(|at| (step + 1, at)),
                Step::Set(index) => {
                    let set = self.program.sets.get(index);
                    let is_in = |char| set.is_some_and(|set| set.has(char));
                    self.consumed(at, is_in).map(|at| (step + 1, at))
                }
                Step::At(place) => self.is_at(place, at).then_some((step + 1, at)),
                Step::Jump(target) => Some((target, at)),
                Step::Fork(first, second) => {
                    let trail = ways.trail.len();
                    ways.back.push(Back::Try {
                        step: second,
                        at,
                        trail,
                    });
                    Some((first, at))
                }
                Step::Save(slot) => {
                    ways.back.push(Back::Slot(slot, self.slot(slot)));
                    self.put(slot, at);
                    Some((step + 1, at))
                }
                Step::Moved(slot) => (self.slot(slot) != at).then_some((step + 1, at)),
                Step::Same(group) => self.same(group, at).map(|at| (step + 1, at)),
                Step::Has(group) => (self.slot(2 * group) != NEVER).then_some((step + 1, at)),
                Step::Look { .. } | Step::Atomic { .. } | Step::If { .. } => {
                    self.part(*current, step + 1, at, ways)?
                }
            };
            match next {
                Some((to, position)) => (step, at) = (to, position),
                None => return Ok(None),
            }
        }
    }

    /// Runs a part, and tells where to go on.
    fn part(
        &mut self,
        step: Step,
        body: usize,
        at: usize,
        ways: &mut Ways,
    ) -> Result<Option<(usize, usize)>, TooLong> {
        let before = self.program.has_memory.then(|| self.slots.clone());
        let (found, next) = match step {
            Step::Look {
                back,
                is_negated,
                next,
            } => {
                let found = match at.checked_sub(back) {
                    Some(from) => self.run(body, from, Aim::Look)?,
                    None => None,
                };
                let next = (found.is_some() != is_negated).then_some((next, at));
                if is_negated
                    && found.is_some()
                    && let Some(before) = before
                {
                    self.slots = before;
                    return Ok(next);
                }
                (found, next)
            }
            Step::If { yes, no } => {
                let found = self.run(body, at, Aim::First)?;
                (found, Some(found.map_or((no, at), |end| (yes, end))))
            }
            Step::Atomic { next } => {
                let found = self.run(body, at, Aim::First)?;
                (found, found.map(|end| (next, end)))
            }
            _ => (None, None),
        };
        if let (Some(_), Some(before)) = (found, before) {
            ways.back.push(Back::Slots(before));
        }
        Ok(next)
    }

    fn consumed(&self, at: usize, is_wanted: impl FnOnce(char) -> bool) -> Option<usize> {
        is_wanted(*self.text.get(at)?).then_some(at + 1)
    }

    fn same(&self, group: usize, at: usize) -> Option<usize> {
        let (first, end) = (self.slot(2 * group), self.slot(2 * group + 1));
        let wanted = self.text.get(first..end)?;
        self.text
            .get(at..)?
            .starts_with(wanted)
            .then_some(at + wanted.len())
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
