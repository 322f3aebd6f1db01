//! The layout of plans: which tables there are and how each column travels.
//!
//! The loader and the encoder read the same description; `docs/plan-format.md` explains it.

pub mod bits;

/// The first three bytes of every plan.
pub const MAGIC: [u8; 3] = *b"PNP";
/// The version that this code reads and writes.
pub const VERSION: u8 = 1;
/// The number of tables.
pub const TABLES: usize = 16;

/// A table; plans carry them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Table {
    /// The bytes of all texts, one after the other; a table without columns.
    Bytes,
    /// Texts: `[start]`. The first ones are the keys of the flags.
    Text,
    /// Numbers: `[low, high, form]`; loaded, `low` and `high` are the bits of a double.
    Number,
    /// Members of lists: `[low, high]`, the halves of a 64-bit hash.
    Member,
    /// Lists: `[seed of high, seed of low, members]`.
    List,
    /// Places of the context: `[head, name, group]`.
    Slot,
    /// Units of hashes: `[slot]`.
    Unit,
    /// Hashes: `[algorithm, missing, prefix, use, suffix, seed, space, units]`.
    Hash,
    /// Ranges of shapes: `[from, to, bits, outcome]`.
    Entry,
    /// Distributions and gates: `[hash, rest, most variants, entries]`.
    Shape,
    /// Variants: `[name, value]`.
    Variant,
    /// Sets of variants: `[kind, variants]`.
    Set,
    /// Flags: `[bits, prerequisites, unit, off, fallthrough, seed, rules, end of rules, set, salt]`.
    /// What decides comes first, so that one read gives it.
    Flag,
    /// Rules: `[when, target, bits, id]`.
    Rule,
    /// Conditions: `[operator, bits, slot, operands]`.
    Expression,
    /// What conditions refer to: `[number]`, read as the operator says.
    Operand,
}

impl Table {
    /// Every table, in order.
    pub const ALL: [Self; TABLES] = [
        Self::Bytes,
        Self::Text,
        Self::Number,
        Self::Member,
        Self::List,
        Self::Slot,
        Self::Unit,
        Self::Hash,
        Self::Entry,
        Self::Shape,
        Self::Variant,
        Self::Set,
        Self::Flag,
        Self::Rule,
        Self::Expression,
        Self::Operand,
    ];

    /// How its columns travel.
    pub const fn columns(self) -> &'static [Column] {
        use Column::{Number, Optional, Outcome, Raw, Reference, Row, Span, Target, Unsent};
        match self {
            Self::Bytes => &[],
            Self::Text => &[Span(Self::Bytes)],
            Self::Number => &[Number, Number, Number],
            Self::Member => &[Raw, Raw],
            Self::List => &[Raw, Raw, Span(Self::Member)],
            Self::Slot => &[Number, Reference(Self::Text), Optional(Self::Text)],
            Self::Unit => &[Row(Self::Slot)],
            Self::Hash => &[
                Number,
                Number,
                Reference(Self::Text),
                Number,
                Optional(Self::Text),
                Number,
                Number,
                Span(Self::Unit),
            ],
            Self::Entry => &[Number, Number, Number, Outcome],
            Self::Shape => &[Optional(Self::Hash), Number, Unsent, Span(Self::Entry)],
            Self::Variant => &[Reference(Self::Text), Optional(Self::Text)],
            Self::Set => &[Number, Span(Self::Variant)],
            Self::Flag => &[
                Number,
                Optional(Self::Expression),
                Row(Self::Slot),
                Outcome,
                Target,
                Unsent,
                Span(Self::Rule),
                Unsent,
                Reference(Self::Set),
                Optional(Self::Text),
            ],
            Self::Rule => &[Optional(Self::Expression), Target, Number, Number],
            Self::Expression => &[Number, Number, Number, Span(Self::Operand)],
            Self::Operand => &[Number],
        }
    }

    /// Its index.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How many words a loaded row of each table has.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "computed when compiled, where a panic is an error"
)]
pub(crate) static WIDTHS: [u8; TABLES] = {
    let mut widths = [0; TABLES];
    let mut table = 0;
    while table < TABLES {
        widths[table] = Table::ALL[table].columns().len() as u8;
        table += 1;
    }
    widths
};

