//! The values that one evaluation reads: one place per slot of the plan, texts in one arena.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::Place;
use crate::layout::Table;
use crate::plan::Plan;

/// Who asks, where and when, as far as one plan wants to know.
///
/// **Shape** a value for each of the plan's slots, in the order of [`Plan::slots`]; whoever fills
/// it looks the slots up once per plan. Setting a slot that the plan does not have does nothing.
///
/// ```no_run
/// use pennon_core::{Context, Place, Plan};
/// # let plan = Plan::load(&[])?;
/// let mut context = Context::new(&plan);
/// context.begin(1_750_000_000_000.0, Place::Server);
/// context.set_text(0, "user-1");
/// # Ok::<(), pennon_core::LoadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Context {
    pub(crate) now_ms: f64,
    pub(crate) here: Place,
    declared: usize,
    /// Four words each.
    cells: Vec<u32>,
    text: Vec<u8>,
}

/// One value as it lies in memory, for hosts that write contexts from outside.
///
/// **Shape** four words. The first holds a [`CellKind`] in its lowest three bits and a length
/// above: of text in bytes, of an array in elements. The second is where the text begins in the
/// arena, or the index of an array's first element among the cells. The last two are a double, low
/// half first: the number, or 1 and 0 for booleans. All zero is missing.
/// Where a plan needs texts, a number or an opaque value has its JSON text as text has, and the last
/// two words of an array are where its JSON text begins, and its length.
pub type Cell = [u32; 4];

/// The kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum CellKind {
    /// No value.
    Missing,
    /// UTF-8 text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
    /// Cells in a row.
    Array,
    /// An object, or something that no operator reads: it exists.
    Opaque,
}

/// A value of an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Element<'a> {
    /// Text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// An array or an object.
    Opaque,
}

impl Context {
    /// The context of a plan without slots.
    pub const EMPTY: Self = Self {
        now_ms: 0.0,
        here: Place::Client,
        declared: 0,
        cells: Vec::new(),
        text: Vec::new(),
    };

    /// An empty context for a plan: everything is missing, the time is 0, the place the client.
    pub fn new(plan: &Plan) -> Self {
        let declared = usize::try_from(plan.count(Table::Slot)).unwrap_or_default();
        Self {
            declared,
            cells: vec![0; declared.saturating_mul(4)],
            ..Self::EMPTY
        }
    }

    /// Forgets every value and sets time and place.
    ///
    /// **Units** milliseconds since 1970 in UTC.
    pub fn begin(&mut self, now_ms: f64, here: Place) {
        self.set_moment(now_ms, here);
        self.cells.truncate(self.declared.saturating_mul(4));
        self.cells.fill(0);
        self.text.clear();
    }

    /// Sets time and place and keeps the values.
    pub fn set_moment(&mut self, now_ms: f64, here: Place) {
        self.now_ms = now_ms;
        self.here = here;
    }

    /// The slot holds text.
    pub fn set_text(&mut self, slot: u32, text: &str) {
        let cell = self.text_cell(text);
        self.set(slot, cell);
    }

    /// The slot holds a number; one that is not finite is opaque.
    pub fn set_number(&mut self, slot: u32, number: f64) {
        self.set(slot, number_cell(number));
    }

    /// The slot holds a boolean.
    pub fn set_boolean(&mut self, slot: u32, value: bool) {
        self.set(slot, boolean_cell(value));
    }

    /// The slot holds null.
    pub fn set_null(&mut self, slot: u32) {
        self.set(slot, plain(CellKind::Null));
    }

    /// The slot holds something that no operator reads: an object, or a value of a wrong type.
    pub fn set_opaque(&mut self, slot: u32) {
        self.set(slot, plain(CellKind::Opaque));
    }

