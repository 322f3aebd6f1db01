//! From plan bytes to tables: every index, range, length and depth is checked here, once.

pub(crate) mod check;
mod columns;
mod depth;
mod reader;

use alloc::vec;

use crate::error::{LoadError, LoadErrorKind};
use crate::layout::{MAGIC, TABLES, Table, VERSION};
use crate::plan::{Needs, Plan};
use columns::Columns;
use reader::Reader;

/// How deeply conditions and prerequisites may nest together.
pub const MAX_DEPTH: u32 = 128;

/// A check that failed; the reader knows how far it had come.
type Checked<T = ()> = Result<T, LoadErrorKind>;

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

fn load(reader: &mut Reader<'_>) -> Checked<Plan> {
    if reader.take(3)? != MAGIC {
        return Err(LoadErrorKind::NotAPlan);
    }
    if reader.take(1)? != [VERSION] {
        return Err(LoadErrorKind::TooNew);
    }
    let needs = Needs {
        operators: [reader.number()?, reader.number()?],
        algorithms: reader.number()?,
    };
    let mut plan = Plan {
        needs,
        words: vec![],
        bytes: vec![],
        counts: [0; TABLES],
        bases: [0; TABLES],
    };
    let words = counts(reader, &mut plan)?;
    let leaves = reader.number()?;
    plan.bytes = reader.take(plan.count(Table::Bytes))?.to_vec();
    plan.words = vec![0; usize::try_from(words).unwrap_or_default()];
    let mut columns = Columns::new(reader, plan, leaves);
    columns.read()?;
    check::check(&mut columns)?;
    let plan = columns.plan;
    if !reader.rest.is_empty() {
        return Err(LoadErrorKind::Damaged);
    }
    Ok(plan)
}

/// Reads how many rows each table has, lays the tables out and gives their size in words.
///
/// Every row takes a byte or more per column on the wire, so what the counts ask for is bounded
/// by the length of the plan.
fn counts(reader: &mut Reader<'_>, plan: &mut Plan) -> Checked<u32> {
    let mut words = 0_u32;
    let mut least_bytes = 0_usize;
    let layout = plan.counts.iter_mut().zip(&mut plan.bases);
    for (table, (count, base)) in Table::ALL.into_iter().zip(layout) {
        *count = reader.number()?;
        *base = words;
        let rows = usize::try_from(*count).unwrap_or(usize::MAX);
        least_bytes = least_bytes.saturating_add(rows);
        if least_bytes > reader.rest.len() {
            return Err(LoadErrorKind::Damaged);
        }
        // One row more holds the ends of spans.
        let width = u32::try_from(table.columns().len()).unwrap_or_default();
        words = count
            .checked_add(1)
            .and_then(|rows| rows.checked_mul(width))
            .and_then(|size| words.checked_add(size))
            .ok_or(LoadErrorKind::Damaged)?;
    }
    Ok(words)
}
