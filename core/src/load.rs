//! From plan bytes to tables: every index, range, length and depth is checked here, once.

pub(crate) mod check;
mod columns;
mod depth;
mod reader;

use alloc::vec;
use alloc::vec::Vec;

use crate::error::{LoadError, LoadErrorKind};
use crate::layout::{COLUMNS, MAGIC, TABLES, Table, VERSION};
use crate::plan::{Needs, Plan};
use columns::Columns;
use reader::Reader;

/// How deeply conditions and prerequisites may nest together.
pub const MAX_DEPTH: u8 = 128;

impl Plan {
    /// Reads a plan.
    ///
    /// **Errors** a [`LoadError`] for anything but an exact, sound plan of a known version; a plan
    /// with operators or algorithms that this code lacks loads, and what uses them is unknown.
    ///
    /// **Complexity** linear in the length of the bytes; tables take about four times as much.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let mut reader = Reader::new(bytes);
        load(&mut reader)
            .map_err(|kind| LoadError::new(kind, bytes.len().saturating_sub(reader.rest.len())))
    }
}

fn load(reader: &mut Reader<'_>) -> Result<Plan, LoadErrorKind> {
    if reader.take(3) != MAGIC {
        return Err(LoadErrorKind::NotAPlan);
    }
    if reader.take(1) != [VERSION] {
        return Err(LoadErrorKind::TooNew);
    }
    let needs = Needs {
        operators: [reader.number(), reader.number()],
        algorithms: reader.number(),
    };
    let mut plan = Plan {
        needs,
        words: Vec::new(),
        bytes: Vec::new(),
        places: [[0; 2]; TABLES],
    };
    let words = lay_out(reader, &mut plan);
    let leaves = reader.number();
    let len = plan.count(Table::Bytes);
    plan.bytes = reader.take(len).into();
    if reader.is_bad {
        return Err(LoadErrorKind::Damaged);
    }
    plan.words = vec![0; usize::try_from(words).unwrap_or_default()];
    let mut columns = Columns::new(reader, plan, leaves);
    columns.read();
    if !columns.is_bad() {
        columns.check();
    }
    if columns.is_bad() {
        return Err(LoadErrorKind::Damaged);
    }
    if columns.is_too_deep() {
        return Err(LoadErrorKind::TooDeep);
    }
    Ok(columns.plan)
}

/// Reads how many rows each table has, lays the tables out and gives their size in words.
///
/// Every row takes a byte or more on the wire, so what the counts ask for is bounded by the length
/// of the plan.
#[inline(never)]
fn lay_out(reader: &mut Reader<'_>, plan: &mut Plan) -> u32 {
    let mut words = 0_u32;
    let mut rows = 0_u32;
    for (place, columns) in plan.places.iter_mut().zip(COLUMNS) {
        let count = reader.number();
        *place = [words, count];
        rows = rows.saturating_add(count);
        // One row more holds the ends of spans.
        let width = u32::try_from(columns.len()).unwrap_or_default();
        words = words.saturating_add(count.saturating_add(1).saturating_mul(width));
    }
    let left = u32::try_from(reader.rest.len()).unwrap_or(u32::MAX);
    reader.require(rows <= left && words < 1 << 30);
    words
}
