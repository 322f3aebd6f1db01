//! What the lowering of every flag looks up and adds to: attributes, cohorts, group types, flags.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Refused;
use super::cohort::Cohorts;
use super::definitions::Definitions;
use super::dependency::Dependencies;
use super::operator::{Subject, not};

pub(super) struct Project<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) dependencies: Dependencies<'a>,
    pub(super) cohorts: Cohorts,
    /// Properties of the person that somebody asks for.
    attributes: RefCell<BTreeMap<String, Value>>,
    /// Properties of groups, by group type.
    groups: RefCell<BTreeMap<String, BTreeMap<String, Value>>>,
    segments: RefCell<Map<String, Value>>,
}

/// What a place before the server does not know. The name is that of an attribute that nobody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beyond {
    MissingContext,
    UnresolvedDependency,
    UnsupportedDefinition,
    ExperienceContinuity,
}

impl Beyond {
    pub(super) const ALL: [Self; 4] = [
        Self::MissingContext,
        Self::UnresolvedDependency,
        Self::UnsupportedDefinition,
        Self::ExperienceContinuity,
    ];

    /// The reason in `PostHog`'s words.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::MissingContext => "missing_context",
            Self::UnresolvedDependency => "unresolved_dependency",
            Self::UnsupportedDefinition => "unsupported_definition",
            Self::ExperienceContinuity => "experience_continuity",
        }
    }

    /// The attribute that stands for it.
    pub(super) const fn attribute(self) -> &'static str {
        match self {
            Self::MissingContext => "$beyond/missing_context",
            Self::UnresolvedDependency => "$beyond/unresolved_dependency",
            Self::UnsupportedDefinition => "$beyond/unsupported_definition",
            Self::ExperienceContinuity => "$beyond/experience_continuity",
        }
    }
}

impl<'a> Project<'a> {
    pub(super) fn new(definitions: &'a Definitions, refused: &Refused) -> Self {
        Self {
            definitions,
            dependencies: Dependencies::new(definitions, refused),
            cohorts: Cohorts::new(definitions, refused),
            attributes: RefCell::default(),
            groups: RefCell::default(),
            segments: RefCell::default(),
        }
    }

    /// A property of the person, which servers know.
    pub(super) fn person(&self, name: &str) -> Subject {
        self.known_at(name, "server")
    }

    /// What a request says of itself, which everybody knows.
    pub(super) fn of_request(&self, name: &str) -> Subject {
        self.known_at(name, "client")
    }

    fn known_at(&self, name: &str, place: &str) -> Subject {
        let mut attributes = self.attributes.borrow_mut();
        attributes.insert(name.to_owned(), json!({ "known_at": place }));
        subject(&[("attribute", &pointer(name))])
    }

    /// A property of a group.
    pub(super) fn group(&self, kind: &str, name: &str) -> Subject {
        let mut groups = self.groups.borrow_mut();
        let attributes = groups.entry(kind.to_owned()).or_default();
        attributes.insert(name.to_owned(), json!({ "known_at": "server" }));
        subject(&[("group", kind), ("attribute", &pointer(name))])
    }

    /// The name of a group type.
    pub(super) fn group_type(&self, index: &Value) -> Option<&'a str> {
        let index = super::definitions::id_text(index)?;
        self.definitions.groups.get(&index)?.as_str()
    }

    /// False at a server, unknown before it.
    pub(super) fn beyond(&self, what: Beyond) -> Value {
        let mut leaf = self.person(what.attribute());
        leaf.insert("op".to_owned(), "exists".into());
        Value::Object(leaf)
    }

    /// True at a server, unknown before it.
    pub(super) fn at_server(&self, what: Beyond) -> Value {
        not(self.beyond(what))
    }

    /// The condition at a server, unknown before it.
    pub(super) fn only_at_server(&self, what: Beyond, condition: &Value) -> Value {
        json!({ "any": [self.beyond(what), { "all": [self.at_server(what), condition] }] })
    }

    pub(super) fn add_segment(&self, id: &str, segment: Value) {
        self.segments.borrow_mut().insert(id.to_owned(), segment);
    }

    /// The switches that conditions of the service need.
    pub(super) fn dialect() -> Value {
        json!({ "text_cast": "json", "number_cast": "parse", "semver": "cargo", "regex": "fancy",
            "dates": "iso-or-relative", "case_folding": "ascii-in-parts" })
    }

    /// The ruleset of these flags.
    pub(super) fn ruleset(
        &self,
        environment: &str,
        flags: &Map<String, Value>,
        ext: &Value,
    ) -> Value {
        let groups = self.groups.borrow();
        let groups = groups
            .iter()
            .map(|(kind, attributes)| (kind.clone(), json!({ "attributes": attributes })));
        let groups: Map<String, Value> = groups.collect();
        json!({ "schema": 1, "environment": environment, "attributes": *self.attributes.borrow(),
            "groups": groups, "segments": *self.segments.borrow(), "flags": flags, "ext": ext })
    }
}

fn subject(fields: &[(&str, &str)]) -> Subject {
    let fields = fields.iter();
    fields
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect()
}

/// A name that begins with `/` would be a JSON pointer.
fn pointer(name: &str) -> String {
    if name.starts_with('/') {
        format!("/{}", name.replace('~', "~0").replace('/', "~1"))
    } else {
        name.to_owned()
    }
}
