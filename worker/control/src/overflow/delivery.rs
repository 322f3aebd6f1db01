//! Handing a delivery to its shard once more.

use futures_util::future::try_join_all;
use pennon_api::{Delivery, EnvironmentRecord, OtherShards};
use worker::{Env, Error, Result};

use crate::shard_call;

/// What a shard makes of a delivery.
#[derive(Clone, Copy)]
enum Reply {
    Committed,
    NeedsDefinitions,
    Recut(u32),
}

/// Delivers what a message holds.
///
/// # Errors
///
/// When it is no delivery, or as `deliver`.
pub(super) async fn deliver_text(env: &Env, text: &str) -> Result<()> {
    deliver(env, &serde_json::from_str(text)?).await
}

/// Returns only after every shard concerned has committed. Ids are those of the first attempt, so
/// what was committed then changes nothing.
///
/// # Errors
///
/// When a shard does not take its part.
pub(crate) async fn deliver(env: &Env, delivery: &Delivery) -> Result<()> {
    match ask(env, delivery).await? {
        Reply::Committed => Ok(()),
        Reply::NeedsDefinitions => settle(ask(env, &with_definitions(env, delivery).await?).await?),
        Reply::Recut(shards) => {
            let parts = delivery.recut(shards);
            let parts = parts.iter().map(async |part| settle(ask(env, part).await?));
            try_join_all(parts).await.map(drop)
        }
    }
}

/// A second answer of the first kind is an error: the next attempt begins anew.
fn settle(reply: Reply) -> Result<()> {
    match reply {
        Reply::Committed => Ok(()),
        _ => Err(Error::from("the shards are being doubled")),
    }
}

async fn ask(env: &Env, delivery: &Delivery) -> Result<Reply> {
    let name = format!("{}/{}", delivery.environment, delivery.shard);
    let body = serde_json::to_string(delivery)?;
    let mut response = shard_call::send(env, "", &name, "/deliver", Some(body)).await?;
    let text = response.text().await?;
    match response.status_code() {
        200 => return Ok(Reply::Committed),
        428 => return Ok(Reply::NeedsDefinitions),
        409 => {
            if let Ok(OtherShards { shards }) = serde_json::from_str(&text) {
                return Ok(Reply::Recut(shards));
            }
        }
        _ => {}
    }
    let status = response.status_code();
    Err(Error::from(format!(
        "shard {name} answers {status}: {text}"
    )))
}

/// The edge sends the definitions along; where they are missing, those in force now are taken.
async fn with_definitions(env: &Env, delivery: &Delivery) -> Result<Delivery> {
    let missing = || Error::from("the environment has no definitions");
    let name = format!("env/{}", delivery.environment);
    let object = env.bucket("ARCHIVE")?.get(name).execute().await?;
    let object = object.ok_or_else(missing)?;
    let body = object.body().ok_or_else(missing)?;
    let record: EnvironmentRecord = serde_json::from_slice(&body.bytes().await?)?;
    let definitions = record.definitions.ok_or_else(missing)?;
    Ok(Delivery {
        definitions: definitions.hash,
        definitions_body: Some(definitions.body),
        ..delivery.clone()
    })
}
