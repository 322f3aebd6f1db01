//! A loaded plan: tables of words, and the texts.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::layout::{Field, TABLES, Table, WIDTHS, bits, operator};
use crate::{Kind, OnUnknown, Place};

/// A loaded plan, sound and immutable but for the killed bits: every reference leads somewhere.
///
/// **Shape** flags are numbered in ascending order of their keys; their variants and rules are
/// numbered from 0 within the flag.
///
/// ```no_run
/// # let bytes = [];
/// let plan = pennon_core::Plan::load(&bytes)?;
/// let flag = plan.flag_index("new-checkout");
/// # Ok::<(), pennon_core::LoadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    pub(crate) needs: Needs,
    pub(crate) words: Vec<u32>,
    /// The plan as it came; texts are read in it.
    pub(crate) bytes: Vec<u8>,
    /// Where each table begins among the words, and how many rows it has.
    pub(crate) places: [[u32; 2]; TABLES],
}

/// How many words a row is read as; so many stand after the last row.
pub(crate) const PADDING: usize = 8;

/// The words of a row, and what follows them.
pub(crate) type Row = [u32; PADDING];

/// What a plan asks of the code that evaluates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Needs {
    /// Bit `n` of word 0 is operator `n`, of word 1 operator `32 + n`.
    pub operators: [u32; 2],
    /// Bit `n` is the algorithm with code `n`.
    pub algorithms: u32,
}

impl Needs {
    /// Not 0 when operators on dates, versions or patterns are among them.
    pub const fn rare_operators(&self) -> u32 {
        let [low, high] = self.operators;
        low >> operator::DATE_ORDER | high
    }

    /// Whether conditions read values as other systems do, which takes an evaluator with every
    /// algorithm, and contexts whose values have texts.
    pub const fn texts(self) -> bool {
        let [_, high] = self.operators;
        high >> (operator::DIALECT & 31) != 0
    }
}

/// A place of the context that a plan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot<'a> {
    /// Where the value comes from.
    pub source: Source<'a>,
    /// Where it can be known first.
    pub known_at: Place,
}

/// Where a value of the context comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source<'a> {
    /// `units.<type>`.
    Unit(&'a str),
    /// `attributes.<name>`; a name that begins with `/` is a JSON pointer.
    Attribute(&'a str),
    /// `groups.<type>.<name>`, pointers as above.
    GroupAttribute {
        /// The type of the group.
        group: &'a str,
        /// The attribute.
        name: &'a str,
    },
}

/// The id of a rule; most are `r` and a number, which is what `Display` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleId<'a> {
    /// `r<n>`.
    Numbered(u32),
    /// Any other text.
    Text(&'a str),
}

impl fmt::Display for RuleId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(n) => write!(f, "r{n}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Plan {
    /// A plan without flags.
    pub const EMPTY: Self = Self {
        needs: Needs {
            operators: [0; 2],
            algorithms: 0,
        },
        words: Vec::new(),
        bytes: Vec::new(),
        places: [[0; 2]; TABLES],
    };

    /// What the plan asks of the code that evaluates it.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// The number of flags.
    pub fn flag_count(&self) -> u32 {
        self.count(Table::Flag)
    }

    /// The index of the flag with this key.
    ///
    /// **Complexity** logarithmic in the number of flags.
    pub fn flag_index(&self, key: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.flag_count());
        while low < high {
            let middle = low.midpoint(high);
            match self.text(middle).cmp(key.as_bytes()) {
                core::cmp::Ordering::Equal => return Some(middle),
                core::cmp::Ordering::Less => low = middle.saturating_add(1),
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The key of a flag; empty when there is no such flag.
    pub fn key(&self, flag: u32) -> &str {
        if flag < self.flag_count() {
            self.str(flag)
        } else {
            ""
        }
    }

    /// The type of a flag's values.
    pub fn kind(&self, flag: u32) -> Kind {
        match self.cell(Field::SET_KIND, self.cell(Field::FLAG_SET, flag)) {
            1 => Kind::String,
            2 => Kind::Number,
            3 => Kind::Object,
            _ => Kind::Boolean,
        }
    }

    /// Sets or clears the killed bit of a flag, as a kill that came without a plan says.
    ///
    /// Flags that need it follow. For a flag that is not there it does nothing.
    pub fn set_killed(&mut self, flag: u32, killed: bool) {
        if flag < self.flag_count() {
            let others = self.cell(Field::FLAG_BITS, flag) & !bits::KILLED;
            let bit = if killed { bits::KILLED } else { 0 };
            self.set(Field::FLAG_BITS, flag, others | bit);
        }
    }

    /// What a client does when the flag's decision is unknown.
    pub fn on_unknown(&self, flag: u32) -> OnUnknown {
        match (self.cell(Field::FLAG_BITS, flag) >> bits::ON_UNKNOWN_SHIFT) & 3 {
            1 => OnUnknown::LastKnown,
            2 => OnUnknown::Off,
            _ => OnUnknown::CodeDefault,
        }
    }

    /// The number of a flag's variants.
    pub fn variant_count(&self, flag: u32) -> u32 {
        let variants = self.variants(flag);
        variants.end.saturating_sub(variants.start)
    }

    /// The name of a variant; empty when there is no such variant.
    pub fn variant_name(&self, flag: u32, variant: u32) -> &str {
        self.variant(flag, variant)
            .map_or("", |row| self.str(self.cell(Field::VARIANT_NAME, row)))
    }

    /// The value of a variant: bare text for strings, JSON for everything else.
    pub fn variant_value(&self, flag: u32, variant: u32) -> &str {
        self.variant(flag, variant).map_or("", |row| {
            match self.cell(Field::VARIANT_VALUE, row).checked_sub(1) {
                Some(text) => self.str(text),
                None => self.str(self.cell(Field::VARIANT_NAME, row)),
            }
        })
    }

    /// The number of a flag's rules.
    pub fn rule_count(&self, flag: u32) -> u32 {
        let rules = self.span(Field::FLAG_RULES, flag);
        rules.end.saturating_sub(rules.start)
    }

    /// The id of a rule.
    pub fn rule_id(&self, flag: u32, rule: u32) -> RuleId<'_> {
        let rules = self.span(Field::FLAG_RULES, flag);
        let row = rules.start.saturating_add(rule);
        if row >= rules.end {
            return RuleId::Text("");
        }
        match self.cell(Field::RULE_ID, row) {
            0 => RuleId::Numbered(rule.saturating_add(1)),
            id if id & 1 == 0 => RuleId::Text(self.str((id >> 1).wrapping_sub(1))),
            id => RuleId::Numbered(id >> 1),
        }
    }

    /// The places of the context that the plan reads, in the order of their numbers.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        (0..self.count(Table::Slot)).map(|slot| {
            let &[head, name, group, ..] = self.row(Table::Slot, slot);
            let name = self.str(name);
            Slot {
                source: match head & 3 {
                    0 => Source::Unit(name),
                    1 => Source::Attribute(name),
                    _ => Source::GroupAttribute {
                        group: self.str(group.wrapping_sub(1)),
                        name,
                    },
                },
                known_at: match head >> 2 {
                    0 => Place::Client,
                    1 => Place::Edge,
                    _ => Place::Server,
                },
            }
        })
    }

    /// The words of all tables.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// The plan as it came; texts are read in it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of rows of a table.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn count(&self, table: Table) -> u32 {
        let [_, count] = self.table(table);
        count
    }

    fn table(&self, table: Table) -> [u32; 2] {
        self.places.get(table.index()).copied().unwrap_or_default()
    }
}

