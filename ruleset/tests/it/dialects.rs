//! What the switches of a dialect mean, for the oracle: by other libraries than the evaluator's.

use std::cmp::Ordering;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::Value;

/// What a leaf of a dialect says to a value that is there: nothing where the dialect leaves it to the
/// native reading, and an inner nothing where it is unknown.
pub(crate) fn says(
    dialect: &Value,
    leaf: &Value,
    value: &Value,
    now_ms: i64,
    here: u8,
) -> Option<Option<bool>> {
    let op = leaf["op"].as_str()?;
    let operand = &leaf["value"];
    let fails = dialect["failures"] == "unknown";
    match op {
        "truthy" => Some(Some(is_true(value) == (operand != false))),
        "eq" | "ne" if operand.is_null() => None,
        "eq" | "ne" | "in" | "not_in" if is(dialect, "text_cast", "json") => {
            let members: Vec<&Value> = match operand {
                Value::Array(members) if op.ends_with("in") => members.iter().collect(),
                one => vec![one],
            };
            let folds = leaf["ci"] == true;
            let found = members
                .iter()
                .any(|one| fold(one, folds) == fold(value, folds));
            Some(Some(found == matches!(op, "eq" | "in")))
        }
        "starts_with" | "ends_with" | "contains" => part(dialect, leaf, op, value),
        "lt" | "le" | "gt" | "ge" if is(dialect, "number_cast", "parse") => {
            let operand = match operand {
                Value::Number(number) => number.as_f64(),
                other => other.as_str().unwrap().parse().ok(),
            };
            let operand = operand?;
            if operand_is_text(leaf) && !is_number_text(leaf) {
                return None;
            }
            Some(match number(value) {
                Some(found) => Some(ordered(op, found.partial_cmp(&operand))),
                None if fails => None,
                None => Some(false),
            })
        }
        "between" if is(dialect, "number_cast", "parse") => {
            let bounds: Vec<f64> = operand
                .as_array()?
                .iter()
                .filter_map(Value::as_f64)
                .collect();
            Some(Some(number(value).is_some_and(|found| {
                bounds[0] <= found && found <= bounds[1]
            })))
        }
        "before" | "after" | "on_or_before" | "on_or_after"
            if is(dialect, "dates", "iso-or-relative") =>
        {
            let operand = date_of(operand.as_str()?, now_ms)?;
            let found = moment(value, now_ms);
            let op = match op {
                "before" => "lt",
                "after" => "gt",
                "on_or_before" => "le",
                _ => "ge",
            };
            Some(Some(found.is_some_and(|found| {
                ordered(op, found.partial_cmp(&operand))
            })))
        }
        _ if op.starts_with("semver_") && is(dialect, "semver", "cargo") => {
            Some(Some(versioned(op, operand.as_str()?, &text(value))))
        }
        "matches" | "not_matches" if is(dialect, "regex", "fancy") => {
            let subject = text(value);
            if here == 0 && subject.len() > 1024 {
                return Some(None);
            }
            let pattern = fancy_regex::Regex::new(operand.as_str()?).unwrap();
            Some(Some(
                pattern.is_match(&subject).unwrap() == (op == "matches"),
            ))
        }
        _ => None,
    }
}

fn operand_is_text(leaf: &Value) -> bool {
    leaf["value"].is_string()
}

fn is_number_text(leaf: &Value) -> bool {
    leaf["value"]
        .as_str()
        .is_some_and(|text| text.parse::<f64>().is_ok())
}

fn is(dialect: &Value, switch: &str, value: &str) -> bool {
    dialect[switch] == value
}

fn part(dialect: &Value, leaf: &Value, op: &str, value: &Value) -> Option<Option<bool>> {
    let casts = is(dialect, "text_cast", "json");
    let ascii = is(dialect, "case_folding", "ascii-in-parts");
    if !casts && !ascii {
        return None;
    }
    let folds = leaf["ci"] == true;
    let lower = |text: &str| match (folds, ascii) {
        (false, _) => text.to_owned(),
        (true, true) => text.to_ascii_lowercase(),
        (true, false) => text.to_lowercase(),
    };
    let operands: Vec<String> = match &leaf["value"] {
        Value::Array(texts) => texts
            .iter()
            .map(|one| lower(one.as_str().unwrap()))
            .collect(),
        one => vec![lower(one.as_str().unwrap())],
    };
    let holds = |one: &str| {
        let one = lower(one);
        operands.iter().any(|operand| match op {
            "starts_with" => one.starts_with(operand),
            "ends_with" => one.ends_with(operand),
            _ => one.contains(operand),
        })
    };
    if casts {
        return Some(Some(holds(&text(value))));
    }
    let of_text = |one: &Value| one.as_str().is_some_and(holds);
    Some(Some(match value {
        Value::Array(elements) if leaf["elements"] == "all" => {
            !elements.is_empty() && elements.iter().all(of_text)
        }
        Value::Array(elements) => elements.iter().any(of_text),
        one => of_text(one),
    }))
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(text) => text.to_lowercase() == "true",
        Value::Array(elements) => elements.iter().all(is_true),
        _ => false,
    }
}

