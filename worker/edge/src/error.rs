//! What can go wrong with a request: status, code and text side by side.

use std::fmt;

/// Why a request is not answered with what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
    path: Option<String>,
    allow: Option<&'static str>,
}

/// The sort of a [`Failure`]; [`FailureKind::status`] and [`FailureKind::code`] are what clients see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    InvalidUtf8,
    InvalidJson,
    InvalidBatch,
    InvalidBody,
    KeyMissing,
    KeyUnknown,
    KeyRevoked,
    KeyInAddress,
    OriginNotAllowed,
    NotFound,
    MethodNotAllowed,
    BatchTooLarge,
    BodyTooLarge,
    TooManyEvents,
    UnsupportedEncoding,
    UpgradeRequired,
    TooManyRequests,
    ShardUnavailable,
    StoreUnavailable,
    HubUnavailable,
    Internal,
}

impl Failure {
    /// A failure with its text: lower-case, one line, user input in backticks.
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            path: None,
            allow: None,
        }
    }

    /// An address that has other methods: these, as the header `Allow` lists them (RFC 9110, 15.5.6).
    pub(crate) fn method_not_allowed(allow: &'static str) -> Failure {
        let message = format!("this address has no such method, only {allow}");
        Failure {
            allow: Some(allow),
            ..Failure::new(FailureKind::MethodNotAllowed, message)
        }
    }

    /// The same failure, blamed on one place of the body (a JSON pointer).
    pub(crate) fn at(mut self, path: impl Into<String>) -> Failure {
        self.path = Some(path.into());
        self
    }

    pub(crate) fn kind(&self) -> FailureKind {
        self.kind
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    pub(crate) fn allow(&self) -> Option<&'static str> {
        self.allow
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.code(), self.message)
    }
}

impl std::error::Error for Failure {}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Failure {
        Failure::new(FailureKind::Internal, error.to_string())
    }
}

impl FailureKind {
    /// The HTTP status.
    pub(crate) fn status(self) -> u16 {
        self.wire().0
    }

    /// The stable word of the answer's `error.code`.
    pub(crate) fn code(self) -> &'static str {
        self.wire().1
    }

    /// Seconds after which the same request may succeed.
    pub(crate) fn retry_after_seconds(self) -> Option<u32> {
        match self {
            FailureKind::ShardUnavailable
            | FailureKind::StoreUnavailable
            | FailureKind::HubUnavailable => Some(5),
            FailureKind::TooManyRequests => Some(10),
            _ => None,
        }
    }

    fn wire(self) -> (u16, &'static str) {
        match self {
            FailureKind::InvalidUtf8 => (400, "invalid_utf8"),
            FailureKind::InvalidJson => (400, "invalid_json"),
            FailureKind::InvalidBatch => (400, "invalid_batch"),
            FailureKind::InvalidBody => (400, "invalid_body"),
            FailureKind::KeyMissing => (401, "key_missing"),
            FailureKind::KeyUnknown => (401, "key_unknown"),
            FailureKind::KeyRevoked => (401, "key_revoked"),
            FailureKind::KeyInAddress => (403, "key_in_address"),
            FailureKind::OriginNotAllowed => (403, "origin_not_allowed"),
            FailureKind::NotFound => (404, "not_found"),
            FailureKind::MethodNotAllowed => (405, "method_not_allowed"),
            FailureKind::BatchTooLarge => (413, "batch_too_large"),
            FailureKind::BodyTooLarge => (413, "body_too_large"),
            FailureKind::TooManyEvents => (413, "too_many_events"),
            FailureKind::UnsupportedEncoding => (415, "unsupported_encoding"),
            FailureKind::UpgradeRequired => (426, "upgrade_required"),
            FailureKind::TooManyRequests => (429, "too_many_requests"),
            FailureKind::HubUnavailable => (503, "hub_unavailable"),
            FailureKind::ShardUnavailable => (503, "shard_unavailable"),
            FailureKind::StoreUnavailable => (503, "store_unavailable"),
            FailureKind::Internal => (500, "internal"),
        }
    }
}
