//! A property filter as a condition: what the filter's value decides alone is decided here.

use pennon_ruleset::{is_cargo_range, is_pattern, is_version};
use serde_json::{Map, Number, Value, json};

/// Why a filter is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The operator is not known, or the pattern is not read by this engine.
    Unsupported(String),
    /// The filter's value makes no sense with the operator.
    Invalid(&'static str),
}

/// What is tested: the fields of a leaf that name it.
pub(super) type Subject = Map<String, Value>;

/// A filter's operator and value.
#[derive(Clone, Copy)]
pub(super) struct Test<'a> {
    pub(super) subject: &'a Subject,
    pub(super) value: &'a Value,
    /// Whether boolean-like operands are compared as truth, as `property_matching_version` 1 says.
    pub(super) compares_truth: bool,
}

/// Gives an object a field.
pub(super) fn put(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Value::Object(fields) = object {
        fields.insert(name.to_owned(), value.into());
    }
}

/// A condition that nothing satisfies.
pub(super) fn never() -> Value {
    json!({ "any": [] })
}

/// The opposite of a condition.
pub(super) fn not(condition: impl Into<Value>) -> Value {
    let condition: Value = condition.into();
    json!({ "not": condition })
}

impl Test<'_> {
    /// The condition of an operator, or why there is none. `specs/posthog.md` 3.2.
    pub(super) fn condition(self, operator: &str) -> Result<Value, Fault> {
        match operator {
            "is_set" => return Ok(self.is_set()),
            "is_not_set" => return Ok(not(self.is_set())),
            _ if self.value.is_null() => return known(operator).map(|()| never()),
            _ => {}
        }
        match operator {
            "exact" => Ok(self.exact()),
            "is_not" => Ok(not(self.exact())),
            "icontains" => Ok(self.folded("contains", text(self.value).into())),
            "not_icontains" => Ok(not(self.folded("contains", text(self.value).into()))),
            "icontains_multi" => Ok(self.folded("contains", texts(self.value))),
            "not_icontains_multi" => Ok(not(self.folded("contains", texts(self.value)))),
            "starts_with" => Ok(self.folded("starts_with", text(self.value).into())),
            "not_starts_with" => Ok(not(self.folded("starts_with", text(self.value).into()))),
            "ends_with" => Ok(self.folded("ends_with", text(self.value).into())),
            "not_ends_with" => Ok(not(self.folded("ends_with", text(self.value).into()))),
            "regex" => self.pattern("matches"),
            "not_regex" => self.pattern("not_matches"),
            "gt" => self.number("gt"),
            "gte" => self.number("ge"),
            "lt" => self.number("lt"),
            "lte" => self.number("le"),
            "between" => self.between(),
            "not_between" => self.not_between(),
            "is_date_before" => Ok(self.dated(&["before"])),
            "is_date_after" => Ok(self.dated(&["after"])),
            "is_date_exact" => Ok(self.dated(&["on_or_before", "on_or_after"])),
            "semver_eq" => self.version("semver_eq"),
            "semver_gt" => self.version("semver_gt"),
            "semver_gte" => self.version("semver_ge"),
            "semver_lt" => self.version("semver_lt"),
            "semver_lte" => self.version("semver_le"),
            "semver_neq" => {
                let (below, above) = (self.version("semver_lt")?, self.version("semver_gt")?);
                Ok(json!({ "any": [below, above] }))
            }
            "semver_tilde" => self.range("~"),
            "semver_caret" => self.range("^"),
            "semver_wildcard" => self.range(""),
            other => known(other).map(|()| never()),
        }
    }

    fn leaf(self, op: &str, value: Value) -> Value {
        let mut leaf = self.subject.clone();
        leaf.insert("op".to_owned(), op.into());
        leaf.insert("value".to_owned(), value);
        Value::Object(leaf)
    }

    fn folded(self, op: &str, value: Value) -> Value {
        let mut leaf = self.leaf(op, value);
        put(&mut leaf, "ci", true);
        leaf
    }

    /// Present, and be it null.
    fn is_set(self) -> Value {
        let (exists, is_null) = (
            self.leaf("exists", true.into()),
            self.leaf("eq", Value::Null),
        );
        json!({ "any": [exists, is_null] })
    }

    fn exact(self) -> Value {
        let is_empty = self.value.as_array().is_some_and(Vec::is_empty);
        if is_empty || (self.compares_truth && is_boolean_like(self.value)) {
            return self.leaf("truthy", is_true(self.value).into());
        }
        match self.value {
            Value::Array(_) => self.folded("in", texts(self.value)),
            value => self.folded("eq", text(value).into()),
        }
    }

    fn pattern(self, op: &str) -> Result<Value, Fault> {
        let pattern = text(self.value);
        if is_pattern(&pattern) {
            Ok(self.leaf(op, pattern.into()))
        } else if pattern.contains("\\p{") || pattern.contains("\\P{") {
            Err(Fault::Unsupported(format!("the pattern `{pattern}`")))
        } else {
            Err(Fault::Invalid("invalid_regex"))
        }
    }

    fn number(self, op: &str) -> Result<Value, Fault> {
        let operand = number(self.value)?;
        Ok(if operand.is_nan() {
            never()
        } else {
            self.leaf(op, operand_value(operand))
        })
    }

    fn bounds(self) -> Result<(f64, f64), Fault> {
        match self.value.as_array().map(Vec::as_slice) {
            Some([low, high]) => {
                let (low, high) = (number(low)?, number(high)?);
                (low <= high).then_some((low, high))
            }
            _ => None,
        }
        .ok_or(Fault::Invalid("invalid_property"))
    }

    fn between(self) -> Result<Value, Fault> {
        let (low, high) = self.bounds()?;
        if let (Some(low), Some(high)) = (Number::from_f64(low), Number::from_f64(high)) {
            return Ok(self.leaf("between", json!([low, high])));
        }
        let low = self.leaf("ge", operand_value(low));
        Ok(json!({ "all": [low, self.leaf("le", operand_value(high))] }))
    }

    /// What is no number is between nothing; what is not a number by name is in neither.
    fn not_between(self) -> Result<Value, Fault> {
        let outside = not(self.between()?);
        let named = self.folded("in", json!(["nan", "+nan", "-nan"]));
        Ok(json!({ "all": [outside, not(named)] }))
    }

    fn dated(self, ops: &[&str]) -> Value {
        let Some(date) = self.value.as_str() else {
            return never();
        };
        if pennon_core::parse_lenient_date(date.as_bytes(), 0.0).is_none() {
            return never();
        }
        let mut leaves: Vec<Value> = ops.iter().map(|op| self.leaf(op, date.into())).collect();
        match (leaves.pop(), leaves.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                leaves.extend(last);
                json!({ "all": leaves })
            }
        }
    }

    fn version(self, op: &str) -> Result<Value, Fault> {
        let version = text(self.value);
        if is_version(&version) {
            Ok(self.leaf(op, version.into()))
        } else {
            Err(Fault::Invalid("invalid_property"))
        }
    }

    fn range(self, sign: &str) -> Result<Value, Fault> {
        let range = format!("{sign}{}", text(self.value));
        if is_cargo_range(&range) {
            Ok(self.leaf("semver_range", range.into()))
        } else {
            Err(Fault::Invalid("invalid_property"))
        }
    }
}