/// Text as it is, else JSON with sorted fields.
fn text(value: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Array(elements) => elements.iter().map(sorted).collect(),
            Value::Object(fields) => {
                let mut names: Vec<&String> = fields.keys().collect();
                names.sort();
                let fields = names
                    .into_iter()
                    .map(|name| (name.clone(), sorted(&fields[name])));
                Value::Object(fields.collect())
            }
            other => other.clone(),
        }
    }
    value
        .as_str()
        .map_or_else(|| sorted(value).to_string(), str::to_owned)
}

fn fold(value: &Value, folds: bool) -> String {
    let text = text(value);
    if folds { text.to_lowercase() } else { text }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn ordered(op: &str, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| match op {
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "gt" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// Milliseconds of a property's value.
fn moment(value: &Value, now_ms: i64) -> Option<f64> {
    match (number(value), value) {
        (Some(seconds), _) => (seconds.abs() < 8e12).then_some(seconds * 1000.0),
        (None, Value::String(text)) => date_of(text, now_ms),
        _ => None,
    }
}

fn date_of(text: &str, now_ms: i64) -> Option<f64> {
    if let Some(date) = relative(text, now_ms) {
        return Some(date);
    }
    let utc = |at: DateTime| at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    let at: Timestamp = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) if text.len() == 10 => utc(text.parse::<Date>().ok()?.at(0, 0, 0, 0))?,
        Err(_) => utc(text.parse().ok()?)?,
    };
    #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
    let ms = at.as_nanosecond() as f64 / 1e6;
    Some(ms)
}

fn relative(text: &str, now_ms: i64) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let count: i64 = digits.get(..digits.len() - 1)?.parse().ok()?;
    let mut at = Timestamp::from_millisecond(now_ms)
        .unwrap()
        .to_zoned(TimeZone::UTC);
    match digits.chars().last()? {
        'h' => at = at.checked_sub(Span::new().hours(count)).unwrap(),
        'd' => at = at.checked_sub(Span::new().days(count)).unwrap(),
        'w' => at = at.checked_sub(Span::new().weeks(count)).unwrap(),
        'm' => (0..count).for_each(|_| at = at.checked_sub(Span::new().months(1)).unwrap()),
        'y' => (0..count).for_each(|_| at = at.checked_sub(Span::new().years(1)).unwrap()),
        _ => return None,
    }
    #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
    let ms = at.timestamp().as_millisecond() as f64;
    Some(ms)
}

fn versioned(op: &str, operand: &str, text: &str) -> bool {
    let Some(version) = version(text) else {
        return false;
    };
    if op == "semver_range" {
        let loose = operand.trim_start_matches(['^', '~']);
        let range = match operand.strip_suffix(loose).unwrap() {
            "" => operand.trim_start_matches('v').to_owned(),
            sign => format!("{sign}{}", self::version(loose).unwrap()),
        };
        return semver::VersionReq::parse(&range).unwrap().matches(&version);
    }
    let order = version.cmp(&self::version(operand).unwrap());
    match op {
        "semver_eq" => order.is_eq(),
        "semver_lt" => order.is_lt(),
        "semver_le" => order.is_le(),
        "semver_gt" => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// The version that a loose text means.
fn version(text: &str) -> Option<semver::Version> {
    let text = text.strip_prefix('v').unwrap_or(text).trim();
    let at = text.find(['-', '+']).unwrap_or(text.len());
    let (core, suffix) = text.split_at(at);
    let mut numbers: Vec<String> = core
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0".to_owned(),
            rest => rest.to_owned(),
        })
        .collect();
    while numbers.len() < 3 {
        numbers.push("0".to_owned());
    }
    semver::Version::parse(&(numbers.join(".") + suffix)).ok()
}
