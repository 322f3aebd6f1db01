//! `GET /v1/names/{key}/{plan hash}`: the names and descriptions that explaining needs.

use crate::authorise::{audience, authorise};
use crate::error::{Failure, FailureKind};
use crate::respond::Answer;
use crate::store::document::{self, Name};
use crate::store::record;
use crate::visit::Visit;

/// The names of the plan that is served now.
///
/// A description may change without the plan changing, so copies last for minutes only.
pub(crate) async fn get(visit: &Visit, key: &str, plan: &str) -> Result<Answer, Failure> {
    let key = authorise(visit, Some(key)).await?;
    let environment = record::environment(visit, &key).await?.record;
    let audience = audience(&key, &environment);
    if audience.plan != plan {
        let message = "this plan is not the one that is served now; fetch the configuration again";
        return Err(Failure::new(FailureKind::NotFound, message));
    }
    let names = document::read(visit, &key.project, &Name::names(&audience.names)).await?;
    Ok(Answer::shared(names)
        .header("Content-Type", "application/json")
        .header("Cache-Control", "private, max-age=300"))
}
