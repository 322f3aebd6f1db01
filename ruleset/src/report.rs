//! What the checks found.

use std::fmt;

use serde::Serialize;

/// Everything that was found in a ruleset, in document order where that is possible.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The problems; empty when there is nothing to say.
    pub problems: Vec<Problem>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it keeps the ruleset from being published.
    pub severity: Severity,
    /// What kind of finding it is; stable across versions.
    pub code: Code,
    /// Where: a JSON pointer (RFC 6901) into the ruleset; empty for the whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Whether a finding keeps a ruleset from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// The kinds of findings, in kebab case in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The text is not JSON.
    Syntax,
    /// An object has two fields of one name.
    DuplicateKey,
    /// A value has another JSON type than the format asks.
    Shape,
    /// A required field is absent.
    MissingField,
    /// A field that the format does not have: it is kept and has no effect.
    UnknownField,
    /// A word is none of those the format knows.
    UnknownWord,
    /// An object is two things at once, or none.
    Ambiguous,
    /// The format's version is not one this crate reads.
    Version,
    /// A name is empty or holds control characters.
    BadName,
    /// Two rules of one flag have the same id.
    DuplicateId,
    /// An operator that does not exist.
    UnknownOperator,
    /// A flag that does not exist.
    UnknownFlag,
    /// A segment that does not exist.
    UnknownSegment,
    /// A list that does not exist.
    UnknownList,
    /// A variant that does not exist.
    UnknownVariant,
    /// An attribute that the project does not declare.
    UndeclaredAttribute,
    /// Flags that wait for each other.
    PrerequisiteCycle,
    /// Segments that contain each other.
    SegmentCycle,
    /// A variant's value has another type than the flag.
    VariantType,
    /// An operand that the operator cannot use, or that the attribute's type excludes.
    OperandType,
    /// A regular expression that cannot be read.
    InvalidRegex,
    /// A date that cannot be read.
    InvalidDate,
    /// A semantic version or range that cannot be read.
    InvalidSemver,
    /// A window that ends before it begins.
    EmptyWindow,
    /// A range that ends before or where it begins.
    EmptyRange,
    /// Ranges that share positions.
    OverlappingRanges,
    /// A range outside the positions that the algorithm has.
    RangeOutsideSpace,
    /// A hash descriptor that contradicts itself.
    InvalidHash,
    /// A rule that leads nowhere.
    NoOutcome,
    /// Something that an import may write and that cannot be evaluated.
    Unsupported,
    /// A limit is exceeded.
    Limit,
    /// Two flags draw with the same seed.
    EqualSeeds,
    /// A browser cannot decide it.
    UnknownInBrowser,
    /// Settings that contradict each other.
    Contradiction,
}

impl Report {
    /// Whether something keeps the ruleset from being published.
    pub fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    pub(crate) fn error(&mut self, code: Code, at: &At<'_>, message: String, help: &str) {
        self.push(Severity::Error, code, at, message, help);
    }

    pub(crate) fn warning(&mut self, code: Code, at: &At<'_>, message: String, help: &str) {
        self.push(Severity::Warning, code, at, message, help);
    }

    pub(crate) fn push(
        &mut self,
        severity: Severity,
        code: Code,
        at: &At<'_>,
        message: String,
        help: &str,
    ) {
        let path = at.to_string();
        let help = help.to_owned();
        self.problems.push(Problem {
            severity,
            code,
            path,
            message,
            help,
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(out, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}: {}", self.path, self.message, self.help)
    }
}

impl std::error::Error for Report {}

/// A place in the document, built on the way down without allocating.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At<'a> {
    Root,
    Field(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(crate) fn field(&'a self, name: &'a str) -> At<'a> {
        At::Field(self, name)
    }

    pub(crate) fn index(&'a self, index: usize) -> At<'a> {
        At::Index(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(parent, name) => {
                write!(
                    out,
                    "{parent}/{}",
                    name.replace('~', "~0").replace('/', "~1")
                )
            }
            Self::Index(parent, index) => write!(out, "{parent}/{index}"),
        }
    }
}
