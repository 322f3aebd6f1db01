//! One flag definition as a flag of the ruleset.

use serde_json::{Map, Value, json};

use super::conditions::About;
use super::early;
use super::operator::{not, put};
use super::project::{Beyond, Project};
use super::{conditions, rules};
use crate::grade::{Grade, Graded};

/// The names of a flag's variants, config version 1.
pub(super) struct Names {
    /// Keys of a multivariate flag, in order.
    pub(super) variants: Vec<String>,
    /// On, and no variant.
    pub(super) on: String,
    /// Off; none where that is null.
    pub(super) off: Option<String>,
    /// Held out.
    pub(super) holdout: Option<String>,
}

impl Names {
    pub(super) fn of(definition: &Value) -> Self {
        let filters = &definition["filters"];
        let variants: Vec<String> = variants(filters)
            .filter_map(|variant| variant["key"].as_str())
            .map(str::to_owned)
            .collect();
        let is_boolean = variants.is_empty();
        let mut on = "true".to_owned();
        while variants.contains(&on) {
            on.push('_');
        }
        Self {
            on,
            off: is_boolean.then(|| "false".to_owned()),
            holdout: early::Holdout::of(filters).map(|holdout| holdout.variant()),
            variants,
        }
    }

    pub(super) fn enabled(&self) -> impl Iterator<Item = &String> {
        self.variants.iter().chain([&self.on]).chain(&self.holdout)
    }

    /// The outcome of a flag that is off.
    pub(super) fn off_outcome(&self) -> Value {
        match &self.off {
            Some(off) => json!({ "variant": off }),
            None => json!({ "special": "null" }),
        }
    }

    /// Values by name. A boolean flag that holds somebody out is off for everybody who asks for a boolean.
    fn values(&self) -> Map<String, Value> {
        let mut values = Map::new();
        for name in &self.variants {
            values.insert(name.clone(), name.as_str().into());
        }
        let is_boolean = self.off.is_some();
        let value = |name: &str, value: bool| {
            if is_boolean {
                Value::Bool(value)
            } else {
                name.into()
            }
        };
        values.insert(self.on.clone(), value(&self.on, true));
        for name in self.off.iter().chain(&self.holdout) {
            values.entry(name.clone()).or_insert(value(name, false));
        }
        values
    }
}

/// The variants of a multivariate flag, config version 1.
pub(super) fn variants(filters: &Value) -> impl Iterator<Item = &Value> {
    let list = filters["multivariate"]["variants"].as_array();
    list.into_iter().flatten()
}

/// The flag, or nothing where it cannot be one.
pub(super) fn lower(
    project: &Project<'_>,
    definition: &Value,
    graded: &mut Graded,
) -> Option<Value> {
    let Some(key) = definition["key"].as_str() else {
        graded.note(Grade::Refused, "the flag has no key");
        return None;
    };
    key.clone_into(&mut graded.key);
    let filters = &definition["filters"];
    let mut flag = match &filters["version"] {
        Value::Null => version_1(project, key, definition, graded),
        version if version == 1 => version_1(project, key, definition, graded),
        version if version == 2 => rules::lower(project, key, definition, graded)?,
        other => {
            graded.note(
                Grade::Refused,
                format!("config version {other} is not known"),
            );
            return None;
        }
    };
    put(
        &mut flag,
        "enabled",
        definition["active"] == true && definition["deleted"] != true,
    );
    if let Some(name) = definition["name"].as_str().filter(|name| !name.is_empty()) {
        put(&mut flag, "name", name);
    }
    if definition["evaluation_runtime"] == "server" {
        put(&mut flag, "client", false);
    }
    if definition["has_encrypted_payloads"] == true {
        graded.note(Grade::Exact, "its payloads are encrypted and stay so");
    }
    let requires = requires(project, definition, graded);
    if !requires.is_empty() {
        put(&mut flag, "requires", json!({ "all": requires }));
    }
    Some(flag)
}

