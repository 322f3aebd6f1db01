//! `…/dead-letters`: deliveries that no attempt brought to their shard.

use serde::Serialize;
use worker::{Date, Response, ResponseBuilder};

use super::data::Place;
use crate::error::ApiError;
use crate::overflow::{DeadLetter, DeadLetters};

#[derive(Debug, Serialize)]
struct List {
    dead_letters: Vec<DeadLetter>,
    /// Whether there are more than these.
    more: bool,
}

/// The oldest of them.
pub(crate) async fn list(place: &Place<'_>) -> Result<Response, ApiError> {
    let (dead_letters, more) = of(place).list().await?;
    respond(&List { dead_letters, more })
}

/// Delivers them once more, the oldest first, and tells which fail again.
pub(crate) async fn replay(place: &Place<'_>) -> Result<Response, ApiError> {
    let force = place.call.query.get("force");
    let is_forced = force.is_some_and(|force| force == "true");
    let now = Date::now().as_millis();
    respond(&of(place).replay(now, is_forced).await?)
}

fn of<'a>(place: &'a Place<'_>) -> DeadLetters<'a> {
    DeadLetters {
        env: place.env,
        environment: &place.environment,
    }
}

fn respond<T: Serialize>(body: &T) -> Result<Response, ApiError> {
    let builder = ResponseBuilder::new().with_header("Cache-Control", "no-store")?;
    Ok(builder.from_json(body)?)
}
