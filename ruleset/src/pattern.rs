//! The engine for regular expressions as plans spell them.
//!
//! A plan carries patterns in one plain spelling, see `spell` and `docs/plan-format.md`: classes are ranges, flags
//! are resolved. What is left is small enough for an engine without tables, so that a Worker which evaluates
//! patterns need not carry the one that reads them.

mod parse;
mod program;
mod run;
mod set;
mod tree;

use program::Program;

pub(crate) use set::Named;

/// A pattern that is ready to be asked.
#[derive(Debug)]
pub(crate) struct Pattern(Program);

impl Pattern {
    /// Reads a spelled pattern; nothing, when it is spelled in another way or too long.
    pub(crate) fn read(spelled: &str) -> Option<Pattern> {
        let pattern = parse::parse(spelled)?;
        Program::of(pattern).map(Pattern)
    }

    /// Whether it matches anywhere in a text; nothing, when telling would take too long.
    pub(crate) fn is_match(&self, text: &str) -> Option<bool> {
        run::search(&self.0, text)
    }
}

#[cfg(test)]
mod tests;
