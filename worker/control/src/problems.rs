//! Findings of the ruleset checks, retold in terms of the document that somebody sent.

use std::collections::HashSet;

use pennon_api::{Problem, Severity};
use pennon_ruleset::Report;

/// What was sent: `flags/checkout`, and the environment it was sent to, if it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) document: Option<&'a str>,
    pub(crate) environment: Option<&'a str>,
}

/// Retells a report about the ruleset of an environment.
pub(crate) fn retell(report: &Report, environment: &str, subject: Subject<'_>) -> Vec<Problem> {
    report
        .problems
        .iter()
        .map(|found| {
            let (document, path) = split_pointer(&found.path);
            let is_subject = document.as_deref() == subject.document;
            let is_here = subject.environment.is_none_or(|key| key == environment);
            Problem {
                path,
                document: document.filter(|_| !is_subject),
                environment: (!is_here).then(|| environment.to_owned()),
                ..of_here(found)
            }
        })
        .collect()
}

/// Retells a report whose pointers lead into the document that was sent.
pub(crate) fn of_document(report: &Report) -> Vec<Problem> {
    report.problems.iter().map(of_here).collect()
}

fn of_here(found: &pennon_ruleset::Problem) -> Problem {
    Problem {
        severity: match found.severity {
            pennon_ruleset::Severity::Error => Severity::Error,
            pennon_ruleset::Severity::Warning => Severity::Warning,
        },
        code: code_word(found.code),
        path: found.path.clone(),
        message: found.message.clone(),
        help: (!found.help.is_empty()).then(|| found.help.clone()),
        document: None,
        environment: None,
    }
}

/// Errors stop a change; warnings are only of interest where they are about what was sent.
///
/// What is wrong with the project-wide part of a document is found in every environment; it is
/// told once.
pub(crate) fn sort(problems: Vec<Problem>) -> (Vec<Problem>, Vec<Problem>) {
    // A document of a megabyte can be wrong in tens of thousands of places.
    let mut told = HashSet::new();
    let (errors, warnings): (Vec<Problem>, Vec<Problem>) = problems
        .into_iter()
        .filter(|problem| {
            let Problem {
                document,
                path,
                message,
                ..
            } = problem;
            told.insert((document.clone(), path.clone(), message.clone()))
        })
        .partition(|problem| problem.severity == Severity::Error);
    let own = warnings
        .into_iter()
        .filter(|problem| problem.document.is_none() && problem.environment.is_none());
    (errors, own.collect())
}

/// Turns "there is no such thing" into "it is still used here", and tells how often.
pub(crate) fn retell_as_uses(problems: &mut [Problem], what: &str, key: &str) -> usize {
    let code = format!("unknown-{what}");
    let named = format!("there is no {what} `{key}`");
    let mut uses = 0;
    for problem in problems.iter_mut() {
        let rest = problem.message.strip_prefix(&named);
        let is_use = problem.code == code && rest.is_some_and(|rest| !rest.starts_with('`'));
        if let (true, Some(user)) = (is_use, &problem.document) {
            problem.message = format!("{} still uses the {what} `{key}`", told(user));
            problem.help = Some(format!(
                "take it out there or delete that first, then delete the {what}"
            ));
            uses += 1;
        }
    }
    uses
}

/// `flags/checkout` as the flag `checkout`.
fn told(document: &str) -> String {
    match document.split_once('/') {
        Some((kind, key)) => format!("the {} `{key}`", kind.strip_suffix('s').unwrap_or(kind)),
        None => format!("`{document}`"),
    }
}

/// `/flags/new~1checkout/rules/0` becomes `flags/new/checkout` and `/rules/0`.
fn split_pointer(pointer: &str) -> (Option<String>, String) {
    let mut segments = pointer.splitn(4, '/').skip(1);
    let (Some(kind), Some(key)) = (segments.next(), segments.next()) else {
        return (None, pointer.to_owned());
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    let rest = segments.next().map(|rest| format!("/{rest}"));
    (Some(format!("{kind}/{key}")), rest.unwrap_or_default())
}

fn code_word(code: pennon_ruleset::Code) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::from("unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_relative_to_their_document() {
        let cases = [
            ("/flags/a/rules/0/when", Some("flags/a"), "/rules/0/when"),
            ("/flags/a~1b~0c", Some("flags/a/b~c"), ""),
            (
                "/segments/staff/when/all/1",
                Some("segments/staff"),
                "/when/all/1",
            ),
            ("/flags", None, "/flags"),
            ("", None, ""),
        ];
        for (pointer, document, path) in cases {
            let found = split_pointer(pointer);
            assert_eq!(
                found,
                (document.map(str::to_owned), path.to_owned()),
                "{pointer}"
            );
        }
    }

    #[test]
    fn what_misses_the_removed_thing_still_uses_it() {
        let text = r#"{ "schema": 1, "environment": "env_a",
            "segments": { "vip": { "when": { "segment": "club" } } }, "flags": {
            "f": { "type": "boolean", "variants": { "on": true }, "rules": [
                { "id": "r1", "when": { "segment": "club" }, "outcome": { "variant": "on" } },
                { "id": "r2", "when": { "segment": "klub" }, "outcome": { "variant": "on" } }] } } }"#;
        let ruleset = pennon_ruleset::parse(text).unwrap();
        let report = pennon_ruleset::check(&ruleset, &pennon_ruleset::Limits::default());
        let subject = Subject {
            document: Some("segments/club"),
            environment: None,
        };
        let error = crate::error::ApiError::invalid_ruleset(retell(&report, "live", subject))
            .still_used("segment", "club");
        assert_eq!(error.summary(), (422, "invalid_ruleset"));
        assert_eq!(
            error.message(),
            "the segment `club` is still used in 2 places; nothing was changed"
        );
        let told: Vec<(&str, &str)> = error
            .problems()
            .iter()
            .map(|problem| (problem.path.as_str(), problem.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "/when/segment",
                    "the segment `vip` still uses the segment `club`"
                ),
                (
                    "/rules/0/when/segment",
                    "the flag `f` still uses the segment `club`"
                ),
                ("/rules/1/when/segment", "there is no segment `klub`"),
            ]
        );
    }

    #[test]
    fn what_is_wrong_elsewhere_says_where() {
        let text = r#"{ "schema": 1, "environment": "env_a", "flags": {
            "mine": { "type": "boolean" }, "other": { "variants": {} } } }"#;
        let report = pennon_ruleset::parse(text).unwrap_err();
        let subject = Subject {
            document: Some("flags/mine"),
            environment: Some("live"),
        };
        let here = retell(&report, "live", subject);
        assert!(
            here.iter()
                .any(|p| p.document.is_none() && p.environment.is_none())
        );
        assert!(
            here.iter()
                .any(|p| p.document.as_deref() == Some("flags/other"))
        );
        let there = retell(&report, "test", subject);
        assert!(
            there
                .iter()
                .all(|p| p.environment.as_deref() == Some("test"))
        );
        let (errors, warnings) = sort(there);
        assert!(!errors.is_empty() && warnings.is_empty());
    }
}
