//! The envelope around events.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::uuid::Uuid;
use super::{MAX_EVENTS, clock};
use crate::error::{Failure, FailureKind};

/// Bytes of the sender's name and version.
const MAX_CLIENT_BYTES: usize = 64;
/// The largest integer that JavaScript holds exactly.
const MAX_DROPPED: u64 = (1 << 53) - 1;

/// A batch whose envelope is right; its events are not looked at yet.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    pub(super) id: Uuid,
    pub(super) client: Option<Cow<'a, str>>,
    pub(super) sent_at: f64,
    pub(super) dropped: u64,
    pub(super) events: Vec<&'a RawValue>,
}

/// A batch as it was sent. The parser steps over events without recursion, however deep they nest.
#[derive(Deserialize)]
struct BatchBody<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    client: Option<Cow<'a, str>>,
    sent_at: f64,
    #[serde(default)]
    dropped: u64,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

impl<'a> Batch<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Batch<'a>, Failure> {
        let text = std::str::from_utf8(body).map_err(|error| {
            let message = format!("byte {} of the body is not UTF-8", error.valid_up_to());
            Failure::new(FailureKind::InvalidUtf8, message)
        })?;
        let body: BatchBody<'a> = serde_json::from_slice(text.as_bytes()).map_err(|error| {
            let kind = match error.classify() {
                Category::Data => FailureKind::InvalidBatch,
                _ => FailureKind::InvalidJson,
            };
            Failure::new(kind, error.to_string())
        })?;
        body.checked()
    }
}

impl<'a> BatchBody<'a> {
    fn checked(self) -> Result<Batch<'a>, Failure> {
        let invalid = |message: &str| Failure::new(FailureKind::InvalidBatch, message);
        let id = Uuid::parse(&self.id)
            .ok_or_else(|| invalid("a batch id is a UUID of version 7").at("/id"))?;
        if !clock::is_time(self.sent_at) {
            return Err(invalid("`sent_at` is in epoch milliseconds").at("/sent_at"));
        }
        if self
            .client
            .as_ref()
            .is_some_and(|client| client.len() > MAX_CLIENT_BYTES)
        {
            return Err(invalid("`client` has at most 64 bytes").at("/client"));
        }
        if self.dropped > MAX_DROPPED {
            let message = "`dropped` is an integer from 0 to 2^53 - 1";
            return Err(invalid(message).at("/dropped"));
        }
        if self.events.len() > MAX_EVENTS {
            let message = format!("a batch has at most {MAX_EVENTS} events");
            return Err(Failure::new(FailureKind::TooManyEvents, message).at("/events"));
        }
        Ok(Batch {
            id,
            client: self.client,
            sent_at: self.sent_at,
            dropped: self.dropped,
            events: self.events,
        })
    }
}
