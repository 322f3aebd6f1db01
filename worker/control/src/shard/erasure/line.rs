//! What is left of a line of the raw log when a subject is erased.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::shard::subject::Subjects;

/// Subjects as the shards know them.
pub(super) type Erased = BTreeSet<Vec<u8>>;

/// What is left of several lines, and how many of them were changed or removed.
pub(super) fn without(lines: &str, subjects: &Subjects, erased: &Erased) -> (String, u64) {
    let mut left = String::with_capacity(lines.len());
    let mut changed = 0;
    for line in lines.lines() {
        let kept = match rest(line, subjects, erased) {
            Rest::Same => Some(line.to_owned()),
            Rest::Part(part) => Some(part),
            Rest::Nothing => None,
        };
        if kept.as_deref() != Some(line) {
            changed += 1;
        }
        if let Some(part) = kept {
            left.push_str(&part);
            left.push('\n');
        }
    }
    (left, changed)
}

enum Rest {
    Same,
    Part(String),
    Nothing,
}

/// Takes the erased units out of one line. What a person wrote or did in words of the application
/// goes with them; what other units of the event are counted by stays.
fn rest(line: &str, subjects: &Subjects, erased: &Erased) -> Rest {
    let Ok(mut event) = serde_json::from_str::<Map<String, Value>>(line) else {
        return Rest::Same;
    };
    let is_erased = |unit_type: &str, unit_id: &Value| {
        let unit_id = unit_id.as_str().unwrap_or_default();
        erased.contains(&subjects.of(unit_type, unit_id))
    };
    let gone = |units: Option<&Value>| -> Vec<String> {
        let units = units.and_then(Value::as_object).into_iter().flatten();
        units
            .filter(|(unit_type, unit_id)| is_erased(unit_type, unit_id))
            .map(|(unit_type, _)| unit_type.clone())
            .collect()
    };
    let units = gone(event.get("units"));
    let previous = gone(event.get("previous"));
    if units.is_empty() && previous.is_empty() {
        return Rest::Same;
    }
    let is_answer = event.get("type").is_some_and(|kind| kind == "answer");
    let is_empty = !take(&mut event, "units", &units);
    if is_answer || is_empty {
        return Rest::Nothing;
    }
    take(&mut event, "previous", &units);
    take(&mut event, "previous", &previous);
    if event.get("type").is_some_and(|kind| kind == "track") {
        event.shift_remove("properties");
    }
    event.insert("erased".to_owned(), Value::Bool(true));
    Rest::Part(Value::Object(event).to_string())
}

/// Removes entries from the object in a field; false when nothing is left in it.
fn take(event: &mut Map<String, Value>, field: &str, names: &[String]) -> bool {
    let Some(object) = event.get_mut(field).and_then(Value::as_object_mut) else {
        return false;
    };
    for name in names {
        object.shift_remove(name);
    }
    !object.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &Value, expected: Option<&Value>) {
        let subjects = Subjects::new(&[7; 32]).unwrap();
        let erased = BTreeSet::from([subjects.of("user", "u1"), subjects.of("user", "anon")]);
        let (left, changed) = without(&format!("{line}\n"), &subjects, &erased);
        let left: Vec<Value> = left
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(left.first(), expected, "{line}");
        assert_eq!(changed, u64::from(expected != Some(line)));
    }

    #[test]
    fn takes_out_the_person_and_leaves_what_others_are_counted_by() {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let cases = [
            (
                r#"{"type":"track","units":{"user":"u2"},"properties":{"a":"b"}}"#,
                Some(r#"{"type":"track","units":{"user":"u2"},"properties":{"a":"b"}}"#),
            ),
            (r#"{"type":"track","units":{"user":"u1"}}"#, None),
            (
                r#"{"type":"track","units":{"user":"u1","device":"d"},"value":3,"properties":{"a":"b"}}"#,
                Some(r#"{"type":"track","units":{"device":"d"},"value":3,"erased":true}"#),
            ),
            (
                r#"{"type":"exposure","units":{"user":"u1","device":"d"},"properties":{"plan":"pro"}}"#,
                Some(
                    r#"{"type":"exposure","units":{"device":"d"},"properties":{"plan":"pro"},"erased":true}"#,
                ),
            ),
            (
                r#"{"type":"answer","units":{"user":"u1","device":"d"},"value":"me"}"#,
                None,
            ),
            (
                r#"{"type":"identify","units":{"user":"u1","device":"d"},"previous":{"user":"anon"}}"#,
                Some(r#"{"type":"identify","units":{"device":"d"},"previous":{},"erased":true}"#),
            ),
            (
                r#"{"type":"track","units":{"device":"u1"}}"#,
                Some(r#"{"type":"track","units":{"device":"u1"}}"#),
            ),
        ];
        for (line, expected) in cases {
            check(&json(line), expected.map(json).as_ref());
        }
    }
}
