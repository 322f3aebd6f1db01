//! A dialect as the compiler asks for it: which bits each kind of test gets in the plan.

use pennon_core::layout::bits;
use serde_json::Value;

use crate::model::{
    CaseFolding, Dates, Dialect, Failures, NumberCast, Operator, RegexFlavour, SemverGrammar,
    TextCast,
};
use crate::program::Test;

/// The switches of a dialect that this crate evaluates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the JSON"
)]
pub(crate) struct Reading {
    /// Anything has a text.
    pub(crate) texts: bool,
    /// Text is a number when it parses.
    pub(crate) numbers: bool,
    /// Dates have many forms.
    pub(crate) dates: bool,
    /// Versions and ranges are Cargo's.
    pub(crate) cargo: bool,
    /// Patterns are searched in the text of anything.
    pub(crate) fancy: bool,
    /// Only letters of ASCII fold in parts of texts.
    pub(crate) ascii: bool,
    /// What cannot be read is unknown.
    pub(crate) fails: bool,
}

impl Reading {
    /// The switches of a dialect, which is native when absent.
    pub(crate) fn of(dialect: Option<&Dialect>) -> Self {
        dialect.map_or_else(Self::default, |dialect| Self {
            texts: dialect.text_cast == TextCast::Json,
            numbers: dialect.number_cast == NumberCast::Parse,
            dates: dialect.dates == Dates::IsoOrRelative,
            cargo: dialect.semver == SemverGrammar::Cargo,
            fancy: dialect.regex == RegexFlavour::Fancy,
            ascii: dialect.case_folding == CaseFolding::AsciiInParts,
            fails: dialect.failures == Failures::Unknown,
        })
    }

    /// The bits of a test that an operator asked for.
    pub(crate) fn bits(self, op: &Operator, test: &Test) -> u32 {
        let lenient = |is_set: bool| if is_set { bits::LENIENT } else { 0 };
        // Being between is asked of whatever is a number, and never fails.
        let fails = if self.fails && *op != Operator::Between {
            bits::FAILS
        } else {
            0
        };
        match test {
            Test::Truthy(_) => bits::LENIENT,
            Test::TextIn(_) => lenient(self.texts),
            Test::Prefix(_) | Test::Suffix(_) | Test::Contains(_) => {
                let ascii = if self.ascii { bits::ASCII_CASE } else { 0 };
                lenient(self.texts) | ascii
            }
            Test::NumberOrder(..) if self.numbers => bits::LENIENT | fails,
            Test::DateOrder(..) => lenient(self.dates),
            Test::SemverEquals(_) | Test::SemverOrder(..) => lenient(self.cargo),
            Test::Regex(_) if self.fancy && *op == Operator::NotMatches => {
                bits::LENIENT | bits::OPPOSITE | fails
            }
            Test::Regex(_) if self.fancy => bits::LENIENT | fails,
            _ => 0,
        }
    }
}

/// The text of any value, as the dialect `text_cast: json` compares it: text as it is, else compact JSON
/// with the fields of objects in the order of their code points.
///
/// Example:
/// ```
/// let value = serde_json::json!({ "b": 1.0, "a": [null, "x"] });
/// assert_eq!(pennon_ruleset::text_of(&value), r#"{"a":[null,"x"],"b":1.0}"#);
/// ```
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => json(value),
    }
}

/// Compact JSON with the fields of objects in the order of their code points.
pub(crate) fn json(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(json).collect();
            format!("[{}]", elements.join(","))
        }
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), json(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        scalar => scalar.to_string(),
    }
}
