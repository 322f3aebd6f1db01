//! Columns into bytes.

use pennon_core::layout::{Column, MAGIC, Table, VERSION};

use super::columns::Columns;
use super::number;

impl Columns<'_> {
    /// The plan.
    pub(super) fn into_bytes(self, leaves: u32) -> Vec<u8> {
        let text: String = self.texts.rows().concat();
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "both halves of the bitmap are written"
        )]
        for half in [self.operators as u32, (self.operators >> 32) as u32] {
            write(&mut bytes, half);
        }
        write(&mut bytes, self.algorithms);
        for table in Table::ALL {
            let rows = match self.tables.get(&(table as u8)).and_then(|all| all.first()) {
                _ if table == Table::Bytes => text.len(),
                Some(column) => column.len(),
                None => 0,
            };
            write(&mut bytes, number(rows));
        }
        write(&mut bytes, leaves);
        bytes.extend_from_slice(text.as_bytes());
        for table in Table::ALL {
            let columns = self.tables.get(&(table as u8));
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

/// Groups of seven bits, lowest first; the high bit says that more follow.
fn write(bytes: &mut Vec<u8>, mut value: u32) {
    while value > 127 {
        bytes.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or_default());
}
