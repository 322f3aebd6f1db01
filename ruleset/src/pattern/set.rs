//! Sets of characters.

mod tables;

/// Characters, as ranges that include both ends, ascending and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(Vec<(u32, u32)>);

impl Set {
    /// The characters of some ranges, or all others.
    pub(super) fn of(mut ranges: Vec<(u32, u32)>, is_negated: bool) -> Set {
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => joined.push((first, last)),
            }
        }
        if is_negated {
            joined = others(&joined);
        }
        Set(joined)
    }

    pub(super) fn has(&self, char: char) -> bool {
        let code = u32::from(char);
        let at = self.0.partition_point(|(_, last)| *last < code);
        self.0.get(at).is_some_and(|(first, _)| *first <= code)
    }
}

fn others(ranges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut others = Vec::with_capacity(ranges.len() + 1);
    let mut next = 0;
    for (first, last) in ranges {
        if next < *first {
            others.push((next, first - 1));
        }
        next = last + 1;
    }
    if next <= u32::from(char::MAX) {
        others.push((next, u32::from(char::MAX)));
    }
    others
}

/// The sets that have names of their own: those of Unicode, UTS 18 annex C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// `\d`
    Digit,
    /// `\s`
    Space,
    /// `\w`
    Word,
}

impl Named {
    pub(crate) const ALL: [(Named, char); 3] =
        [(Named::Digit, 'd'), (Named::Space, 's'), (Named::Word, 'w')];

    /// Its ranges: the tables are distances from the end of one range to the begin of the next, and lengths, in
    /// turns.
    pub(crate) fn ranges(self) -> Vec<(u32, u32)> {
        let table = match self {
            Named::Digit => tables::DIGIT,
            Named::Space => tables::SPACE,
            Named::Word => tables::WORD,
        };
        let mut end = 0;
        let mut ranges = Vec::with_capacity(table.len() / 2);
        for pair in table.chunks_exact(2) {
            if let [gap, length] = pair {
                let first = end + gap;
                end = first + length;
                ranges.push((first, end));
            }
        }
        ranges
    }
}
