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
}

/// Whether text is compared as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NumberCast {
    /// No.
    #[default]
    None,
    /// When it parses as a decimal number.
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
    /// ISO 8601 of any precision, and relative text such as `-7d`.
    IsoOrRelative,
}
