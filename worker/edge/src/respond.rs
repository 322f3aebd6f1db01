//! One place that makes answers: CORS, caching and errors.

use std::rc::Rc;

use pennon_api::{ErrorBody, ErrorDetail};
use serde::Serialize;
use worker::worker_sys::web_sys;
use worker::{Error, Response};

use crate::error::{Failure, FailureKind};
use crate::log;
use crate::platform;
use crate::visit::{REQUEST_ID, VisitId};

/// An answer on its way. It is handed to the platform in one piece, by [`Answer::send`].
pub(crate) struct Answer {
    status: u16,
    is_compressed: bool,
    /// Names and values of headers in turns, one a line. Those that all answers have, and those
    /// that all answers in JSON have, are added where the answer is made.
    lines: String,
    body: Body,
}

enum Body {
    None,
    /// For this moment only.
    Json(String),
    Text(String),
    Shared(Rc<[u8]>),
    Socket(Box<Response>),
}

impl Answer {
    fn new(status: u16, body: Body) -> Answer {
        Answer {
            status,
            is_compressed: false,
            lines: String::new(),
            body,
        }
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Answer {
        Answer::new(status, Body::None)
    }

    /// An answer in plain text.
    pub(crate) fn text(text: String) -> Answer {
        Answer::new(200, Body::Text(text))
    }

    /// An answer with bytes that the isolate keeps.
    pub(crate) fn shared(bytes: Rc<[u8]>) -> Answer {
        Answer::new(200, Body::Shared(bytes))
    }

    /// An answer that is the end of a socket.
    pub(crate) fn socket(response: Response) -> Answer {
        Answer::new(101, Body::Socket(Box::new(response)))
    }

    /// An answer in JSON that is for this moment only.
    pub(crate) fn json_text(text: String) -> Answer {
        Answer::new(200, Body::Json(text))
    }

    pub(crate) fn with_status(self, status: u16) -> Answer {
        Answer { status, ..self }
    }

    /// The same answer, compressed already.
    pub(crate) fn compressed(self) -> Answer {
        Answer {
            is_compressed: true,
            ..self
        }
    }

    /// The same answer with one more header; no value of ours holds the end of a line.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Answer {
        if !self.lines.is_empty() {
            self.lines.push('\n');
        }
        self.lines.push_str(name);
        self.lines.push('\n');
        self.lines.push_str(value);
        self
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The platform's form of it, without the body for who asked with HEAD.
    pub(crate) fn send(self, id: VisitId, is_head: bool) -> web_sys::Response {
        let named = self.header(REQUEST_ID, &id.to_string());
        let Answer {
            status,
            is_compressed,
            lines,
            body,
        } = named;
        // A text is handed over as one: that leaves the platform less to clear away than bytes do.
        match body {
            Body::Socket(response) => (*response).into(),
            Body::Json(text) => platform::text(status, true, &lines, unless(is_head, &text)),
            Body::Text(text) => platform::text(status, false, &lines, unless(is_head, &text)),
            Body::Shared(bytes) => {
                platform::bytes(status, is_compressed, &lines, unless(is_head, &bytes))
            }
            Body::None => platform::bytes(status, is_compressed, &lines, None),
        }
    }
}

fn unless<T: ?Sized>(is_head: bool, body: &T) -> Option<&T> {
    (!is_head).then_some(body)
}

/// An answer in JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<Answer, Failure> {
    let text = serde_json::to_string(value).map_err(Error::from)?;
    Ok(Answer::json_text(text))
}

/// The answer to a browser that asks before it asks.
pub(crate) fn preflight() -> Answer {
    Answer::empty(204)
        .header("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
        .header(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, If-None-Match",
        )
        .header("Access-Control-Max-Age", "7200")
}

/// The answer for a request that could not be served, which is logged where that is our fault.
pub(crate) fn failure(id: VisitId, failure: &Failure) -> Answer {
    let kind = failure.kind();
    if kind.status() >= 500 {
        log::failed(id, failure);
    }
    // What broke inside is for the log; people outside can do nothing with it.
    let message = match kind {
        FailureKind::Internal => "something broke on our side",
        _ => failure.message(),
    };
    let body = ErrorBody {
        error: ErrorDetail {
            code: kind.code().to_owned(),
            message: message.to_owned(),
            path: failure.path().map(str::to_owned),
            ..ErrorDetail::default()
        },
    };
    // A body of texts can always be written.
    let mut answer = json(&body).unwrap_or_else(|_| Answer::empty(500));
    if let Some(allow) = failure.allow() {
        answer = answer.header("Allow", allow);
    }
    if let Some(seconds) = kind.retry_after_seconds() {
        answer = answer.header("Retry-After", &seconds.to_string());
    }
    answer.with_status(kind.status())
}
