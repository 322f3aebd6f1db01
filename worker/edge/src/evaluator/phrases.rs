//! The parts of answers that only depend on the plan, written once.

use std::ops::Range;

use pennon_core::{Kind, Plan};

/// JSON for each flag and each of its variants.
pub(super) struct Phrases {
    text: String,
    flags: Vec<Flag>,
    variants: Vec<Range<usize>>,
}

struct Flag {
    /// `"key":{`
    head: Range<usize>,
    /// Where its variants begin.
    variants: usize,
}

impl Phrases {
    pub(super) fn new(plan: &Plan) -> Phrases {
        let mut phrases = Phrases {
            text: String::new(),
            flags: Vec::new(),
            variants: Vec::new(),
        };
        for flag in 0..plan.flag_count() {
            let head = phrases.add(|text| {
                quote(text, plan.key(flag));
                text.push_str(":{");
            });
            phrases.flags.push(Flag {
                head,
                variants: phrases.variants.len(),
            });
            for variant in 0..plan.variant_count(flag) {
                let phrase = phrases.add(|text| write_variant(text, plan, flag, variant));
                phrases.variants.push(phrase);
            }
        }
        phrases
    }

    pub(super) fn weight(&self) -> usize {
        self.text.len() + 24 * self.flags.len() + 8 * self.variants.len()
    }

    /// `"key":{`
    pub(super) fn head(&self, flag: u32) -> &str {
        let flag = usize::try_from(flag).ok().and_then(|at| self.flags.get(at));
        flag.and_then(|flag| self.text.get(flag.head.clone()))
            .unwrap_or_default()
    }

    /// `"value":…,"variant":"…",`
    pub(super) fn variant(&self, flag: u32, variant: u32) -> &str {
        let flag = usize::try_from(flag).ok().and_then(|at| self.flags.get(at));
        let place = flag.zip(usize::try_from(variant).ok());
        place
            .and_then(|(flag, variant)| self.variants.get(flag.variants + variant))
            .and_then(|range| self.text.get(range.clone()))
            .unwrap_or_default()
    }

    fn add(&mut self, write: impl FnOnce(&mut String)) -> Range<usize> {
        let start = self.text.len();
        write(&mut self.text);
        start..self.text.len()
    }
}

fn write_variant(text: &mut String, plan: &Plan, flag: u32, variant: u32) {
    let value = plan.variant_value(flag, variant);
    text.push_str("\"value\":");
    match plan.kind(flag) {
        Kind::String => quote(text, value),
        Kind::Boolean | Kind::Number | Kind::Object => text.push_str(value),
    }
    text.push_str(",\"variant\":");
    quote(text, plan.variant_name(flag, variant));
    text.push(',');
}

/// Writes a text as JSON.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => {
                out.push_str("\\u00");
                for digit in [u32::from(control) >> 4, u32::from(control) & 15] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
