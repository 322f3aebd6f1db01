//! Tests of one value as sentences.

use pennon_core::layout::{bits, operator};
use pennon_core::{Source, Truth};
use serde_json::Value;

use super::Story;
use super::condition::date;
use super::view::Row;
use crate::context::find;

/// Operands that a sentence names before it counts the rest.
const SHOWN: usize = 8;

impl Story<'_> {
    pub(super) fn leaf(&self, row: &Row, truth: Option<Truth>) -> String {
        let subject = self.view.subject(row.slot);
        let asked = self.asked(row);
        let Some(value) = self.value(row.slot) else {
            return match truth {
                Some(Truth::Unknown) => format!(
                    "{subject} is not known here, and is asked whether it {}",
                    asked.yes
                ),
                Some(Truth::True) => {
                    format!("{subject} is missing, which counts as if it {}", asked.yes)
                }
                Some(Truth::False) if row.operator == operator::EXISTS => {
                    format!("{subject} is missing")
                }
                Some(Truth::False) => format!("{subject} is missing, so it {}", asked.no),
                None => format!("{subject} {}", asked.yes),
            };
        };
        let shown = show(value);
        if truth == Some(Truth::Unknown) {
            return format!(
                "{subject} is {shown}, and it cannot be told whether it {}",
                asked.yes
            );
        }
        let holds = truth == Some(Truth::True);
        let folds = if row.bits & bits::IGNORE_CASE != 0 {
            " (upper and lower case are the same)"
        } else {
            ""
        };
        let is_array =
            value.is_array() && !matches!(row.operator, operator::EXISTS | operator::IS_NULL);
        match (is_array, row.bits & bits::EVERY != 0, holds) {
            _ if row.operator == operator::EXISTS => format!(
                "{subject} is {shown}, so it {}",
                if holds { asked.yes } else { asked.no }
            ),
            (true, true, true) => {
                format!("{subject} is {shown}, and every one {}{folds}", asked.yes)
            }
            (true, true, false) => format!(
                "{subject} is {shown}, and not every one {}{folds}",
                asked.yes
            ),
            (true, false, true) => {
                format!("{subject} is {shown}, of which one {}{folds}", asked.yes)
            }
            (true, false, false) => {
                format!("{subject} is {shown}, and none of it {}{folds}", asked.yes)
            }
            (false, _, true) => format!("{subject} is {shown}, which {}{folds}", asked.yes),
            (false, _, false) => format!("{subject} is {shown}, which {}{folds}", asked.no),
        }
    }

    /// What the JSON holds for the slot; `null` counts as a value of an attribute.
    pub(super) fn value(&self, slot: u32) -> Option<Shown<'_>> {
        let part = |name: &str| self.json.get(name);
        let (value, is_unit) = match self.view.source(slot)? {
            Source::Unit(kind) => (part("units")?.get(kind)?, true),
            Source::Attribute(name) => (find(part("attributes")?, name)?, false),
            Source::GroupAttribute { group, name } => {
                (find(part("groups")?.get(group)?, name)?, false)
            }
        };
        (!(is_unit && value.is_null())).then_some(Shown(value))
    }

    fn asked(&self, row: &Row) -> Asked {
        let texts = || {
            row.operands
                .iter()
                .map(|word| self.view.text(*word).to_owned())
                .collect()
        };
        let numbers = || {
            row.operands
                .iter()
                .map(|word| format!("{}", self.view.number(*word)))
                .collect()
        };
        let first = row.operands.first().copied().unwrap_or_default();
        match row.operator {
            operator::EXISTS => Asked::verb("is there", "is not there"),
            operator::IS_NULL => Asked::is("null"),
            operator::BOOLEAN if row.bits & bits::LENIENT != 0 => Asked::is(if first == 0 {
                "anything but true"
            } else {
                "true in some form"
            }),
            operator::BOOLEAN => Asked::is(if first == 0 { "false" } else { "true" }),
            operator::NUMBER_IN => Asked::is(&one_of(numbers())),
            operator::TEXT_IN => Asked::is(&one_of(texts())),
            operator::IN_LIST => Asked::is(&self.list(first)),
            operator::PREFIX => Asked::does("begin", "begins", "with", &any_of(texts())),
            operator::SUFFIX => Asked::does("end", "ends", "with", &any_of(texts())),
            operator::CONTAINS => Asked::does("contain", "contains", "", &any_of(texts())),
            operator::REGEX if row.bits & bits::OPPOSITE != 0 => Asked {
                yes: format!("does not match the pattern {}", self.view.text(first)),
                no: format!("matches the pattern {}", self.view.text(first)),
            },
            operator::REGEX => {
                Asked::does("match", "matches", "the pattern", self.view.text(first))
            }
            operator::SEMVER_EQUALS => Asked::is(&format!("version {}", self.view.text(first))),
            _ => self.order(row, first),
        }
    }

    /// What a comparison of something ordered asks.
    fn order(&self, row: &Row, first: u32) -> Asked {
        let (words, operand) = match row.operator & !3 {
            operator::NUMBER_ORDER => (
                ["below", "at most", "above", "at least"],
                format!("{}", self.view.number(first)),
            ),
            operator::DATE_ORDER => (
                ["before", "at or before", "after", "at or after"],
                self.moment(row, first),
            ),
            operator::SEMVER_ORDER => (
                [
                    "a version below",
                    "a version up to",
                    "a version above",
                    "a version from",
                ],
                self.view.text(first).to_owned(),
            ),
            _ => (
                [
                    "sorted before",
                    "sorted at or before",
                    "sorted after",
                    "sorted at or after",
                ],
                self.view.text(first).to_owned(),
            ),
        };
        let word = words.get((row.operator & 3) as usize);
        Asked::is(&format!("{} {operand}", word.copied().unwrap_or_default()))
    }

    fn list(&self, list: u32) -> String {
        match self.names.lists.get(&list) {
            Some(name) if !name.id.is_empty() => {
                format!(
                    "on the list \u{201c}{}\u{201d}",
                    name.name.as_ref().unwrap_or(&name.id)
                )
            }
            _ => "one of the ids listed in the rule".to_owned(),
        }
    }

    fn moment(&self, row: &Row, number: u32) -> String {
        let at = self.view.number(number);
        if row.bits & bits::CALENDAR != 0 {
            let unit = if at < 0.0 { "years" } else { "months" };
            return format!("{} {unit} ago", at.abs());
        }
        if row.bits & bits::FROM_NOW == 0 {
            return date(at);
        }
        let hours = at.abs() / 3_600_000.0;
        let (count, unit) = if hours >= 48.0 {
            (hours / 24.0, "days")
        } else {
            (hours, "hours")
        };
        match at {
            at if at < 0.0 => format!("{count} {unit} ago"),
            at if at > 0.0 => format!("{count} {unit} from now"),
            _ => "now".to_owned(),
        }
    }
}

