//! From an HTTP request to a call, with limits on everything a stranger can send.

use std::borrow::Cow;

use futures_util::StreamExt as _;
use pennon_api::bearer;
use percent_encoding::percent_decode_str;
use worker::{Env, Method, Request, Response, Stub};

use crate::call::Call;
use crate::credential::is_well_formed;
use crate::directory;
use crate::error::ApiError;
use crate::policy::Actor;
use crate::routes::tokens::Authentication;

/// The largest document that can be stored, and with it the largest body that is read.
const MAX_BODY_BYTES: usize = 1_048_576;
/// Bytes that are read of a body that is too long.
const MAX_DRAINED_BYTES: usize = 16 * 1024 * 1024;

/// A request of which nothing is believed yet.
pub(crate) struct Incoming {
    /// The request as an object will see it, without an actor.
    pub(crate) call: Call,
    token: Option<String>,
}

impl Incoming {
    /// Reads path, headers and body. HEAD is read as GET: whoever answers takes the body off.
    ///
    /// # Errors
    ///
    /// 400 for a path or a body that is not UTF-8, 413 for a body above 1 MiB.
    pub(crate) async fn read(mut request: Request, id: &str) -> Result<Self, ApiError> {
        let url = request.url()?;
        let headers = request.headers();
        let authorization = headers.get("Authorization")?;
        let token = authorization.as_deref().and_then(bearer).map(str::to_owned);
        let call = Call {
            request: id.to_owned(),
            method: match request.method() {
                Method::Head => Method::Get.to_string(),
                method => method.to_string(),
            },
            path: segments(url.path())?,
            query: url.query_pairs().into_owned().collect(),
            origin: url.origin().ascii_serialization(),
            if_match: headers.get("If-Match")?,
            if_none_match: headers.get("If-None-Match")?,
            ..Call::default()
        };
        let body = body(&mut request).await?;
        Ok(Self {
            call: Call { body, ..call },
            token,
        })
    }

    /// Lets the Directory object say who asks, and whether they see the project they ask for.
    ///
    /// # Errors
    ///
    /// 401 without a valid token, 404 for a project that the token does not see.
    pub(crate) async fn authenticate(
        &self,
        env: &Env,
        project: Option<&str>,
    ) -> Result<Actor, ApiError> {
        // What has no checksum of ours need not trouble the object.
        let token = self
            .token
            .clone()
            .filter(|token| is_well_formed(token, "at"));
        let token = token.ok_or_else(ApiError::unauthorized)?;
        let question = Authentication {
            token,
            project: project.map(str::to_owned),
        };
        let call = Call {
            request: self.call.request.clone(),
            method: "POST".to_owned(),
            path: vec!["authenticate".to_owned()],
            body: serde_json::to_string(&question)?,
            ..Call::default()
        };
        let mut answer = call.send(&directory_stub(env)?).await?;
        match answer.status_code() {
            200 => Ok(answer.json().await?),
            404 => Err(ApiError::not_found("project", project.unwrap_or_default())),
            401 => Err(ApiError::unauthorized()),
            status => Err(ApiError::internal(format!(
                "authentication answered {status}"
            ))),
        }
    }

    /// Hands the request to the Directory object without the first `skip` segments of its path.
    pub(crate) async fn hand_to_directory(
        mut self,
        env: &Env,
        actor: Option<Actor>,
        skip: usize,
    ) -> Result<Response, ApiError> {
        self.call.actor = actor;
        self.call.path = self.call.path.split_off(skip.min(self.call.path.len()));
        self.call.send(&directory_stub(env)?).await
    }

    /// Hands the request to a Project object of the actor's account.
    pub(crate) async fn hand_to_project(
        mut self,
        env: &Env,
        actor: Actor,
        project: &str,
        path: &[&str],
    ) -> Result<Response, ApiError> {
        // The account comes from the token and never from the address.
        self.call.object = format!("{}/{project}", actor.account);
        self.call.actor = Some(actor);
        self.call.path = path.iter().map(ToString::to_string).collect();
        let stub = env
            .durable_object("PROJECT")?
            .get_by_name(&self.call.object)?;
        self.call.send(&stub).await
    }
}

/// The one Directory object.
pub(crate) fn directory_stub(env: &Env) -> Result<Stub, ApiError> {
    Ok(env
        .durable_object("DIRECTORY")?
        .get_by_name(directory::NAME)?)
}

fn segments(path: &str) -> Result<Vec<String>, ApiError> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8();
            decoded
                .map(Cow::into_owned)
                .map_err(|_| ApiError::bad_request("invalid_path", "the address is not UTF-8"))
        })
        .collect()
}

/// Reads piece by piece and keeps nothing beyond the limit, so that a large body never fills the
/// memory. It is read on all the same, so that the client has sent it and listens to the answer, and
/// cut off where that stops being polite.
async fn body(request: &mut Request) -> Result<String, ApiError> {
    if matches!(request.method(), Method::Get | Method::Head) || request.inner().body().is_none() {
        return Ok(String::new());
    }
    let mut stream = request.stream()?;
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        total = total.saturating_add(chunk.len());
        if total > MAX_DRAINED_BYTES {
            break;
        }
        if total <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&chunk);
        }
    }
    if total > MAX_BODY_BYTES {
        let message = format!("a body is at most {MAX_BODY_BYTES} bytes");
        return Err(ApiError::new(413, "body_too_large", message));
    }
    String::from_utf8(bytes)
        .map_err(|_| ApiError::bad_request("invalid_utf8", "the body is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_segment_by_segment() {
        let read = |path: &str| segments(path).map_err(|error| error.summary().0);
        assert_eq!(
            read("/api/v1/a%2Fb"),
            Ok(vec!["api".into(), "v1".into(), "a/b".into()])
        );
        assert_eq!(read("//"), Ok(vec![]));
        assert_eq!(read("/%ff"), Err(400));
    }
}
