//! Imports definitions and answers requests, as `wasm/full` does.

use anyhow::{Context as _, Result};
use pennon_import::posthog::{self, Flags, Mode, Options, Request};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Question {
    Import {
        definitions: Value,
    },
    Answer {
        definitions: Value,
        request: Value,
        mode: String,
        now_ms: f64,
        hash_keys: Value,
    },
}

pub(crate) fn answer(questions: &str) -> Result<String> {
    let questions: Vec<Value> = serde_json::from_str(questions)?;
    let answers: Vec<Value> = questions
        .into_iter()
        .map(|question| {
            let answer = if question.get("algorithm").is_some() {
                bucket(question)
            } else {
                one(question)
            };
            // One question that makes no sense must not hide what the others show.
            answer.unwrap_or_else(|error| json!({ "refused": true, "error": format!("{error:#}") }))
        })
        .collect();
    Ok(serde_json::to_string(&answers)?)
}

fn bucket(question: Value) -> Result<Value> {
    let request = serde_json::from_value(question)?;
    let answer = pennon_ruleset::bucket(&request).map_err(anyhow::Error::msg)?;
    Ok(serde_json::to_value(answer)?)
}

fn one(question: Value) -> Result<Value> {
    let options = Options {
        environment: "env_conformance".to_owned(),
    };
    Ok(match serde_json::from_value(question)? {
        Question::Import { definitions } => {
            let import = posthog::import(&definitions.to_string(), &options)?;
            serde_json::to_value(import)?
        }
        Question::Answer {
            definitions,
            request,
            mode,
            now_ms,
            hash_keys,
        } => {
            let import = posthog::import(&definitions.to_string(), &options)?;
            let flags = Flags::new(&import.ruleset)?;
            let request = Request::new(&request).with_hash_keys(&hash_keys);
            let mode = Mode::from_word(&mode).context("the mode is `complete` or `local`")?;
            serde_json::to_value(flags.answers(request, mode, now_ms))?
        }
    })
}
