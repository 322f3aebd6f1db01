//! Handing a shard its part of a batch.

use std::time::Duration;

use futures_util::future::join_all;
use pennon_api::{Definitions, Delivery, OtherShards};
use worker::wasm_bindgen::JsValue;
use worker::{Error, Method, Request, RequestInit, Response, Result};

use super::timeout::within;
use crate::visit::{REQUEST_ID, Visit};

/// How long a shard may take to commit.
const LIMIT: Duration = Duration::from_secs(10);

/// What a shard makes of its part.
enum Reply {
    /// Committed; these events were new.
    Fresh(Vec<u32>),
    /// It does not know the definitions that the part names.
    NeedsDefinitions,
    /// The environment has another number of shards.
    Recut(u32),
}

/// Returns, with the indexes of the events that were new, only after the part is committed.
///
/// A shard that does not know how to count is told, and a part that was cut for another number of
/// shards is cut again, once each.
///
/// # Errors
///
/// When a shard does not take it, or not in time. What of it is committed is then unknown, and it
/// must be delivered again with the same ids.
pub(crate) async fn deliver(
    visit: &Visit,
    part: &Delivery,
    definitions: Option<&Definitions>,
) -> Result<Vec<u32>> {
    match send(visit, part, definitions).await? {
        Reply::Recut(shards) => {
            let parts = part.recut(shards);
            let sent = parts.iter().map(|part| send(visit, part, definitions));
            let mut fresh = Vec::new();
            for reply in join_all(sent).await {
                match reply? {
                    Reply::Fresh(indexes) => fresh.extend(indexes),
                    _ => return Err(Error::from("the shards are being doubled")),
                }
            }
            Ok(fresh)
        }
        Reply::Fresh(indexes) => Ok(indexes),
        Reply::NeedsDefinitions => Err(Error::from("the shard does not take the definitions")),
    }
}

async fn send(visit: &Visit, part: &Delivery, definitions: Option<&Definitions>) -> Result<Reply> {
    let reply = ask(visit, part).await?;
    match (reply, definitions) {
        (Reply::NeedsDefinitions, Some(body)) => {
            let told = Delivery {
                definitions_body: Some(body.clone()),
                ..part.clone()
            };
            ask(visit, &told).await
        }
        (reply, _) => Ok(reply),
    }
}

async fn ask(visit: &Visit, part: &Delivery) -> Result<Reply> {
    let name = format!("{}/{}", part.environment, part.shard);
    let stub = visit.settings.shards.get_by_name(&name)?;
    let body = serde_json::to_string(part)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(JsValue::from_str(&body)));
    let request = Request::new_with_init("https://shard/deliver", &init)?;
    let id = visit.id.to_string();
    request.headers().set(REQUEST_ID, &id)?;
    within(LIMIT, async {
        let response = stub.fetch_with_request(request).await?;
        read(&name, response).await
    })
    .await
}

async fn read(name: &str, mut response: Response) -> Result<Reply> {
    let text = response.text().await?;
    let status = response.status_code();
    match status {
        200 => {
            let answer: pennon_api::DeliveryAnswer = serde_json::from_slice(text.as_bytes())?;
            return Ok(Reply::Fresh(answer.fresh));
        }
        428 => return Ok(Reply::NeedsDefinitions),
        409 => {
            if let Ok(OtherShards { shards }) = serde_json::from_slice(text.as_bytes()) {
                return Ok(Reply::Recut(shards));
            }
        }
        _ => {}
    }
    Err(Error::RustError(format!(
        "shard {name} answers {status}: {text}"
    )))
}
