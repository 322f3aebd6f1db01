//! `GET /v1/config/{key}`: the snapshot that a key opens.

use std::rc::Rc;

use pennon_api::{AudienceRecord, EnvironmentRecord, KeyKind, KeyRecord};
use worker::{EncodeBody, Headers, Request, Response, ResponseBuilder};

use crate::authorise::{audience, authorise};
use crate::encoding::{Encoding, matching_tag, tag};
use crate::error::Failure;
use crate::store::document::{self, Name};
use crate::store::record;
use crate::visit::Visit;
use crate::{beacon, counts, log, memory, respond};

/// How long copies may be used; afterwards they may still be used while a better one is fetched.
const FRESHNESS: &str = "max-age=5, stale-while-revalidate=60, stale-if-error=86400";

/// The envelope's bytes, or 304 for who has them.
pub(crate) async fn get(
    request: &Request,
    visit: &Visit,
    key: Option<&str>,
) -> Result<Response, Failure> {
    let key = authorise(visit, request.headers(), key).await?;
    beacon::refresh(request, visit, &key).await;
    let environment = record::environment(visit, &key).await?;
    let answer = Answer {
        request,
        visit,
        key: &key,
        is_stale: environment.is_stale,
    };
    answer.current(&environment.record).await
}

/// What is the same for each way to answer one request.
struct Answer<'a> {
    request: &'a Request,
    visit: &'a Visit,
    key: &'a KeyRecord,
    is_stale: bool,
}

impl Answer<'_> {
    /// What the record says, or what was served last when its documents cannot be had.
    async fn current(&self, record: &Rc<EnvironmentRecord>) -> Result<Response, Failure> {
        let wanted = audience(self.key, record);
        let known = self.request.headers().get("If-None-Match")?;
        let known = known.and_then(|known| matching_tag(&known, &wanted.snapshot));
        if let Some(known) = known {
            let headers = self.headers(record, &known)?;
            return Ok(Response::builder()
                .with_status(304)
                .with_headers(headers)
                .empty());
        }
        let failure = match self.document(record, wanted).await {
            Ok(response) => {
                memory::remember_served(record);
                return Ok(response);
            }
            Err(failure) => failure,
        };
        match self.older(record)? {
            Some(response) => {
                log::served_stale(self.visit.id, &record.environment, failure.message());
                Ok(response)
            }
            None => Err(failure),
        }
    }

    async fn document(
        &self,
        record: &EnvironmentRecord,
        wanted: &AudienceRecord,
    ) -> Result<Response, Failure> {
        let project = &record.project;
        let hash = &wanted.snapshot;
        for encoding in Encoding::accepted_by(self.request)? {
            let Some(content) = encoding.hash_in(wanted) else {
                continue;
            };
            let name = Name::compressed(hash, encoding.suffix(), content);
            // Who cannot have it compressed has it plain.
            if let Ok(bytes) = document::read(self.visit, project, &name).await {
                return self.whole(record, hash, Some(encoding), &bytes);
            }
        }
        let bytes = document::read(self.visit, project, &Name::snapshot(hash)).await?;
        self.whole(record, hash, None, &bytes)
    }

    /// The snapshot that this isolate served last, if it still holds it.
    fn older(&self, record: &EnvironmentRecord) -> Result<Option<Response>, Failure> {
        let Some(older) = memory::recall_served(&record.environment) else {
            return Ok(None);
        };
        let hash = &audience(self.key, &older).snapshot;
        let Some(bytes) = document::recall(&Name::snapshot(hash)) else {
            return Ok(None);
        };
        let stale = Answer {
            is_stale: true,
            ..*self
        };
        stale.whole(&older, hash, None, &bytes).map(Some)
    }

    fn whole(
        &self,
        record: &EnvironmentRecord,
        hash: &str,
        encoding: Option<Encoding>,
        bytes: &[u8],
    ) -> Result<Response, Failure> {
        let headers = self.headers(record, &tag(hash, encoding))?;
        headers.set("Content-Type", "application/octet-stream")?;
        let mut builder = ResponseBuilder::new();
        if let Some(encoding) = encoding {
            headers.set("Content-Encoding", encoding.name())?;
            builder = builder.with_encode_body(EncodeBody::Manual);
        }
        Ok(builder.with_headers(headers).fixed(bytes.to_vec()))
    }

    fn headers(&self, record: &EnvironmentRecord, tag: &str) -> Result<Headers, Failure> {
        // A shared copy is found by its address alone, so only a key in the address may lead to one.
        let is_client = self.key.kind == KeyKind::Client;
        let is_shared = is_client && !self.request.headers().has("Authorization")?;
        let who = if is_shared { "public, " } else { "private, " };
        let headers = respond::headers()?;
        headers.set("ETag", tag)?;
        headers.set("Cache-Control", &[who, FRESHNESS].concat())?;
        headers.set("X-Pennon-Revision", &record.revision.to_string())?;
        let varies = if self.key.origins.is_empty() {
            "Accept-Encoding"
        } else {
            "Accept-Encoding, Origin"
        };
        headers.set("Vary", varies)?;
        if self.is_stale {
            headers.set("X-Pennon-Stale", "1")?;
            counts::stale();
        }
        Ok(headers)
    }
}
