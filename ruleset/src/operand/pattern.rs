//! Regular expressions as operands.

use serde_json::Value;

use super::{Fault, Question, no_fold, wrong};
use crate::pattern::Pattern;
use crate::portable::portable;
use crate::report::Code;
use crate::spell::spell;

/// The pattern, when servers and the edge can run it.
pub(super) fn pattern(question: Question<'_>) -> Result<String, Fault> {
    let Some(Value::String(pattern)) = question.value else {
        return Err(wrong(question, "a regular expression as text"));
    };
    if question.ignore_case {
        return Err(no_fold(question));
    }
    let fault = |message, help| Fault {
        code: Code::InvalidRegex,
        field: "value",
        message,
        help,
    };
    if let Err(error) = fancy_regex::Regex::new(pattern) {
        return Err(fault(
            format!(
                "the regular expression `{pattern}` cannot be read: {}",
                line(&error)
            ),
            "mend the pattern; `\\` is written `\\\\` in JSON",
        ));
    }
    let spelled = portable(pattern).or_else(|| spell(pattern));
    if spelled.is_some_and(|spelled| Pattern::read(&spelled).is_some()) {
        return Ok(pattern.clone());
    }
    Err(fault(
        format!(
            "the regular expression `{pattern}` is too long, or has a condition in a condition or in an atomic group"
        ),
        "repeat less often; put no `(?(…)…|…)` into the first part of another, into `(?>…)` or before `*+`, `++` and `?+`",
    ))
}

/// Whether the text is a regular expression that servers and the edge evaluate.
pub fn is_pattern(text: &str) -> bool {
    fancy_regex::Regex::new(text).is_ok()
}

/// Messages are one line; the engine's span several.
fn line(error: &fancy_regex::Error) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
