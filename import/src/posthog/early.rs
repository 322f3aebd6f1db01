//! What comes before the conditions: early access, and holdouts.

use serde_json::{Number, Value, json};

use super::definitions::id_text;
use super::filter::{self, Scope};
use super::flag::{Names, Units};
use super::operator::{never, put};
use super::project::Project;
use crate::grade::{Grade, Graded};

/// People who chose: in by `true`, out by anything else that is there. Old definitions list the
/// property as a condition.
pub(super) fn enrolment(
    project: &Project<'_>,
    key: &str,
    filters: &Value,
    names: &Names,
    rules: &mut Vec<Value>,
    graded: &mut Graded,
) {
    let (is_in, has_chosen) = if filters["feature_enrollment"] == true {
        let name = format!("$feature_enrollment/{key}");
        let is_in = json!({ "attribute": name, "op": "in", "value": ["true"] });
        (is_in, set(project, &name))
    } else if let Some(properties) = old_enrolment(filters) {
        graded.note(
            Grade::Exact,
            "an early access condition of the old form was translated",
        );
        let each = properties.iter();
        let is_in: Vec<Value> = each
            .clone()
            .map(|property| filter::property(project, property, &Scope::PERSON, graded))
            .collect();
        let chosen: Vec<Value> = each
            .filter_map(|property| id_text(&property["key"]))
            .map(|name| set(project, &name))
            .collect();
        (json!({ "all": is_in }), json!({ "any": chosen }))
    } else {
        return;
    };
    rules.push(json!({ "id": "enrolment-in", "on_unknown": "next",
        "when": { "all": [has_chosen, is_in] }, "outcome": { "variant": names.on } }));
    rules.push(json!({ "id": "enrolment-out", "on_unknown": "next",
        "when": has_chosen, "outcome": names.off_outcome() }));
}

/// The person has the property, and be it null.
fn set(project: &Project<'_>, name: &str) -> Value {
    let subject = project.person(name);
    let attribute = subject.get("attribute");
    json!({ "any": [{ "attribute": attribute, "op": "exists" },
                    { "attribute": attribute, "op": "eq", "value": null }] })
}

fn old_enrolment(filters: &Value) -> Option<&Vec<Value>> {
    let groups = filters["super_groups"].as_array()?;
    groups
        .iter()
        .filter_map(|group| group["properties"].as_array())
        .find(|properties| !properties.is_empty())
}

/// Who is held out.
pub(super) struct Holdout {
    id: String,
    /// From 0 to 1.
    share: f64,
    /// Whether it came in the old form.
    is_old: bool,
}

impl Holdout {
    pub(super) fn of(filters: &Value) -> Option<Self> {
        let new = &filters["holdout"];
        if new.is_object() {
            let id = new["id"].as_number()?;
            return Self::new(id.to_string(), &new["exclusion_percentage"], false);
        }
        let old = filters["holdout_groups"].as_array()?.first()?;
        let id = old["variant"].as_str()?.strip_prefix("holdout-")?;
        Self::new(id.to_owned(), &old["rollout_percentage"], true)
    }

    fn new(id: String, percentage: &Value, is_old: bool) -> Option<Self> {
        let share = percentage.as_f64()?.clamp(0.0, 100.0) / 100.0;
        Some(Self { id, share, is_old })
    }

    pub(super) fn variant(&self) -> String {
        format!("holdout-{}", self.id)
    }
}

/// The rule of a holdout. It hashes neither key nor id, so whoever is out of one is out of all.
pub(super) fn holdout(filters: &Value, units: &Units, rules: &mut Vec<Value>, graded: &mut Graded) {
    let Some(holdout) = Holdout::of(filters) else {
        return;
    };
    if holdout.is_old {
        graded.note(Grade::Exact, "a holdout of the old form was translated");
    }
    let mut rule = json!({ "id": "holdout", "holdout": true,
        "outcome": { "variant": holdout.variant() } });
    let all_units = units.of_holdout();
    if all_units.is_empty() {
        put(&mut rule, "when", never());
    } else if holdout.share < 1.0 {
        put(
            &mut rule,
            "gates",
            json!([gate("holdout-", &all_units, "empty", holdout.share)]),
        );
    }
    rules.push(rule);
}

/// A split that lets a share in, boundary included.
pub(super) fn gate(prefix: &str, units: &[Value], missing: &str, share: f64) -> Value {
    json!({ "hash": hash(prefix, "", units, missing, "le"),
        "ranges": [{ "from": 0, "to": Number::from_f64(share) }] })
}

/// `PostHog`'s hash with its text around the unit.
pub(super) fn hash(
    prefix: &str,
    suffix: &str,
    units: &[Value],
    missing: &str,
    comparison: &str,
) -> Value {
    let mut hash = json!({ "algorithm": "posthog_sha1_15", "prefix": prefix, "units": units,
        "missing": missing, "comparison": comparison });
    if !suffix.is_empty() {
        put(&mut hash, "suffix", suffix);
    }
    hash
}
