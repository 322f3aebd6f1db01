use std::collections::BTreeMap;

use pennon_core::layout::{Column, MAGIC, Table, VERSION, bits, operator, outcome};
use pennon_core::{Algorithm, Place, Plan};

/// A plan under construction. References are written as known rows, never as "the next one": a
/// correct plan, if not the smallest.
#[derive(Default, Clone)]
pub(crate) struct Wire {
    texts: Vec<String>,
    columns: BTreeMap<u8, Vec<Vec<u32>>>,
    flags: Vec<Flag>,
}

/// A boolean flag with variants `off` (0) and `on` (1), unless `variants` says how many there are.
#[derive(Clone)]
pub(crate) struct Flag {
    pub(crate) key: &'static str,
    pub(crate) bits: u32,
    pub(crate) unit: u32,
    pub(crate) prerequisites: Option<u32>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) fallthrough: u32,
    pub(crate) variants: u32,
}

#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) when: Option<u32>,
    pub(crate) target: u32,
    pub(crate) bits: u32,
    pub(crate) id: u32,
}

impl Default for Flag {
    fn default() -> Self {
        Self {
            key: "flag",
            bits: 0,
            unit: 0,
            prerequisites: None,
            rules: Vec::new(),
            fallthrough: variant(0),
            variants: 2,
        }
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            when: None,
            target: variant(1),
            bits: 0,
            id: 0,
        }
    }
}

/// A constant of a condition.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Text(&'static str),
    Number(f64),
    Plain(u32),
    Expression(u32),
    Row(u32),
}

/// The target of a variant.
pub(crate) fn variant(index: u32) -> u32 {
    (outcome::VARIANT + index) << 1
}

/// The target of a shape.
pub(crate) fn shape(row: u32) -> u32 {
    ((row + 1) << 1) | 1
}

impl Wire {
    /// A plan whose slot 0 is the unit `user`.
    pub(crate) fn new() -> Self {
        let mut wire = Self::default();
        wire.slot(0, "user", Place::Client);
        wire
    }

    pub(crate) fn attribute(&mut self, name: &str, known_at: Place) -> u32 {
        self.slot(1, name, known_at)
    }

    pub(crate) fn slot(&mut self, source: u32, name: &str, known_at: Place) -> u32 {
        let name = self.text(name);
        self.row(
            Table::Slot,
            &[source | ((known_at as u32) << 2), name + 1, 0],
        )
    }

    pub(crate) fn flag(&mut self, flag: Flag) {
        self.flags.push(flag);
    }

    pub(crate) fn expression(
        &mut self,
        code: u32,
        leaf_bits: u32,
        slot: u32,
        operands: &[Operand],
    ) -> u32 {
        for operand in operands.iter().cloned() {
            let value = match operand {
                Operand::Text(text) => self.text(text) + 1,
                Operand::Number(number) => self.number(number) + 1,
                Operand::Plain(value) => value,
                Operand::Expression(row) => row + 2,
                Operand::Row(row) => row + 1,
            };
            self.row(Table::Operand, &[value]);
        }
        let count = u32::try_from(operands.len()).unwrap();
        self.row(Table::Expression, &[code, leaf_bits, slot, count])
    }

    pub(crate) fn group(&mut self, code: u32, children: &[u32]) -> u32 {
        let operands: Vec<_> = children
            .iter()
            .map(|&row| Operand::Expression(row))
            .collect();
        self.expression(code, 0, 0, &operands)
    }

    /// A condition that holds while `attribute` is the text `yes`.
    pub(crate) fn asks(&mut self, slot: u32) -> u32 {
        self.expression(operator::TEXT_IN, 0, slot, &[Operand::Text("yes")])
    }

    pub(crate) fn number(&mut self, number: f64) -> u32 {
        let bits = number.to_bits();
        let low = u32::try_from(bits & 0xffff_ffff).unwrap();
        self.row(Table::Number, &[low, u32::try_from(bits >> 32).unwrap(), 2])
    }

    /// A hash with these units, and its row.
    pub(crate) fn hash(
        &mut self,
        algorithm: Algorithm,
        missing: u32,
        prefix: &str,
        space: u32,
        units: &[u32],
    ) -> u32 {
        for &unit in units {
            self.row(Table::Unit, &[unit]);
        }
        let prefix = self.text(prefix) + 1;
        let count = u32::try_from(units.len()).unwrap();
        self.row(
            Table::Hash,
            &[algorithm.code(), missing, prefix, 0, 0, 0, space, count],
        )
    }

    /// Entries of basis points, or of rows of numbers: from, to, outcome.
    pub(crate) fn shape(
        &mut self,
        hash: Option<u32>,
        rest_is_last: bool,
        entries: &[[u32; 3]],
    ) -> u32 {
        let mut position = 0_u32;
        for &[from, to, outcome] in entries {
            let is_native = hash.is_none_or(|row| self.cell(Table::Hash, row, 0) == 0);
            if is_native {
                let gap = (from.cast_signed()) - position.cast_signed();
                let zigzag = ((gap << 1) ^ (gap >> 31)).cast_unsigned();
                self.row(Table::Entry, &[zigzag, to - from, 0, outcome]);
                position = to;
            } else {
                self.row(Table::Entry, &[from, to, 0, outcome]);
            }
        }
        let count = u32::try_from(entries.len()).unwrap();
        let hash = hash.map_or(0, |row| row + 2);
        self.row(Table::Shape, &[hash, rest_is_last.into(), 0, count])
    }

