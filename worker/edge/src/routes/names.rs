//! `GET /v1/names/{key}/{plan hash}`: the names and descriptions that explaining needs.

use worker::{Context, Request, Response};

use crate::authorise::{audience, authorise};
use crate::error::{Failure, FailureKind};
use crate::settings::Settings;
use crate::store::document::{self, Sort};
use crate::store::record;

/// The names of the plan that is served now.
///
/// A description may change without the plan changing, so copies last for minutes only.
pub(crate) async fn get(
    request: &Request,
    settings: &Settings,
    ctx: &Context,
    key: &str,
    plan: &str,
) -> Result<Response, Failure> {
    let key = authorise(settings, request.headers(), Some(key)).await?;
    let environment = record::environment(settings, &key).await?;
    let audience = audience(&key, &environment);
    if audience.plan != plan {
        let message = "this plan is not the one that is served now; fetch the configuration again";
        return Err(Failure::new(FailureKind::NotFound, message));
    }
    let names = document::read(settings, ctx, &key.project, Sort::Names, &audience.names).await?;
    let response = Response::from_bytes(names.to_vec())?;
    let headers = response.headers();
    headers.set("Content-Type", "application/json")?;
    headers.set("Cache-Control", "private, max-age=300")?;
    Ok(response)
}
