//! From a program to plan bytes; `docs/plan-format.md` describes them.
//!
//! Equal programs give equal bytes. What several flags share is written once, and rows are
//! numbered in the order in which a reader meets them, so that most references are zeros.

mod bytes;
mod codes;
mod columns;
mod ends;
mod numbering;
mod numbers;
mod operands;
mod texts;

use crate::program::Program;
use columns::Columns;
use numbering::Numbering;

/// Plan bytes, and where the parts of the program went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    /// The plan's number of each expression of the program; [`UNUSED`] for what no flag uses.
    pub(crate) expressions: Vec<u32>,
    /// The plan's number of each list of the program; [`UNUSED`] for what no flag uses.
    pub(crate) lists: Vec<u32>,
}

/// Stands for the number of something that the plan does not carry.
pub(crate) const UNUSED: u32 = u32::MAX;

/// Writes the plan of a program.
pub(crate) fn encode(program: &Program) -> Encoded {
    let numbering = Numbering::new(program);
    let mut columns = Columns::default();
    columns.fill(program, &numbering);
    let leaves = numbering.leaf_count();
    Encoded {
        bytes: columns.into_bytes(leaves),
        expressions: numbering.expressions(program.expressions.len()),
        lists: numbering.lists(program.lists.len()),
    }
}

/// The number of a row; plans count in 32 bits.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(UNUSED)
}
