//! Failures, their status codes and the one body that all of them have.

use pennon_api::{ErrorBody, ErrorDetail, Problem};
use worker::{Response, ResponseBuilder};

use crate::{log, problems};

/// Why a request is not answered with what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: u16,
    detail: Box<ErrorDetail>,
    /// What the log says, and the answer does not.
    cause: Option<String>,
}

impl ApiError {
    /// An error with a stable code and one line for people.
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        let detail = ErrorDetail {
            code: code.to_owned(),
            message: message.into(),
            ..ErrorDetail::default()
        };
        Self {
            status,
            detail: Box::new(detail),
            cause: None,
        }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// 401: no token, or none that is valid.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            401,
            "unauthorized",
            "this needs a valid admin token in the header `Authorization: Bearer at_…`",
        )
    }

    /// 404: absent, or not visible to this token; the two are indistinguishable on purpose.
    pub(crate) fn not_found(what: &str, key: &str) -> Self {
        Self::new(
            404,
            &format!("{what}_not_found"),
            format!("there is no {what} `{key}`"),
        )
    }

    /// 404: no such route.
    pub(crate) fn no_route() -> Self {
        Self::new(404, "route_not_found", "there is nothing at this address")
    }

    /// 409: it exists already.
    pub(crate) fn exists(what: &str, key: &str) -> Self {
        Self::new(
            409,
            &format!("{what}_exists"),
            format!("there is a {what} `{key}` already"),
        )
    }

    /// 412: the request was made for another version than the stored one.
    pub(crate) fn version_conflict(current: Option<u32>, message: String) -> Self {
        let mut error = Self::new(412, "version_conflict", message);
        error.detail.current_version = current;
        error
    }

    /// 422: the document would make a ruleset that cannot be published.
    pub(crate) fn invalid_ruleset(problems: Vec<Problem>) -> Self {
        let n = problems.len();
        let mut error = Self::new(
            422,
            "invalid_ruleset",
            format!(
                "{n} problem{} to solve first; nothing was changed",
                if n == 1 { "" } else { "s" }
            ),
        );
        error.detail.problems = problems;
        error
    }

    /// 500: our fault; the cause goes to the log only.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(
            500,
            "internal",
            "something failed on our side; the log has the cause",
        )
        .because(cause)
    }

    /// 503: one of an environment's shards does not answer.
    pub(crate) fn shards_unavailable(cause: impl std::fmt::Display) -> Self {
        let message = "a shard does not answer; try again";
        Self::new(503, "shards_unavailable", message).because(cause)
    }

    /// Says for the log alone what was behind it.
    fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> &str {
        &self.detail.code
    }

    /// What the log says.
    pub(crate) fn cause(&self) -> &str {
        self.cause.as_deref().unwrap_or(&self.detail.message)
    }

    /// 422: something cannot be removed; `problems` say where it is used.
    pub(crate) fn in_use(what: &str, key: &str, problems: Vec<Problem>) -> Self {
        let uses = problems.len();
        let mut error = Self::invalid_ruleset(problems);
        error.detail.message = still_used_in(what, key, uses);
        error
    }

    /// Says of a refused removal by what the thing is still used; other errors stay as they are.
    pub(crate) fn still_used(mut self, what: &str, key: &str) -> Self {
        if self.status != 422 {
            return self;
        }
        let uses = problems::retell_as_uses(&mut self.detail.problems, what, key);
        if uses > 0 {
            self.detail.message = still_used_in(what, key, uses);
        }
        self
    }

    /// Names the place in the request's body that is to blame, as a JSON pointer.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.detail.path = Some(path.into());
        self
    }

    /// The HTTP answer to a request of this id, which is logged where the failure is ours.
    pub(crate) fn into_response(self, request: &str) -> worker::Result<Response> {
        if self.status >= 500 {
            log::request_failed(request, &self);
        }
        let builder = ResponseBuilder::new()
            .with_status(self.status)
            .with_header("Cache-Control", "no-store")?;
        let builder = match self.status {
            401 => builder.with_header("WWW-Authenticate", "Bearer")?,
            429 => builder.with_header("Retry-After", "60")?,
            _ => builder,
        };
        builder.from_json(&ErrorBody {
            error: *self.detail,
        })
    }
}

fn still_used_in(what: &str, key: &str, uses: usize) -> String {
    let places = if uses == 1 { "place" } else { "places" };
    format!("the {what} `{key}` is still used in {uses} {places}; nothing was changed")
}

impl From<worker::Error> for ApiError {
    fn from(error: worker::Error) -> Self {
        Self::internal(error)
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
impl ApiError {
    /// Status and code, which is what tests compare.
    pub(crate) fn summary(&self) -> (u16, &str) {
        (self.status, &self.detail.code)
    }

    pub(crate) fn message(&self) -> &str {
        &self.detail.message
    }

    pub(crate) fn path(&self) -> Option<&str> {
        self.detail.path.as_deref()
    }

    pub(crate) fn problems(&self) -> &[Problem] {
        &self.detail.problems
    }
}
