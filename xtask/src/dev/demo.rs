//! The demo project: `examples/react-app/demo`, put into the control Worker over HTTP.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::api::{self, Api};
use crate::repository::Repository;

const FOLDER: &str = "examples/react-app/demo";

/// How long the Worker's log is read for the one-time link.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the example app and people need to know of the seeded project.
pub(super) struct Demo {
    pub(super) token: String,
    pub(super) client_key: String,
    /// The path of the environment.
    pub(super) environment: String,
    /// A flag that shows.
    pub(super) flag: String,
}

impl Demo {
    /// Creates what is missing; what somebody has changed since stays.
    pub(super) fn seed(
        repository: &Repository,
        state: &Path,
        control: &str,
        log: &Receiver<String>,
    ) -> Result<Self> {
        api::wait_until_it_answers(&format!("{control}/healthz"))?;
        let token = token(state, control, log)?;
        let api = Api::new(control, &token);
        let project: Value =
            serde_json::from_str(&repository.read(&format!("{FOLDER}/project.json"))?)?;
        let key = text(&project, "key")?;
        let of_project = format!("/api/v1/projects/{key}");
        let environment = format!(
            "{of_project}/environments/{}",
            text(&project["environment"], "key")?
        );
        api.add(
            "/api/v1/projects",
            &json!({ "key": key, "name": project["name"] }),
        )?;
        api.add(
            &format!("{of_project}/environments"),
            &project["environment"],
        )?;
        for (name, attribute) in project["attributes"].as_object().into_iter().flatten() {
            api.create(&format!("{of_project}/attributes/{name}"), attribute)?;
        }
        for kind in ["lists", "segments", "metrics"] {
            seed_kind(repository, &api, &project, kind, &of_project)?;
        }
        seed_kind(repository, &api, &project, "flags", &environment)?;
        let flag = project["flags"][0]
            .as_str()
            .context("the demo project has no flags")?
            .to_owned();
        Ok(Self {
            client_key: client_key(&api, &environment)?,
            token,
            environment,
            flag,
        })
    }
}

/// Puts the files of one kind, in the order of `project.json`: what others refer to comes first.
fn seed_kind(
    repository: &Repository,
    api: &Api,
    project: &Value,
    kind: &str,
    path: &str,
) -> Result<()> {
    for id in project[kind]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let body: Value =
            serde_json::from_str(&repository.read(&format!("{FOLDER}/{kind}/{id}.json"))?)
                .with_context(|| format!("{FOLDER}/{kind}/{id}.json"))?;
        api.create(&format!("{path}/{kind}/{id}"), &body)?;
    }
    Ok(())
}

/// The token of the last start, or one from the link that a first start prints.
fn token(state: &Path, control: &str, log: &Receiver<String>) -> Result<String> {
    let file = state.join("admin-token");
    if let Ok(known) = std::fs::read_to_string(&file) {
        let known = known.trim().to_owned();
        if Api::new(control, &known).get("/api/v1/projects")?.status == 200 {
            return Ok(known);
        }
    }
    let secret = secret(log).with_context(|| {
        format!(
            "no setup link: delete `{}` to start from nothing",
            state.display()
        )
    })?;
    let answer = Api::new(control, "").add(&format!("/setup/{secret}"), &json!({}))?;
    let token = text(&answer.body, "token")?;
    write_private(&file, &token)?;
    Ok(token)
}

/// Reads the Worker's log until it names the one-time link.
fn secret(log: &Receiver<String>) -> Result<String> {
    let deadline = Instant::now() + PATIENCE;
    while let Some(left) = deadline.checked_duration_since(Instant::now()) {
        let Ok(line) = log.recv_timeout(left) else {
            break;
        };
        if let Some((_, rest)) = line.split_once("/setup/") {
            return Ok(rest
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect());
        }
    }
    bail!(
        "the control Worker printed none within {} s",
        PATIENCE.as_secs()
    )
}

fn client_key(api: &Api, environment: &str) -> Result<String> {
    let path = format!("{environment}/keys");
    let known = api.get(&path)?.body;
    let list = known.as_array().or_else(|| known["keys"].as_array());
    let usable = list.into_iter().flatten().find(|key| {
        key["kind"] == "client" && key["revoked_at"].is_null() && key["expires_at"].is_null()
    });
    match usable {
        Some(key) => text(key, "key"),
        None => text(
            &api.add(&path, &json!({ "kind": "client", "origins": [] }))?
                .body,
            "key",
        ),
    }
}

fn text(value: &Value, field: &str) -> Result<String> {
    value[field]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no `{field}` in {value}"))
}

/// A token is for its owner's eyes.
fn write_private(file: &Path, content: &str) -> Result<()> {
    std::fs::write(file, content)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}
