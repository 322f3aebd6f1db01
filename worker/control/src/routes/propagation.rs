//! `GET …/environments/{environment}/propagation`: how far the newest revision has come.

use std::time::Duration;

use futures_util::future::join_all;
use pennon_api::{HubState, Propagation};
use worker::{Env, Error};

use crate::call::Answer;
use crate::error::ApiError;
use crate::project::ProjectRequest;
use crate::store::{hubs, outbox, snapshots};
use crate::timeout::within;

/// How long a hub may take; one that does not answer is shown without a revision.
const LIMIT: Duration = Duration::from_secs(2);

/// Asks every hub at this moment.
pub(crate) async fn show(
    request: &ProjectRequest<'_>,
    environment: &str,
) -> Result<Answer, ApiError> {
    let id = request.environment(environment)?.id;
    let newest = snapshots::newest(request.db, &id)?;
    let newest = newest.ok_or_else(|| ApiError::internal("an environment has no revision"))?;
    let regions = hubs::regions(request.db, &id)?;
    let questions = regions
        .iter()
        .map(|region| ask(request.env(), (&id, region), newest.revision));
    let hubs = join_all(questions).await;
    Answer::ok(&Propagation {
        revision: newest.revision,
        published_at: newest.published_at,
        stores: outbox::state(request.db, &id)?,
        sockets: hubs.iter().map(|hub| hub.sockets).sum(),
        holding: hubs.iter().map(|hub| hub.holding).sum(),
        hubs,
    })
}

async fn ask(env: &Env, (environment, region): (&str, &str), revision: u64) -> HubState {
    let answer = within(LIMIT, async {
        let hubs = env.durable_object("HUB")?;
        let stub = hubs.get_by_name(&format!("{environment}/{region}"))?;
        let url = format!("https://hub/held/{revision}");
        let mut answer = stub.fetch_with_str(&url).await?;
        match answer.status_code() {
            200 => answer.json().await,
            status => Err(Error::RustError(format!("status {status}"))),
        }
    });
    answer.await.unwrap_or_else(|_| HubState {
        region: region.to_owned(),
        ..HubState::default()
    })
}
