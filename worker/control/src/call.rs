//! How the Worker hands an authenticated request to an object, and how the object answers.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use pennon_ruleset::Report;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::Segment;
use worker::{Delay, Method, Request, RequestInit, Response, ResponseBuilder, Stub};

use crate::error::ApiError;
use crate::policy::Actor;
use crate::precondition::{Basis, etag};
use crate::problems;

/// A request as an object sees it. Objects cannot be reached from outside, so the actor is
/// somebody whom the Worker has authenticated.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Call {
    /// Who asks; absent only where nobody has to sign in.
    pub(crate) actor: Option<Actor>,
    /// Id of the request, for the log.
    #[serde(default)]
    pub(crate) request: String,
    /// Name of the object, such as `acc_…/shop`.
    pub(crate) object: String,
    pub(crate) method: String,
    /// Decoded segments after the part that chose the object.
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    /// Scheme, host and port the request came to.
    pub(crate) origin: String,
    pub(crate) if_match: Option<String>,
    pub(crate) if_none_match: Option<String>,
    pub(crate) body: String,
}

impl Call {
    /// Who asks.
    ///
    /// # Errors
    ///
    /// 401 when nobody has signed in.
    pub(crate) fn actor(&self) -> Result<&Actor, ApiError> {
        self.actor.as_ref().ok_or_else(ApiError::unauthorized)
    }

    /// The version the request was made for.
    ///
    /// # Errors
    ///
    /// 400 `invalid_precondition`.
    pub(crate) fn basis(&self) -> Result<Basis, ApiError> {
        Basis::parse(self.if_match.as_deref(), self.if_none_match.as_deref())
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// 400 `invalid_json` when it is none, 400 `invalid_body` when it lacks a field, or has one of
    /// another type or twice.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let (value, twice) = self.value()?;
        if let Some(problem) = twice.problems.into_iter().next() {
            return Err(ApiError::bad_request("invalid_body", problem.message).at(problem.path));
        }
        typed(value)
    }

    /// The body as a document that is checked and stored.
    ///
    /// # Errors
    ///
    /// As `json`, but 422 `invalid_ruleset` with every field that occurs twice: such a document
    /// would be stored without what its author sees in it.
    pub(crate) fn document<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let (value, twice) = self.value()?;
        let document = typed(value)?;
        let problems = problems::of_document(&twice);
        if problems.is_empty() {
            Ok(document)
        } else {
            Err(ApiError::invalid_ruleset(problems))
        }
    }

    fn value(&self) -> Result<(Value, Report), ApiError> {
        pennon_ruleset::read_json(&self.body).map_err(|report| {
            let first = report.problems.into_iter().last();
            let message = first.map_or_else(String::new, |problem| problem.message);
            ApiError::bad_request("invalid_json", format!("the body is {message}"))
        })
    }

    /// The body as JSON, or the default when there is no body.
    ///
    /// # Errors
    ///
    /// As `json`.
    pub(crate) fn optional_json<T: DeserializeOwned + Default>(&self) -> Result<T, ApiError> {
        if self.body.trim().is_empty() {
            return Ok(T::default());
        }
        self.json()
    }

    /// Sends this to an object and returns what it answers.
    pub(crate) async fn send(&self, stub: &Stub) -> Result<Response, ApiError> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(serde_json::to_string(self)?.into()));
        let request = Request::new_with_init("https://object/call", &init)?;
        within_limit(stub.fetch_with_request(request)).await
    }
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut place = pointer(error.path());
        let message = error.into_inner().to_string();
        // Serde blames the object, and people look for the field.
        for what in ["missing field `", "unknown field `"] {
            let named = message
                .strip_prefix(what)
                .and_then(|rest| rest.split('`').next());
            if let Some(name) = named.filter(|name| !place.ends_with(&format!("/{name}"))) {
                place = format!("{place}/{}", escaped(name));
            }
        }
        ApiError::bad_request("invalid_body", message).at(place)
    })
}

/// A JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    let tokens = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", escaped(key))),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    tokens.collect()
}

fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// How long an object may take. Long, because a change waits for the stores to take it.
const LIMIT: Duration = Duration::from_secs(30);

/// Waits for an object, but not for ever: one that breaks down in the middle never answers.
///
/// # Errors
///
/// 504 `no_answer`; whether a change was made is then unknown.
pub(crate) async fn within_limit<T>(
    answer: impl Future<Output = worker::Result<T>>,
) -> Result<T, ApiError> {
    let limit = pin!(Delay::from(LIMIT));
    match select(pin!(answer), limit).await {
        Either::Left((answer, _)) => Ok(answer?),
        Either::Right(_) => {
            let message = "no answer in time; look before you send a change again";
            Err(ApiError::new(504, "no_answer", message))
        }
    }
}

/// What a handler answers when all went well.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    status: u16,
    version: Option<u32>,
    body: Value,
}

impl Answer {
    /// 200 with a body.
    pub(crate) fn ok<T: Serialize>(body: &T) -> Result<Self, ApiError> {
        Self::with_status(200, body)
    }

    /// 201 with a body.
    pub(crate) fn created<T: Serialize>(body: &T) -> Result<Self, ApiError> {
        Self::with_status(201, body)
    }

    /// A status and a body.
    pub(crate) fn with_status<T: Serialize>(status: u16, body: &T) -> Result<Self, ApiError> {
        Ok(Self {
            status,
            version: None,
            body: serde_json::to_value(body)?,
        })
    }

    /// Names the version of what is in the body, as its `ETag`.
    pub(crate) fn tagged(mut self, version: u32) -> Self {
        self.version = Some(version);
        self
    }

    /// The HTTP answer.
    pub(crate) fn into_response(self) -> worker::Result<Response> {
        let mut builder = ResponseBuilder::new()
            .with_status(self.status)
            .with_header("Cache-Control", "no-store")?;
        if let Some(version) = self.version {
            builder = builder.with_header("ETag", &etag(version))?;
        }
        builder.from_json(&self.body)
    }
}

/// Answers a request of this id with whichever it is.
pub(crate) fn respond(
    request: &str,
    outcome: Result<Answer, ApiError>,
) -> worker::Result<Response> {
    match outcome {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(request),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Body {
        name: String,
        access: pennon_api::Access,
        #[serde(rename = "a/b", default)]
        list: Vec<u8>,
    }

    #[test]
    fn what_is_refused_is_named_by_a_pointer() {
        let cases = [
            (json!({ "name": 5, "access": "read" }), "/name"),
            (json!({ "name": "a", "access": "all" }), "/access"),
            (json!({ "name": "a", "access": 1 }), "/access"),
            (json!({ "name": "a" }), "/access"),
            (
                json!({ "name": "a", "access": "read", "a/b": [1, "2"] }),
                "/a~1b/1",
            ),
            (json!({ "name": "a", "access": "read", "a/b": 7 }), "/a~1b"),
            (json!({ "name": "a", "access": "read", "more": 7 }), "/more"),
            (json!([]), ""),
            (json!("text"), ""),
        ];
        for (value, place) in cases {
            let error = typed::<Body>(value.clone()).unwrap_err();
            assert_eq!(error.summary(), (400, "invalid_body"), "{value}");
            assert_eq!(error.path(), Some(place), "{value}: {}", error.message());
        }
    }
}
