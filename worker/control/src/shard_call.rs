//! Asking a Shard object.

use worker::{Env, Error, Method, Request, RequestInit, Response, Result};

use crate::call::within_limit;
use crate::log::REQUEST_ID;

/// Asks the shard of that name for the request of that id; with a body it is a `POST`.
///
/// # Errors
///
/// When there is no answer in time, or one that is not 200.
pub(crate) async fn ask(
    env: &Env,
    request: &str,
    name: &str,
    path: &str,
    body: Option<String>,
) -> Result<Response> {
    let mut response = send(env, request, name, path, body).await?;
    match response.status_code() {
        200 => Ok(response),
        status => {
            let text = response.text().await?;
            Err(Error::from(format!("status {status}: {text}")))
        }
    }
}

/// The same, with whatever status.
///
/// # Errors
///
/// When there is no answer in time.
pub(crate) async fn send(
    env: &Env,
    request: &str,
    name: &str,
    path: &str,
    body: Option<String>,
) -> Result<Response> {
    let stub = env.durable_object("SHARD")?.get_by_name(name)?;
    let mut init = RequestInit::new();
    if let Some(body) = body {
        init.with_method(Method::Post).with_body(Some(body.into()));
    }
    let question = Request::new_with_init(&format!("https://shard{path}"), &init)?;
    question.headers().set(REQUEST_ID, request)?;
    within_limit(stub.fetch_with_request(question))
        .await
        .map_err(|_| Error::from("no answer"))
}
