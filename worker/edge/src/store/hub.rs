//! The objects that hold push connections and know what is new.

use std::time::Duration;

use pennon_api::{Beacon, StreamConnection};
use serde::Serialize;
use worker::wasm_bindgen::JsValue;
use worker::{Error, Method, Request, RequestInit, Response, Result, Stub, WebSocket};

use super::timeout::within;
use crate::error::{Failure, FailureKind};
use crate::settings::Settings;
use crate::visit::{REQUEST_ID, Visit};

/// How long a hub may take to let a client in; it may have to ask the project first.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long it may take to say what is new.
const BEACON_LIMIT: Duration = Duration::from_secs(1);
/// Header that carries the JSON of a `StreamConnection`.
const CONNECTION: &str = "X-Pennon-Connection";

/// Where an environment's hub for a part of the world is, and who owns the environment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HubPlace {
    pub(crate) project: String,
    pub(crate) environment: String,
    pub(crate) region: String,
}

/// Opens a push connection.
///
/// # Errors
///
/// 401 and 403 for what the hub has heard of the key and the edge has not yet, 503 otherwise.
pub(crate) async fn connect(
    visit: &Visit,
    connection: &StreamConnection,
) -> std::result::Result<WebSocket, Failure> {
    let answer = within(CONNECT_LIMIT, ask_to_connect(visit, connection)).await;
    let answer = answer.map_err(|error| unavailable(&error.to_string()))?;
    match answer.status_code() {
        401 => Err(Failure::new(FailureKind::KeyRevoked, "the key was revoked")),
        403 => {
            let message = "the key may not be used from this origin";
            Err(Failure::new(FailureKind::OriginNotAllowed, message))
        }
        status => answer
            .websocket()
            .ok_or_else(|| unavailable(&format!("status {status}"))),
    }
}

async fn ask_to_connect(visit: &Visit, connection: &StreamConnection) -> Result<Response> {
    let mut init = RequestInit::new();
    init.with_method(Method::Get);
    let request = Request::new_with_init("https://hub/connect", &init)?;
    let headers = request.headers();
    headers.set("Upgrade", "websocket")?;
    headers.set(REQUEST_ID, &visit.id.to_string())?;
    headers.set(CONNECTION, &serde_json::to_string(connection)?)?;
    let stub = stub(&visit.settings, &connection.environment, &connection.region)?;
    stub.fetch_with_request(request).await
}

/// What is new.
///
/// # Errors
///
/// When the hub does not answer.
pub(crate) async fn beacon(settings: &Settings, place: &HubPlace) -> Result<Beacon> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(JsValue::from_str(&serde_json::to_string(place)?)));
    let request = Request::new_with_init("https://hub/beacon", &init)?;
    let stub = stub(settings, &place.environment, &place.region)?;
    within(BEACON_LIMIT, async {
        let mut answer = stub.fetch_with_request(request).await?;
        match answer.status_code() {
            200 => Ok(serde_json::from_slice(&answer.bytes().await?)?),
            status => Err(Error::RustError(format!("the hub answers {status}"))),
        }
    })
    .await
}

fn stub(settings: &Settings, environment: &str, region: &str) -> Result<Stub> {
    settings
        .hubs
        .get_by_name(&format!("{environment}/{region}"))
}

fn unavailable(cause: &str) -> Failure {
    let message = format!("the hub does not let clients in: {cause}");
    Failure::new(FailureKind::HubUnavailable, message)
}