    /// The slot holds an array.
    pub fn set_array(&mut self, slot: u32, elements: &[Element<'_>]) {
        let start = self.cells.len() / 4;
        for element in elements {
            let cell = match *element {
                Element::Text(text) => self.text_cell(text),
                Element::Number(number) => number_cell(number),
                Element::Boolean(value) => boolean_cell(value),
                Element::Null => plain(CellKind::Null),
                Element::Opaque => plain(CellKind::Opaque),
            };
            self.cells.extend_from_slice(&cell);
        }
        self.set(slot, sized(CellKind::Array, elements.len(), start));
    }

    /// Gives the slot's number, array or object its compact JSON text, with the fields of objects in
    /// the order of their code points; only plans that
    /// [need texts](crate::Needs::texts) read it.
    ///
    /// A number's text tells `1` from `1.0`.
    pub fn describe(&mut self, slot: u32, json: &str) {
        let [head, start, low, high] = self.cell(slot);
        let [described, at, ..] = self.text_cell(json);
        let len = described >> 3;
        let cell = match kind([head, start, low, high]) {
            CellKind::Number | CellKind::Opaque => [(len << 3) | (head & 7), at, low, high],
            CellKind::Array => [head, start, at, len],
            _ => return,
        };
        self.set(slot, cell);
    }

    /// Makes new room for the plan's slots, `elements` more cells and `len` bytes of text, to be
    /// written from outside; everything is missing then.
    ///
    /// There is one cell more than asked for, since a room without any would lie nowhere, and views
    /// of it could not be aligned.
    pub fn make_room(&mut self, elements: usize, len: usize) {
        let cells = self.declared.saturating_add(elements).saturating_add(1);
        self.cells = vec![0; cells.saturating_mul(4)];
        self.text = vec![0; len];
    }

    /// The words of the cells, four each: those of slots, then elements.
    pub fn cells(&self) -> &[u32] {
        &self.cells
    }

    /// The bytes of texts.
    pub fn texts(&self) -> &[u8] {
        &self.text
    }

    fn set(&mut self, slot: u32, cell: Cell) {
        let slot = usize::try_from(slot).unwrap_or(usize::MAX);
        if slot < self.declared
            && let Some(place) = self.cells.as_chunks_mut().0.get_mut(slot)
        {
            *place = cell;
        }
    }

    fn text_cell(&mut self, text: &str) -> Cell {
        let start = self.text.len();
        self.text.extend_from_slice(text.as_bytes());
        sized(CellKind::Text, text.len(), start)
    }

    pub(crate) fn cell(&self, slot: u32) -> Cell {
        usize::try_from(slot)
            .ok()
            .and_then(|slot| self.cells.as_chunks().0.get(slot))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn text(&self, cell: Cell) -> &[u8] {
        self.text.get(range(cell)).unwrap_or_default()
    }

    /// The text of any value: text itself, else compact JSON; none that the host did not give.
    pub(crate) fn json(&self, cell: Cell) -> Option<&[u8]> {
        let [head, start, at, len] = cell;
        let text: &[u8] = match kind(cell) {
            CellKind::Missing => return None,
            CellKind::Text => return Some(self.text(cell)),
            CellKind::Null => b"null",
            CellKind::Boolean if number(cell) == 0.0 => b"false",
            CellKind::Boolean => b"true",
            CellKind::Number | CellKind::Opaque => self.text([head, start, 0, 0]),
            CellKind::Array => self.text([len << 3, at, 0, 0]),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The elements of an array.
    pub(crate) fn elements(&self, cell: Cell) -> &[Cell] {
        self.cells
            .as_chunks()
            .0
            .get(range(cell))
            .unwrap_or_default()
    }
}

/// A value without text or number.
fn plain(kind: CellKind) -> Cell {
    [kind as u32, 0, 0, 0]
}

/// Text and arrays that do not fit the numbers of a cell are opaque.
fn sized(kind: CellKind, len: usize, start: usize) -> Cell {
    match (u32::try_from(len), u32::try_from(start)) {
        (Ok(len), Ok(start)) if len < 1 << 29 => [(len << 3) | kind as u32, start, 0, 0],
        _ => plain(CellKind::Opaque),
    }
}

fn number_cell(number: f64) -> Cell {
    if number.is_finite() {
        with_number(CellKind::Number, number)
    } else {
        plain(CellKind::Opaque)
    }
}

fn boolean_cell(value: bool) -> Cell {
    with_number(CellKind::Boolean, f64::from(u8::from(value)))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "both halves of the double are stored"
)]
fn with_number(kind: CellKind, number: f64) -> Cell {
    let number = number.to_bits();
    [kind as u32, 0, number as u32, (number >> 32) as u32]
}

pub(crate) fn kind([head, ..]: Cell) -> CellKind {
    match head & 7 {
        0 => CellKind::Missing,
        1 => CellKind::Text,
        2 => CellKind::Number,
        3 => CellKind::Boolean,
        4 => CellKind::Null,
        5 => CellKind::Array,
        _ => CellKind::Opaque,
    }
}

pub(crate) fn number([_, _, low, high]: Cell) -> f64 {
    f64::from_bits((u64::from(high) << 32) | u64::from(low))
}

/// Where text or elements lie.
fn range([head, start, ..]: Cell) -> Range<usize> {
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let len = usize::try_from(head >> 3).unwrap_or(usize::MAX);
    start..start.saturating_add(len)
}
