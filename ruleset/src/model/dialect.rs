use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Unknown, is_default};

/// How a flag's conditions treat what systems treat differently; every switch is native when absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dialect {
    /// How an attribute's name finds its value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attribute_path: AttributePath,
    /// What a test of a missing attribute gives.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing: MissingAttribute,
    /// Whether a value that is not text is compared as text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub text_cast: TextCast,
    /// Whether text is compared as a number.
    #[serde(default, skip_serializing_if = "is_default")]
    pub number_cast: NumberCast,
    /// When two values are equal.
    #[serde(default, skip_serializing_if = "is_default")]
    pub equality: Equality,
    /// What a semantic version is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub semver: SemverGrammar,
    /// Whose regular expressions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub regex: RegexFlavour,
    /// What a date is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dates: Dates,
    /// Which letters are the same with `ci`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub case_folding: CaseFolding,
    /// What a value gives that a test cannot read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub failures: Failures,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// How an attribute's name finds its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttributePath {
    /// The whole name is one key; a JSON pointer when it begins with `/`.
    #[default]
    NameOrPointer,
    /// Dots go down into objects and arrays.
    Dotted,
    /// The name of a trait, or a `JSONPath`.
    JsonPath,
}

/// What a test of a missing attribute gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingAttribute {
    /// False, and a negation applies after.
    #[default]
    FalseThenNegate,
    /// False, negated or not.
    False,
    /// The test sees `null`.
    Null,
    /// The flag cannot be decided.
    Inconclusive,
}

/// Whether a value that is not text is compared as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TextCast {
    /// No.
    #[default]
    None,
    /// As JavaScript writes it.
    Javascript,
    /// As Rust writes it.
    Rust,
    /// As Python writes it, lower-cased.
    Python,
    /// As `JsonLogic` compares loosely.
    JsonLogic,
    /// As compact JSON with the fields of objects in order, and text as it is. Arrays are one value.
    Json,
}

/// Whether text is compared as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NumberCast {
    /// No.
    #[default]
    None,
    /// When it parses as a number: decimal digits with an exponent, `inf` and `nan`. Arrays are one
    /// value, which is no number.
    Parse,
    /// When it parses as a number, else as a semantic version.
    ParseThenSemver,
    /// As JavaScript's `Number()`.
    Javascript,
    /// As `JsonLogic` compares loosely.
    JsonLogic,
    /// When the operand is a number.
    ByOperand,
}

/// When two values are equal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Equality {
    /// Same type and same value.
    #[default]
    Typed,
    /// Same text.
    Text,
    /// Same text without regard to case.
    FoldedText,
    /// As JavaScript's `==` where the operand is a scalar, JSON text where it is not.
    Javascript,
    /// Deep and typed.
    Deep,
}

/// What a semantic version is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SemverGrammar {
    /// Semantic Versioning 2.0.
    #[default]
    Strict,
    /// Text with padded numbers.
    PaddedText,
    /// One to three numbers, with an optional `v`.
    Lenient,
    /// Strict, with the suffix `:semver` on operands.
    Suffixed,
    /// One to three numbers with leading zeros and an optional `v`; builds order last. Ranges are
    /// Cargo's, which leave out pre-releases of other versions than they name.
    Cargo,
}

/// Whose regular expressions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegexFlavour {
    /// Those of this crate: the portable subset anywhere, more on servers.
    #[default]
    Native,
    /// RE2.
    Re2,
    /// JavaScript.
    Javascript,
    /// Python, unanchored.
    Python,
    /// Python, anchored at the start.
    PythonAnchored,
    /// Those of this crate, searched in the JSON text of any value. A pattern that takes too many
    /// steps does not match, and neither does `not_matches`.
    Fancy,
}

/// What a date is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dates {
    /// RFC 3339 text or epoch milliseconds.
    #[default]
    Rfc3339OrMilliseconds,
    /// Text only.
    Text,
    /// ISO 8601 of any precision, relative text such as `-7d`, and seconds since 1970 as a number or
    /// as text. Arrays are one value, which is no date.
    IsoOrRelative,
}

/// Which letters are the same with `ci`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseFolding {
    /// All, as Unicode says.
    #[default]
    Unicode,
    /// Those of ASCII, in `starts_with`, `ends_with` and `contains`; all in `eq` and `in`.
    AsciiInParts,
}

/// What a value gives that a test cannot read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Failures {
    /// False.
    #[default]
    False,
    /// Unknown, for comparisons of numbers and for patterns; and a condition `all` ends at the first
    /// part that does not hold.
    Unknown,
}
