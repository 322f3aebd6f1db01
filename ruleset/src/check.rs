//! Finds everything that is wrong with a ruleset, at once.

mod browser;
mod cycles;
mod expression;
mod flag;
pub(crate) mod leaf;
mod rule;
mod seeds;
mod split;

use crate::lower;
use crate::model::Ruleset;
use crate::nearest::suggestion;
use crate::reading::Reading;
use crate::report::{At, Code, Report};
use crate::shape;

/// How large a ruleset may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Flags of an environment.
    pub flags: usize,
    /// Rules of one flag.
    pub rules: usize,
    /// Levels of nesting of one condition, and of segments in segments.
    pub nesting: usize,
    /// Bytes of one flag as JSON text.
    pub flag_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            flags: 5_000,
            rules: 100,
            nesting: 8,
            flag_bytes: 1 << 20,
        }
    }
}

/// Finds every problem of a ruleset.
///
/// Shape: problems in document order, after them cycles, seeds, fields that nobody knows, and what browsers
/// cannot decide.
/// A ruleset with an error cannot be compiled; a warning says what its author should know.
///
/// Example:
/// ```
/// let text = r#"{ "schema": 1, "environment": "env_demo", "flags": { "f": {
///     "type": "boolean", "variants": { "on": true }, "fallthrough": { "variant": "onn" } } } }"#;
/// let report = pennon_ruleset::check(&pennon_ruleset::parse(text)?, &Default::default());
/// assert_eq!(report.problems[0].path, "/flags/f/fallthrough/variant");
/// assert_eq!(report.problems[0].message, "there is no variant `onn`, did you mean `on`?");
/// # Ok::<(), pennon_ruleset::Report>(())
/// ```
pub fn check(ruleset: &Ruleset, limits: &Limits) -> Report {
    let mut checker = Checker {
        ruleset,
        reading: Reading::default(),
        limits,
        report: Report::default(),
    };
    checker.version();
    checker.segments();
    checker.lists();
    checker.flags();
    cycles::check(ruleset, limits, &mut checker.report);
    seeds::check(ruleset, &mut checker.report);
    shape::unknown_fields(ruleset, &mut checker.report);
    if !checker.report.has_errors() {
        browser::check(ruleset, &mut checker.report);
        lower::check_depth(ruleset, &mut checker.report);
    }
    checker.report
}

struct Checker<'a> {
    ruleset: &'a Ruleset,
    /// The dialect of the flag or segment that is looked at.
    reading: Reading,
    limits: &'a Limits,
    report: Report,
}

impl Checker<'_> {
    fn version(&mut self) {
        if self.ruleset.schema != 1 {
            let message = format!("version {} of the format is not known", self.ruleset.schema);
            let at = At::Root.field("schema");
            self.report.error(Code::Version, &at, message, "write 1");
        }
    }

    fn segments(&mut self) {
        let at = At::Root.field("segments");
        for (id, segment) in &self.ruleset.segments {
            let at = at.field(id);
            self.name("segment", id, &at);
            self.reading = Reading::of(segment.dialect.as_ref());
            if let Some(dialect) = &segment.dialect {
                self.dialect(dialect, &at.field("dialect"));
            }
            self.condition(&segment.when, &at.field("when"), expression::Scope::Segment);
        }
    }

    fn lists(&mut self) {
        let at = At::Root.field("lists");
        for id in self.ruleset.lists.keys() {
            self.name("list", id, &at.field(id));
        }
    }

    fn flags(&mut self) {
        let at = At::Root.field("flags");
        let count = self.ruleset.flags.len();
        self.limit(
            "flags",
            count,
            self.limits.flags,
            &at,
            "archive flags that nobody reads",
        );
        for (key, flag) in &self.ruleset.flags {
            let at = at.field(key);
            self.name("flag", key, &at);
            self.flag(key, flag, &at);
        }
    }

    fn limit(&mut self, what: &str, count: usize, limit: usize, at: &At<'_>, help: &str) {
        if count > limit {
            let message = format!("{count} {what}, and {limit} are allowed");
            self.report.error(Code::Limit, at, message, help);
        }
    }

    fn name(&mut self, what: &str, name: &str, at: &At<'_>) {
        if name.is_empty() || name.chars().any(char::is_control) {
            let message = format!("a {what} cannot be called `{}`", name.escape_debug());
            let help = "use a name of one or more visible characters";
            self.report.error(Code::BadName, at, message, help);
        }
    }

    /// The word that was meant, for the first hundred problems: looking for it takes time for each
    /// known word, and nobody reads on.
    fn suggestion<'k>(&self, word: &str, known: impl FnOnce() -> Vec<&'k str>) -> String {
        if self.report.problems.len() < 100 {
            suggestion(word, known())
        } else {
            String::new()
        }
    }

    fn reference(&mut self, kind: &Reference, name: &str, at: &At<'_>) {
        if !(kind.has)(self.ruleset, name) {
            let near = self.suggestion(name, || (kind.known)(self.ruleset));
            let message = format!("there is no {} `{name}`{near}", kind.what);
            self.report.error(kind.code, at, message, kind.help);
        }
    }
}

/// A kind of name that refers to something in the ruleset.
struct Reference {
    what: &'static str,
    code: Code,
    help: &'static str,
    has: fn(&Ruleset, &str) -> bool,
    known: fn(&Ruleset) -> Vec<&str>,
}

const FLAG: Reference = Reference {
    what: "flag",
    code: Code::UnknownFlag,
    help: "name a flag of this environment, or create it first",
    has: |ruleset, name| ruleset.flags.contains_key(name),
    known: |ruleset| ruleset.flags.keys().map(String::as_str).collect(),
};

const SEGMENT: Reference = Reference {
    what: "segment",
    code: Code::UnknownSegment,
    help: "name a segment of this project, or create it first",
    has: |ruleset, name| ruleset.segments.contains_key(name),
    known: |ruleset| ruleset.segments.keys().map(String::as_str).collect(),
};

const LIST: Reference = Reference {
    what: "list",
    code: Code::UnknownList,
    help: "name a list of this project, or create it first",
    has: |ruleset, name| ruleset.lists.contains_key(name),
    known: |ruleset| ruleset.lists.keys().map(String::as_str).collect(),
};