impl Plan {
    /// The words of a row, and what follows them.
    ///
    /// One size for every table keeps the browser's artefact small.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn row(&self, table: Table, row: u32) -> &[u32; 8] {
        self.words
            .get(self.place(Field::new(table, 0), row)..)
            .and_then(<[u32]>::first_chunk)
            .unwrap_or(&[0; PADDING])
    }

    /// Rows of a table whose rows have four words.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn quads(&self, table: Table, start: u32, end: u32) -> &[[u32; 4]] {
        let start = self.place(Field::new(table, 0), start);
        let end = self.place(Field::new(table, 0), end);
        let (rows, _) = self.words.get(start..end).unwrap_or_default().as_chunks();
        rows
    }

    /// A word of a loaded row.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn cell(&self, field: Field, row: u32) -> u32 {
        let place = self.place(field, row);
        self.words.get(place).copied().unwrap_or_default()
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn set(&mut self, field: Field, row: u32, value: u32) {
        let place = self.place(field, row);
        if let Some(word) = self.words.get_mut(place) {
            *word = value;
        }
    }

    #[expect(
        clippy::inline_always,
        reason = "measured: it is most of what an access costs"
    )]
    #[inline(always)]
    fn place(&self, field: Field, row: u32) -> usize {
        let [base, _] = self.places.get(field.table()).copied().unwrap_or_default();
        let width = WIDTHS.get(field.table()).copied().unwrap_or_default();
        let place = base
            .wrapping_add(row.wrapping_mul(u32::from(width)))
            .wrapping_add(field.column());
        usize::try_from(place).unwrap_or(usize::MAX)
    }

    /// The rows that a span column gives a row.
    pub fn span(&self, field: Field, row: u32) -> Range<u32> {
        self.cell(field, row)..self.cell(field, row.wrapping_add(1))
    }

    /// The bytes of a text.
    pub fn text(&self, text: u32) -> &[u8] {
        let &[start, end, ..] = self.row(Table::Text, text);
        usize::try_from(start)
            .ok()
            .zip(usize::try_from(end).ok())
            .and_then(|(start, end)| self.bytes.get(start..end))
            .unwrap_or_default()
    }

    /// A number.
    pub fn number(&self, number: u32) -> f64 {
        let &[low, high, form, ..] = self.row(Table::Number, number);
        let whole = f64::from(high) * 4_294_967_296.0 + f64::from(low);
        match form {
            0 => whole,
            1 => -whole,
            _ => f64::from_bits((u64::from(high) << 32) | u64::from(low)),
        }
    }

    /// A text.
    pub fn str(&self, text: u32) -> &str {
        core::str::from_utf8(self.text(text)).unwrap_or_default()
    }

    fn variants(&self, flag: u32) -> Range<u32> {
        if flag < self.flag_count() {
            self.span(Field::SET_VARIANTS, self.cell(Field::FLAG_SET, flag))
        } else {
            0..0
        }
    }

    fn variant(&self, flag: u32, variant: u32) -> Option<u32> {
        let variants = self.variants(flag);
        let row = variants.start.checked_add(variant)?;
        variants.contains(&row).then_some(row)
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("flags", &self.flag_count())
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}
