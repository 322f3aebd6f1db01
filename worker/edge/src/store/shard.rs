//! Handing a shard its part of a batch.

use std::time::Duration;

use pennon_api::{Delivery, DeliveryAnswer};
use worker::wasm_bindgen::JsValue;
use worker::{Error, Method, Request, RequestInit, Result};

use super::timeout::within;
use crate::settings::Settings;

/// How long a shard may take to commit.
const LIMIT: Duration = Duration::from_secs(10);

/// Returns only after the shard has committed its part.
pub(crate) async fn deliver(settings: &Settings, part: &Delivery) -> Result<DeliveryAnswer> {
    let name = format!("{}/{}", part.environment, part.shard);
    let stub = settings.shards.get_by_name(&name)?;
    let body = serde_json::to_string(part)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(JsValue::from_str(&body)));
    let request = Request::new_with_init("https://shard/deliver", &init)?;
    within(LIMIT, async {
        let mut response = stub.fetch_with_request(request).await?;
        let text = response.text().await?;
        match response.status_code() {
            200 => Ok(serde_json::from_str(&text)?),
            status => Err(Error::RustError(format!(
                "shard {name} answers {status}: {text}"
            ))),
        }
    })
    .await
}