fn version_1(project: &Project<'_>, key: &str, definition: &Value, graded: &mut Graded) -> Value {
    let filters = &definition["filters"];
    let names = Names::of(definition);
    let units = Units::of(project, key, definition);
    let mut rules = Vec::new();
    if project.dependencies.is_broken(key) {
        let reason = "a flag that it depends on is missing, refused or waits for itself";
        graded.note(Grade::Exact, reason);
        rules.push(json!({ "id": "missing-dependency", "on_unknown": "skip",
            "when": project.at_server(Beyond::UnresolvedDependency),
            "outcome": names.off_outcome() }));
    }
    early::enrolment(project, key, filters, &names, &mut rules, graded);
    early::holdout(filters, &units, &mut rules, graded);
    conditions::lower(project, key, filters, &names, &units, &mut rules, graded);
    let kind = if names.off.is_some() {
        "boolean"
    } else {
        "string"
    };
    json!({ "type": kind, "variants": names.values(),
        "off": names.off.as_ref().map_or(json!({ "special": "null" }), |off| off.as_str().into()),
        "dialect": Project::dialect(), "rules": rules, "fallthrough": names.off_outcome() })
}

/// Whose ids a flag hashes.
pub(super) struct Units {
    /// Who the whole flag is about.
    pub(super) about: About,
    /// Units of a person, the first present one counts.
    pub(super) person: Vec<Value>,
    /// Whether persons are bucketed by device.
    pub(super) by_device: bool,
}

impl Units {
    fn of(project: &Project<'_>, key: &str, definition: &Value) -> Self {
        let filters = &definition["filters"];
        let index = &filters["aggregation_group_type_index"];
        let by_device = definition["bucketing_identifier"] == "device_id";
        let person = if by_device {
            vec![json!("device")]
        } else if is_continuous(definition) {
            let stored = project.person(&format!("$hash_key/{key}"));
            vec![Value::Object(stored), json!("anonymous"), json!("user")]
        } else {
            vec![json!("user")]
        };
        Self {
            about: if index.is_number() {
                About::group(project, index)
            } else {
                About::Person
            },
            person,
            by_device,
        }
    }

    /// Units of the holdout, which looks at no stored key and does without a device.
    pub(super) fn of_holdout(&self) -> Vec<Value> {
        match &self.about {
            About::Group { unit, .. } => vec![unit.as_str().into()],
            // A group type that nobody knows has no keys.
            About::UnknownGroup => Vec::new(),
            About::Person if self.by_device => vec![json!("device"), json!("user")],
            About::Person => self
                .person
                .iter()
                .filter(|unit| unit.is_string())
                .cloned()
                .collect(),
        }
    }
}

/// The unit of a group type; the names of our own units are taken.
pub(super) fn unit_of_group(kind: &str) -> String {
    match kind {
        "user" | "device" | "anonymous" => format!("group:{kind}"),
        kind => kind.to_owned(),
    }
}

pub(super) fn is_continuous(definition: &Value) -> bool {
    definition["ensure_experience_continuity"] == true
}

/// What must hold before a flag is looked at.
fn requires(project: &Project<'_>, definition: &Value, graded: &mut Graded) -> Vec<Value> {
    let mut requires = Vec::new();
    if is_continuous(definition) {
        let reason = "continuity of bucketing needs the keys that were stored for each person";
        graded.note(Grade::ExactWithOption, reason);
        requires.push(project.at_server(Beyond::ExperienceContinuity));
    }
    let units = Units::of(project, "", definition);
    if units.by_device && units.about == About::Person {
        let has_device = json!({ "unit": "device", "op": "exists" });
        requires.push(json!({ "any": [has_device, project.at_server(Beyond::MissingContext)] }));
    }
    let contexts = ["evaluation_contexts", "evaluation_tags"];
    let contexts: Vec<&Value> = contexts
        .into_iter()
        .filter_map(|name| definition[name].as_array())
        .flatten()
        .filter(|context| context.is_string())
        .collect();
    if !contexts.is_empty() {
        // An array is one text in the dialect, in which each of its texts is quoted.
        let quoted: Vec<Value> = contexts.iter().map(|one| one.to_string().into()).collect();
        requires.push(unless_said(
            project,
            "$evaluation_contexts",
            "contains",
            quoted.into(),
        ));
    }
    let runtime = &definition["evaluation_runtime"];
    if runtime == "client" || runtime == "server" {
        let wanted = json!([runtime, "all"]);
        requires.push(unless_said(project, "$evaluation_runtime", "in", wanted));
    }
    requires
}

/// What a request says of itself is what is wanted, or it says nothing.
fn unless_said(project: &Project<'_>, name: &str, op: &str, wanted: Value) -> Value {
    let leaf = |op: &str, value: Value| {
        let mut leaf = project.of_request(name);
        leaf.insert("op".to_owned(), op.into());
        leaf.insert("value".to_owned(), value);
        Value::Object(leaf)
    };
    json!({ "any": [leaf(op, wanted), not(leaf("exists", true.into()))] })
}