/// What a test asks, as a verb and its negation.
struct Asked {
    yes: String,
    no: String,
}

impl Asked {
    fn verb(yes: &str, no: &str) -> Self {
        Self {
            yes: yes.to_owned(),
            no: no.to_owned(),
        }
    }

    fn is(what: &str) -> Self {
        Self {
            yes: format!("is {what}"),
            no: format!("is not {what}"),
        }
    }

    fn does(plain: &str, third: &str, link: &str, what: &str) -> Self {
        let link = if link.is_empty() {
            String::new()
        } else {
            format!("{link} ")
        };
        Self {
            yes: format!("{third} {link}{what}"),
            no: format!("does not {plain} {link}{what}"),
        }
    }
}

fn one_of(words: Vec<String>) -> String {
    match words.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}", join(words, ", ")),
    }
}

fn any_of(words: Vec<String>) -> String {
    join(words, " or ")
}

fn join(words: Vec<String>, link: &str) -> String {
    let more = words.len().saturating_sub(SHOWN);
    let shown = words.into_iter().take(SHOWN).collect::<Vec<_>>().join(link);
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}

/// A value of the context, shown without quotes and not at any length.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a>(&'a Value);

impl Shown<'_> {
    fn is_array(self) -> bool {
        self.0.is_array()
    }
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&show(*self))
    }
}

fn show(value: Shown<'_>) -> String {
    let text = match value.0 {
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(elements) if elements.is_empty() => "an empty list".to_owned(),
        Value::Array(elements) => join(
            elements
                .iter()
                .map(|element| show(Shown(element)))
                .collect(),
            ", ",
        ),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