    /// A list of two hashed members.
    pub(crate) fn list(&mut self, seeds: [u32; 2], members: &[u64]) -> u32 {
        for member in members {
            let low = u32::try_from(member & 0xffff_ffff).unwrap();
            self.row(Table::Member, &[low, u32::try_from(member >> 32).unwrap()]);
        }
        let count = u32::try_from(members.len()).unwrap();
        self.row(Table::List, &[seeds[0], seeds[1], count])
    }

    pub(crate) fn load(self) -> Plan {
        Plan::load(&self.bytes()).unwrap()
    }

    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.flags.sort_by_key(|flag| flag.key);
        // Keys come first among the texts, so the rows of all others move up.
        let flags = std::mem::take(&mut self.flags);
        let moved = u32::try_from(flags.len()).unwrap();
        self.move_texts(moved);
        let keys: Vec<_> = flags.iter().map(|flag| flag.key.to_owned()).collect();
        self.texts.splice(0..0, keys);
        for flag in &flags {
            self.write_flag(flag);
        }
        let lengths: Vec<_> = self.texts.iter().map(String::len).collect();
        for len in lengths {
            self.row(Table::Text, &[u32::try_from(len).unwrap()]);
        }
        self.finish()
    }

    /// A plan that has nothing at all.
    pub(crate) fn bytes_without_flags(self) -> Vec<u8> {
        self.finish()
    }

    fn write_flag(&mut self, flag: &Flag) {
        let set = self.rows(Table::Set);
        for index in 0..flag.variants {
            let name = self.text(["off", "on", "third", "fourth"][index as usize]) + 1;
            let value = self.text(["false", "true", "3", "4"][index as usize]) + 2;
            self.row(Table::Variant, &[name, value]);
        }
        self.row(Table::Set, &[0, flag.variants]);
        for rule in &flag.rules {
            let when = rule.when.map_or(0, |row| row + 3);
            self.row(Table::Rule, &[when, rule.target, rule.bits, rule.id]);
        }
        let prerequisites = flag.prerequisites.map_or(0, |row| row + 3);
        self.row(
            Table::Flag,
            &[
                flag.bits,
                prerequisites,
                flag.unit,
                outcome::VARIANT,
                flag.fallthrough,
                0,
                u32::try_from(flag.rules.len()).unwrap(),
                0,
                set + 1,
                0,
            ],
        );
    }

    /// Adds to every reference to a text.
    fn move_texts(&mut self, by: u32) {
        for table in [Table::Slot, Table::Hash] {
            for (column, values) in table
                .columns()
                .iter()
                .zip(self.columns.get_mut(&(table as u8)).into_iter().flatten())
            {
                let moves = matches!(column, Column::Reference(Table::Text));
                for value in values.iter_mut().filter(|_| moves) {
                    *value += by;
                }
            }
        }
        let Some(codes) = self.columns.get(&(Table::Expression as u8)).cloned() else {
            return;
        };
        let mut operand = 0;
        for (code, count) in codes[0].iter().zip(&codes[3]) {
            for _ in 0..*count {
                if takes_texts(*code) {
                    self.columns.get_mut(&(Table::Operand as u8)).unwrap()[0][operand] += by;
                }
                operand += 1;
            }
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        self.texts.push(text.to_owned());
        u32::try_from(self.texts.len() - 1).unwrap()
    }

    pub(crate) fn row(&mut self, table: Table, values: &[u32]) -> u32 {
        let row = self.rows(table);
        let columns = self.columns.entry(table as u8).or_default();
        columns.resize(table.columns().len(), Vec::new());
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(*value);
        }
        row
    }

    fn cell(&self, table: Table, row: u32, column: usize) -> u32 {
        self.columns[&(table as u8)][column][row as usize]
    }

    fn rows(&self, table: Table) -> u32 {
        let columns = self.columns.get(&(table as u8));
        let rows = columns.map_or(0, |columns| columns.first().map_or(0, Vec::len));
        u32::try_from(rows).unwrap()
    }

    fn finish(self) -> Vec<u8> {
        let text = self.texts.concat();
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        for _ in 0..3 {
            write(&mut bytes, 0);
        }
        for table in Table::ALL {
            write(
                &mut bytes,
                if table == Table::Bytes {
                    u32::try_from(text.len()).unwrap()
                } else {
                    self.rows(table)
                },
            );
        }
        // The number of leaves counts for references to "the next" only.
        write(&mut bytes, 0);
        bytes.extend_from_slice(text.as_bytes());
        for table in Table::ALL {
            let columns = self.columns.get(&(table as u8));
            for (column, values) in table.columns().iter().zip(columns.into_iter().flatten()) {
                for &value in values {
                    match column {
                        Column::Raw => bytes.extend_from_slice(&value.to_le_bytes()),
                        Column::Unsent => {}
                        _ => write(&mut bytes, value),
                    }
                }
            }
        }
        bytes
    }
}

fn takes_texts(code: u32) -> bool {
    matches!(
        code,
        operator::TEXT_IN
            | operator::PREFIX
            | operator::SUFFIX
            | operator::CONTAINS
            | operator::TEXT_ORDER..operator::DATE_ORDER
            | operator::SEMVER_ORDER..=operator::REGEX
    )
}

fn write(bytes: &mut Vec<u8>, mut value: u32) {
    while value > 127 {
        bytes.push(u8::try_from(value & 127).unwrap() | 128);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
}

/// The bits of a flag that is on, in the order of the loaded word.
pub(crate) const KILLED: u32 = bits::KILLED;