/// Every column in the order of plans, with its table: one list is smaller than a list of lists.
#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiled, where a panic is an error"
)]
pub(crate) static COLUMNS: [(Table, Column); COLUMN_COUNT] = {
    let mut all = [(Table::Bytes, Column::Unsent); COLUMN_COUNT];
    let mut next = 0;
    let mut table = 0;
    while table < TABLES {
        let columns = Table::ALL[table].columns();
        let mut column = 0;
        while column < columns.len() {
            all[next] = (Table::ALL[table], columns[column]);
            next += 1;
            column += 1;
        }
        table += 1;
    }
    all
};

#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiled, where a panic is an error"
)]
const COLUMN_COUNT: usize = {
    let mut count = 0;
    let mut table = 0;
    while table < TABLES {
        count += Table::ALL[table].columns().len();
        table += 1;
    }
    count
};

/// A column of a table, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(u32);

/// The columns that code reads one by one.
#[expect(missing_docs, reason = "the tables say what their columns are")]
impl Field {
    pub const UNIT_SLOT: Self = Self::new(Table::Unit, 0);
    pub const SLOT_HEAD: Self = Self::new(Table::Slot, 0);
    pub const HASH_ALGORITHM: Self = Self::new(Table::Hash, 0);
    pub const HASH_SEED: Self = Self::new(Table::Hash, 5);
    pub const HASH_UNITS: Self = Self::new(Table::Hash, 7);
    pub const ENTRY_FROM: Self = Self::new(Table::Entry, 0);
    pub const ENTRY_TO: Self = Self::new(Table::Entry, 1);
    pub const ENTRY_OUTCOME: Self = Self::new(Table::Entry, 3);
    pub const SHAPE_HASH: Self = Self::new(Table::Shape, 0);
    pub const SHAPE_VARIANTS: Self = Self::new(Table::Shape, 2);
    pub const SHAPE_ENTRIES: Self = Self::new(Table::Shape, 3);
    pub const VARIANT_NAME: Self = Self::new(Table::Variant, 0);
    pub const VARIANT_VALUE: Self = Self::new(Table::Variant, 1);
    pub const SET_KIND: Self = Self::new(Table::Set, 0);
    pub const SET_VARIANTS: Self = Self::new(Table::Set, 1);
    pub const FLAG_BITS: Self = Self::new(Table::Flag, 0);
    pub const FLAG_PREREQUISITES: Self = Self::new(Table::Flag, 1);
    pub const FLAG_OFF: Self = Self::new(Table::Flag, 3);
    pub const FLAG_FALLTHROUGH: Self = Self::new(Table::Flag, 4);
    pub const FLAG_SEED: Self = Self::new(Table::Flag, 5);
    pub const FLAG_RULES: Self = Self::new(Table::Flag, 6);
    pub const FLAG_RULES_END: Self = Self::new(Table::Flag, 7);
    pub const FLAG_SET: Self = Self::new(Table::Flag, 8);
    pub const FLAG_SALT: Self = Self::new(Table::Flag, 9);
    pub const RULE_WHEN: Self = Self::new(Table::Rule, 0);
    pub const RULE_TARGET: Self = Self::new(Table::Rule, 1);
    pub const RULE_ID: Self = Self::new(Table::Rule, 3);
    pub const OPERAND: Self = Self::new(Table::Operand, 0);

    pub(crate) const fn new(table: Table, column: u32) -> Self {
        Self((table as u32) << 8 | column)
    }

    /// The column that JavaScript names: its number in the table, and 256 times the table's. Reading one that does not
    /// exist gives 0.
    pub const fn from_code(code: u32) -> Self {
        Self(code)
    }

    pub(crate) const fn table(self) -> usize {
        (self.0 >> 8) as usize
    }

    pub(crate) const fn column(self) -> u32 {
        self.0 & 255
    }
}

/// How a column travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A number as it is.
    Number,
    /// 0 is the next row of the table that no reference has named, `n` is row `n - 1`.
    /// For conditions, 0 is the next leaf, 1 the next group, `n` row `n - 2`.
    Reference(Table),
    /// 0 is nothing, `n` is the reference `n - 1`; loaded, it is 0 or the row plus one.
    Optional(Table),
    /// A row of the table.
    Row(Table),
    /// One of [`outcome`]; loaded, the ten bits of a decision.
    Outcome,
    /// Twice an outcome, or twice a reference to a shape plus one; loaded, an outcome, or the shape
    /// and [`SHAPE`].
    Target,
    /// How many rows of the table belong to this row; loaded, it is where they begin.
    Span(Table),
    /// Four bytes, lowest first.
    Raw,
    /// Not sent: the loader computes it.
    Unsent,
}

/// Set in a loaded target when the rest is a shape rather than an outcome.
pub const SHAPE: u32 = 1 << 31;

