//! From plan bytes to tables: every index, range, length and depth is checked here, once.

mod check;
mod columns;
mod depth;
mod reader;

use alloc::vec;
use alloc::vec::Vec;

use crate::error::{LoadError, LoadErrorKind};
use crate::layout::{MAGIC, Table, VERSION, WIDTHS};
use crate::plan::{Needs, PADDING, Plan};
use columns::Columns;

/// How deeply conditions and prerequisites may nest together.
pub const MAX_DEPTH: u32 = 128;

impl Plan {
    /// Reads a plan.
    ///
    /// **Errors** a [`LoadError`] for anything but an exact, sound plan of a known version; a plan
    /// with operators or algorithms that this code lacks loads, and what uses them is unknown.
    ///
    /// **Complexity** linear in the length of the bytes; tables take about four times as much.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let mut plan = Self {
            bytes: bytes.to_vec(),
            ..Self::EMPTY
        };
        let mut columns = Columns::new(&mut plan);
        let kind = columns
            .load()
            .or_else(|| columns.check_what_browsers_skip());
        match kind {
            None => Ok(plan),
            Some(kind) => Err(LoadError::new(kind, columns.reader.at)),
        }
    }

    /// The same for browsers, where every byte of code counts: keeps the bytes, and leaves out what
    /// evaluation does not rely on.
    ///
    /// Keys need not ascend, so [`flag_index`](Self::flag_index) may miss flags; conditions may nest
    /// without end, and evaluation stops at [`MAX_DEPTH`] with an unknown result. Whoever publishes
    /// plans has loaded them with [`load`](Self::load).
    ///
    /// **Errors** as above; the plan is not to be used then, though using it is safe.
    pub fn load_in_place(&mut self, bytes: Vec<u8>) -> Result<(), LoadErrorKind> {
        self.bytes = bytes;
        match Columns::new(self).load() {
            None => Ok(()),
            Some(kind) => Err(kind),
        }
    }
}

impl Columns<'_> {
    /// Fills the plan from its bytes, or says why not.
    fn load(&mut self) -> Option<LoadErrorKind> {
        let [p, n, d, version] = self.reader.word(&self.plan.bytes).to_le_bytes();
        if [p, n, d] != MAGIC {
            return Some(LoadErrorKind::NotAPlan);
        }
        if version != VERSION {
            return Some(LoadErrorKind::TooNew);
        }
        self.plan.needs = Needs {
            operators: [self.number(), self.number()],
            algorithms: self.number(),
        };
        let words = self.lay_out();
        if self.reader.is_bad {
            return Some(LoadErrorKind::Damaged);
        }
        self.plan.words = vec![0; words.wrapping_add(PADDING)];
        self.read();
        if !self.reader.is_bad {
            self.check();
        }
        self.reader.is_bad.then_some(LoadErrorKind::Damaged)
    }

    fn check_what_browsers_skip(&mut self) -> Option<LoadErrorKind> {
        self.keys();
        if self.reader.is_bad {
            Some(LoadErrorKind::Damaged)
        } else {
            self.is_too_deep().then_some(LoadErrorKind::TooDeep)
        }
    }

    /// Reads how many rows each table has, lays the tables out and gives their size in words.
    ///
    /// Every row takes a byte or more on the wire, so what the counts ask for is bounded by the
    /// length of the plan.
    fn lay_out(&mut self) -> usize {
        let mut words = 0_u32;
        let mut rows = 0_u32;
        for (table, width) in WIDTHS.iter().enumerate() {
            let count = self.number();
            if let Some(place) = self.plan.places.get_mut(table) {
                *place = [words, count];
            }
            // With this bound on rows, none of the sums overflows.
            self.reader.require(count < 1 << 24);
            rows = rows.wrapping_add(count);
            // One row more holds the ends of spans.
            let size = count.wrapping_add(1).wrapping_mul(u32::from(*width));
            words = words.wrapping_add(size);
        }
        self.next_group = self.number();
        let texts = self.reader.at;
        self.texts = u32::try_from(texts).unwrap_or_default();
        let len = usize::try_from(self.plan.count(Table::Bytes)).unwrap_or_default();
        self.reader.at = texts.wrapping_add(len);
        let left = self.plan.bytes.len().saturating_sub(texts);
        let rows = usize::try_from(rows).unwrap_or_default();
        self.reader.require(rows <= left);
        usize::try_from(words).unwrap_or_default()
    }
}
