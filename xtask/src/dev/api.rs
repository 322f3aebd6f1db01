//! The control Worker's HTTP API, as far as seeding needs it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use ureq::Agent;

const PATIENCE: Duration = Duration::from_mins(1);

const MOMENT: Duration = Duration::from_millis(200);

/// One control Worker, and a token for it.
pub(super) struct Api {
    agent: Agent,
    origin: String,
    token: String,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Api {
    pub(super) fn new(origin: &str, token: &str) -> Self {
        Self {
            agent: agent(),
            origin: origin.to_owned(),
            token: token.to_owned(),
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Answer> {
        let request = self
            .agent
            .get(self.url(path))
            .header("authorization", self.authorization());
        answer(request.call()).with_context(|| format!("GET {path}"))
    }

    /// Creates what is not there yet; what is there stays as somebody may have changed it.
    pub(super) fn create(&self, path: &str, body: &Value) -> Result<Answer> {
        let request = self
            .agent
            .put(self.url(path))
            .header("authorization", self.authorization())
            .header("if-none-match", "*");
        accept("PUT", path, answer(request.send_json(body))?)
    }

    /// Adds to a collection; an item with the same key may be there already.
    pub(super) fn add(&self, path: &str, body: &Value) -> Result<Answer> {
        let request = self
            .agent
            .post(self.url(path))
            .header("authorization", self.authorization());
        accept("POST", path, answer(request.send_json(body))?)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// Waits until somebody answers with success.
pub(super) fn wait_until_it_answers(url: &str) -> Result<()> {
    let agent = agent();
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if agent
            .get(url)
            .call()
            .is_ok_and(|response| response.status().is_success())
        {
            return Ok(());
        }
        std::thread::sleep(MOMENT);
    }
    bail!("{url} did not answer within {} s", PATIENCE.as_secs());
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .new_agent()
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer> {
    let mut response = response?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string()?;
    Ok(Answer {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    })
}

fn accept(method: &str, path: &str, answer: Answer) -> Result<Answer> {
    // 409 and 412 are how a collection and an item say that it is there already.
    if !matches!(answer.status, 200..300 | 409 | 412) {
        bail!(
            "{method} {path} answered {}: {}",
            answer.status,
            answer.body
        );
    }
    Ok(answer)
}