/// The code of what makes a filter on a property impossible to ask, whatever the value is.
pub(super) fn fault(filter: &Value) -> Option<&'static str> {
    let test = Test {
        subject: &Subject::new(),
        value: &filter["value"],
        compares_truth: false,
    };
    match test.condition(filter["operator"].as_str().unwrap_or("exact")) {
        Err(Fault::Invalid(code))
            if !matches!(filter["type"].as_str(), Some("flag" | "cohort")) =>
        {
            Some(code)
        }
        _ => None,
    }
}

/// Operators of other kinds of filters are known and match nothing.
fn known(operator: &str) -> Result<(), Fault> {
    const OPERATORS: &str = "exact is_not icontains not_icontains icontains_multi \
        not_icontains_multi starts_with not_starts_with ends_with not_ends_with regex not_regex gt \
        gte lt lte between not_between is_date_before is_date_after is_date_exact semver_eq \
        semver_neq semver_gt semver_gte semver_lt semver_lte semver_tilde semver_caret \
        semver_wildcard";
    if OPERATORS.split_whitespace().any(|known| known == operator) {
        Ok(())
    } else if matches!(operator, "in" | "not_in" | "flag_evaluates_to") {
        Err(Fault::Invalid("invalid_property"))
    } else {
        Err(Fault::Unsupported(format!("the operator `{operator}`")))
    }
}

fn is_boolean_like(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::String(text) => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        }
        Value::Array(elements) => elements.iter().all(is_boolean_like),
        _ => false,
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        Value::Array(elements) => elements.iter().all(is_true),
        _ => false,
    }
}

/// The number of a filter's value; infinite ones and no number at all are written as text only.
fn number(value: &Value) -> Result<f64, Fault> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        other => text(other).parse().ok(),
    };
    number.ok_or(Fault::Invalid("invalid_property"))
}

fn operand_value(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
}

fn text(value: &Value) -> String {
    pennon_ruleset::text_of(value)
}

/// The texts of an array's elements, or of the only value.
fn texts(value: &Value) -> Value {
    match value {
        Value::Array(elements) => elements.iter().map(|one| Value::from(text(one))).collect(),
        only => json!([text(only)]),
    }
}
