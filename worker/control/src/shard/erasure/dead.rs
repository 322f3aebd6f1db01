//! Deliveries that failed may hold a person too, and would bring them back when they are replayed.

use std::collections::BTreeMap;

use pennon_api::Delivery;
use worker::{Bucket, Error, Result};

use super::line::{self, Erased};
use crate::overflow;
use crate::shard::subject::Subjects;

/// Names that one look at the bucket's list brings.
const LISTED: u32 = 200;

/// Takes the erased subjects out of all dead letters of the environment, and says which of these
/// cannot be read: they are left as they are.
///
/// # Errors
///
/// Those of the bucket; doing it again does no harm.
pub(super) async fn clean(
    bucket: &Bucket,
    environment: &str,
    subjects: &Subjects,
    erased: &Erased,
) -> Result<Vec<String>> {
    let folder = overflow::folder(environment);
    let mut unreadable = Vec::new();
    let mut cursor = String::new();
    loop {
        let list = bucket.list().prefix(&folder).limit(LISTED);
        let list = if cursor.is_empty() {
            list
        } else {
            list.start_after(&cursor)
        };
        let page = list.execute().await?;
        for object in page.objects() {
            cursor = object.key();
            if !rewrite(bucket, &cursor, subjects, erased).await? {
                unreadable.push(cursor.clone());
            }
        }
        if !page.truncated() {
            return Ok(unreadable);
        }
    }
}

/// False when the letter cannot be read.
async fn rewrite(
    bucket: &Bucket,
    name: &str,
    subjects: &Subjects,
    erased: &Erased,
) -> Result<bool> {
    let Some(object) = bucket.get(name).execute().await? else {
        return Ok(true);
    };
    let body = object
        .body()
        .ok_or_else(|| Error::from(format!("`{name}` has no content")))?;
    let bytes = body.bytes().await?;
    let Ok(held) = serde_json::from_slice::<Delivery>(&bytes) else {
        return Ok(false);
    };
    let left = without(held.clone(), subjects, erased);
    if left == held {
        return Ok(true);
    }
    if left.copies.is_empty() && left.dropped == 0 {
        bucket.delete(name).await?;
        return Ok(true);
    }
    let confirmed = bucket.put(name, serde_json::to_string(&left)?);
    let confirmed = confirmed.execute().await?;
    confirmed
        .map(|_| true)
        .ok_or_else(|| Error::from(format!("the bucket did not take `{name}`")))
}

/// A line belongs to the event, and moves to another copy when the copy that had it goes.
fn without(mut delivery: Delivery, subjects: &Subjects, erased: &Erased) -> Delivery {
    let mut lines = BTreeMap::new();
    delivery.copies.retain_mut(|copy| {
        let is_erased = erased.contains(&subjects.of(&copy.unit_type, &copy.unit_id));
        if let Some(line) = copy.line.take_if(|_| is_erased) {
            lines.insert(copy.index, line);
        }
        !is_erased
    });
    for copy in &mut delivery.copies {
        copy.line = copy.line.take().or_else(|| lines.remove(&copy.index));
        if let Some(line) = &copy.line {
            let (left, _) = line::without(line, subjects, erased);
            copy.line = Some(left.trim_end().to_owned()).filter(|left| !left.is_empty());
        }
        let is_into_erased = |into: &str| erased.contains(&subjects.of(&copy.unit_type, into));
        copy.merge = copy
            .merge
            .take()
            .filter(|merge| !is_into_erased(&merge.into));
    }
    delivery
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn copy(index: u32, unit: (&str, &str), more: &Value) -> Value {
        let mut copy = json!({ "index": index, "id": "00", "at": 1, "hash": 1,
            "unit_type": unit.0, "unit_id": unit.1 });
        let fields = more.as_object().unwrap().clone();
        copy.as_object_mut().unwrap().extend(fields);
        copy
    }

    fn line(units: &Value) -> String {
        json!({ "type": "exposure", "units": units }).to_string()
    }

    #[test]
    fn the_person_goes_and_the_line_stays_with_who_is_left() {
        let both = json!({ "user": "u1", "device": "d" });
        let copies = json!([
            copy(0, ("user", "u1"), &json!({ "line": line(&both) })),
            copy(0, ("device", "d"), &json!({})),
            copy(
                1,
                ("user", "u1"),
                &json!({ "line": line(&json!({ "user": "u1" })) })
            ),
            copy(
                2,
                ("user", "u2"),
                &json!({ "line": line(&json!({ "user": "u2" })) })
            ),
            copy(
                3,
                ("user", "old"),
                &json!({ "merge": { "into": "u1", "hash": 1 } })
            ),
        ]);
        let delivery = json!({ "environment": "e", "pepper": "", "shard": 0, "shards": 1,
            "batch": "00", "received_at": 1, "copies": copies });
        let subjects = Subjects::new(&[7; 32]).unwrap();
        let erased = Erased::from([subjects.of("user", "u1")]);
        let left = without(
            serde_json::from_value(delivery).unwrap(),
            &subjects,
            &erased,
        );
        let found: Vec<_> = left
            .copies
            .iter()
            .map(|copy| (copy.index, copy.unit_id.as_str(), copy.line.as_deref()))
            .collect();
        let device = r#"{"type":"exposure","units":{"device":"d"},"erased":true}"#;
        let other = line(&json!({ "user": "u2" }));
        assert_eq!(
            found,
            [
                (0, "d", Some(device)),
                (2, "u2", Some(other.as_str())),
                (3, "old", None)
            ]
        );
        assert!(left.copies.iter().all(|copy| copy.merge.is_none()));
    }
}
