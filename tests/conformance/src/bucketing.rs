//! The raw hash and the position of a unit, as `wasm/full` exports them under the name `hash`.

use anyhow::Result;
use pennon_ruleset::{BucketAnswer, BucketRequest};
use serde::Serialize;
use serde_json::Value;

/// What is answered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Bucket(BucketAnswer),
    Refused { error: String },
}

pub(crate) fn answer(questions: &str) -> Result<String> {
    let questions: Vec<Value> = serde_json::from_str(questions)?;
    // One question that makes no sense must not hide what the others show.
    let answers: Vec<Answer> = questions
        .into_iter()
        .map(|question| match bucket(question) {
            Ok(answer) => Answer::Bucket(answer),
            Err(error) => Answer::Refused { error },
        })
        .collect();
    Ok(serde_json::to_string(&answers)?)
}

fn bucket(question: Value) -> Result<BucketAnswer, String> {
    let request: BucketRequest =
        serde_json::from_value(question).map_err(|error| error.to_string())?;
    pennon_ruleset::bucket(&request)
}
