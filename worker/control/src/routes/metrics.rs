//! `GET /metrics`: what an installation has done, as Prometheus text.
//!
//! Isolates come and go, and what one of them has counted says little; objects stay. So every
//! number here is asked of the object that owns it, at this moment.

use std::time::Duration;

use futures_util::future::join_all;
use pennon_api::{Environment, EnvironmentList, ProjectList, Propagation};
use serde::de::DeserializeOwned;
use worker::{Env, Error, Response, ResponseBuilder};

use crate::call::Call;
use crate::error::ApiError;
use crate::exposition::{Sample, text};
use crate::incoming::{Incoming, directory_stub};
use crate::policy::{Action, Actor};
use crate::timeout::within;

/// How long one object may take; one that does not answer is shown as down.
const LIMIT: Duration = Duration::from_secs(3);

/// The numbers of all projects that the token sees, or of `?project=` alone.
pub(crate) async fn show(incoming: Incoming, env: &Env) -> Result<Response, ApiError> {
    let actor = incoming.authenticate(env, None).await?;
    actor.require(Action::Read)?;
    let only = incoming.call.query.get("project");
    let whole = Call {
        actor: Some(actor.clone()),
        request: incoming.call.request.clone(),
        method: "GET".to_owned(),
        path: vec!["projects".to_owned()],
        ..Call::default()
    };
    let projects: ProjectList = answer_of(whole.send(&directory_stub(env)?).await?).await?;
    let wanted = projects.projects.iter().map(|project| project.key.as_str());
    let wanted = wanted.filter(|key| only.is_none_or(|only| only == key));
    let samples = wanted.map(|project| {
        of_project(Place {
            env,
            actor: &actor,
            request: &incoming.call.request,
            project,
        })
    });
    let samples = join_all(samples).await;
    let builder = ResponseBuilder::new()
        .with_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")?
        .with_header("Cache-Control", "no-store")?;
    Ok(builder.fixed(text(&samples.concat()).into_bytes()))
}

async fn of_project(place: Place<'_>) -> Vec<Sample> {
    let Place { env, project, .. } = place;
    let environments: Result<EnvironmentList, ApiError> = place.ask(&["environments"]).await;
    let up = up("project", environments.is_ok()).labelled(&[("project", project)]);
    let environments = environments.map_or_else(|_| Vec::new(), |list| list.environments);
    let questions = environments.iter().map(|environment| async {
        let (own, shards) = (
            of_environment(&place, environment),
            of_shards(env, environment),
        );
        let labels = [
            ("project", project),
            ("environment", environment.key.as_str()),
        ];
        let samples = [own.await, shards.await].concat();
        let labelled = samples.into_iter().map(|sample| sample.labelled(&labels));
        labelled.collect::<Vec<_>>()
    });
    let mut samples = join_all(questions).await.concat();
    samples.push(up);
    samples
}

/// A Project object, for whoever asks.
struct Place<'a> {
    env: &'a Env,
    actor: &'a Actor,
    /// Id of the request.
    request: &'a str,
    project: &'a str,
}

impl Place<'_> {
    async fn ask<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ApiError> {
        let object = format!("{}/{}", self.actor.account, self.project);
        let stub = self.env.durable_object("PROJECT")?.get_by_name(&object)?;
        let call = Call {
            actor: Some(self.actor.clone()),
            request: self.request.to_owned(),
            object,
            method: "GET".to_owned(),
            path: path.iter().map(ToString::to_string).collect(),
            ..Call::default()
        };
        answer_of(call.send(&stub).await?).await
    }
}

async fn of_environment(place: &Place<'_>, environment: &Environment) -> Vec<Sample> {
    let path = ["environments", &environment.key, "propagation"];
    let Ok(state) = place.ask::<Propagation>(&path).await else {
        return Vec::new();
    };
    let mut samples = vec![
        Sample::gauge(
            "pennon_environment_revision",
            "The newest revision.",
            precise(state.revision),
        ),
        Sample::gauge(
            "pennon_environment_published_timestamp_seconds",
            "When the newest revision was made.",
            precise(state.published_at) / 1_000.0,
        ),
        Sample::gauge(
            "pennon_store_writes_waiting",
            "Writes that bucket and key-value store have not confirmed.",
            precise(state.stores.waiting),
        ),
    ];
    for hub in &state.hubs {
        let numbers = [
            up("hub", hub.revision.is_some()),
            Sample::gauge(
                "pennon_hub_revision",
                "The newest revision that the hub has told its sockets.",
                precise(hub.revision.unwrap_or(0)),
            ),
            Sample::gauge(
                "pennon_hub_sockets_holding",
                "Push connections whose clients hold the newest revision.",
                precise(hub.holding),
            ),
        ];
        let name = format!("{}/{}", environment.id, hub.region);
        let own = of_object(place.env, "HUB", &name);
        // A hub that does not answer is shown as down already.
        let own = within(LIMIT, own).await.unwrap_or_default();
        let all = numbers.into_iter().chain(own);
        samples.extend(all.map(|sample| sample.labelled(&[("region", &hub.region)])));
    }
    samples
}

async fn of_shards(env: &Env, environment: &Environment) -> Vec<Sample> {
    let questions = (0..environment.shards).map(|shard| async move {
        let number = shard.to_string();
        let name = format!("{}/{number}", environment.id);
        let samples = within(LIMIT, of_object(env, "SHARD", &name)).await;
        let up = up("shard", samples.is_ok());
        let all = samples.unwrap_or_default().into_iter().chain([up]);
        all.map(|sample| sample.labelled(&[("shard", &number)]))
            .collect::<Vec<_>>()
    });
    join_all(questions).await.concat()
}

async fn of_object(env: &Env, binding: &str, name: &str) -> worker::Result<Vec<Sample>> {
    let stub = env.durable_object(binding)?.get_by_name(name)?;
    let mut answer = stub.fetch_with_str("https://object/metrics").await?;
    match answer.status_code() {
        200 => answer.json().await,
        status => Err(Error::RustError(format!("status {status}"))),
    }
}

async fn answer_of<T: DeserializeOwned>(mut answer: Response) -> Result<T, ApiError> {
    match answer.status_code() {
        200 => Ok(answer.json().await?),
        status => Err(ApiError::internal(format!("an object answers {status}"))),
    }
}

fn up(object: &str, is_up: bool) -> Sample {
    let value = if is_up { 1.0 } else { 0.0 };
    let sample = Sample::gauge("pennon_up", "Whether the object answers.", value);
    sample.labelled(&[("object", object)])
}

/// Counts and times are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn precise(number: u64) -> f64 {
    number as f64
}