/// Operators of conditions, as plans number them.
pub mod operator {
    use super::Table;

    /// True when every operand is.
    pub const ALL: u32 = 0;
    /// True when an operand is.
    pub const ANY: u32 = 1;
    /// The opposite of the operand.
    pub const NOT: u32 = 2;
    /// Unknown.
    pub const UNKNOWN: u32 = 3;
    /// From one number until before another, 0 for none.
    pub const WINDOW: u32 = 4;
    /// The unit is in an entry of the shape.
    pub const SPLIT: u32 = 5;
    /// A flag decides for one of the outcomes, or is on.
    pub const FLAG_IS: u32 = 6;
    /// The first operator that tests a slot.
    pub const FIRST_LEAF: u32 = 7;
    /// Present and not null.
    pub const EXISTS: u32 = 7;
    /// Null.
    pub const IS_NULL: u32 = 8;
    /// Equals a boolean.
    pub const BOOLEAN: u32 = 9;
    /// Equals one of the numbers.
    pub const NUMBER_IN: u32 = 10;
    /// Equals one of the texts, which ascend.
    pub const TEXT_IN: u32 = 11;
    /// Is a member of the list.
    pub const IN_LIST: u32 = 12;
    /// Begins with one of the texts.
    pub const PREFIX: u32 = 13;
    /// Ends with one of the texts.
    pub const SUFFIX: u32 = 14;
    /// Contains one of the texts.
    pub const CONTAINS: u32 = 15;
    /// Order of numbers: less, less or equal, greater, greater or equal.
    pub const NUMBER_ORDER: u32 = 16;
    /// Order of texts by code point.
    pub const TEXT_ORDER: u32 = 20;
    /// Order of dates.
    pub const DATE_ORDER: u32 = 24;
    /// Order of semantic versions.
    pub const SEMVER_ORDER: u32 = 28;
    /// Equality of semantic versions.
    pub const SEMVER_EQUALS: u32 = 32;
    /// Matches the pattern.
    pub const REGEX: u32 = 33;
    /// The number of operators.
    pub const COUNT: u32 = 34;
    /// No operator: what a plan needs that has [`DIALECT`](super::bits::DIALECT) bits.
    pub const DIALECT: u32 = 63;

    /// Stands for any number of operands.
    pub(crate) const MANY: u8 = u8::MAX;

    /// How many operands each operator takes, and the table that they refer to; `Bytes` where they
    /// are no references.
    #[expect(
        clippy::indexing_slicing,
        reason = "computed when compiled, where a panic is an error"
    )]
    pub(crate) const OPERANDS: [(u8, Table); 34] = {
        let mut operands = [(1, Table::Text); 34];
        operands[ALL as usize] = (MANY, Table::Expression);
        operands[ANY as usize] = (MANY, Table::Expression);
        operands[NOT as usize] = (1, Table::Expression);
        operands[UNKNOWN as usize] = (0, Table::Bytes);
        operands[WINDOW as usize] = (2, Table::Number);
        operands[SPLIT as usize] = (1, Table::Shape);
        operands[FLAG_IS as usize] = (MANY, Table::Flag);
        operands[EXISTS as usize] = (0, Table::Bytes);
        operands[IS_NULL as usize] = (0, Table::Bytes);
        operands[BOOLEAN as usize] = (1, Table::Bytes);
        operands[NUMBER_IN as usize] = (MANY, Table::Number);
        operands[TEXT_IN as usize] = (MANY, Table::Text);
        operands[IN_LIST as usize] = (1, Table::List);
        operands[PREFIX as usize] = (MANY, Table::Text);
        operands[SUFFIX as usize] = (MANY, Table::Text);
        operands[CONTAINS as usize] = (MANY, Table::Text);
        let mut order = 0;
        while order < 4 {
            operands[NUMBER_ORDER as usize + order] = (1, Table::Number);
            operands[DATE_ORDER as usize + order] = (1, Table::Number);
            order += 1;
        }
        operands
    };
}

/// Outcomes as plans carry them; variant `n` is `VARIANT + n`.
pub mod outcome {
    /// The distribution goes on as if it had missed.
    pub const PASS: u32 = 0;
    /// The default of the calling code.
    pub const CODE_DEFAULT: u32 = 1;
    /// No value.
    pub const NULL: u32 = 2;
    /// An error.
    pub const ERROR: u32 = 3;
    /// The first variant.
    pub const VARIANT: u32 = 4;
}
