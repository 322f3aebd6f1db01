//! `GET /v1/config/{key}`: the snapshot that a key opens.

use std::rc::Rc;

use pennon_api::{AudienceRecord, EnvironmentRecord, KeyKind, KeyRecord};
use worker::worker_sys::web_sys::Request;

use crate::authorise::{audience, authorise};
use crate::encoding::{Encoding, matching_tag, tag};
use crate::error::Failure;
use crate::respond::Answer;
use crate::store::document::{self, Name};
use crate::store::record;
use crate::visit::Visit;
use crate::{beacon, counts, log, memory};

/// How long copies may be used; afterwards they may still be used while a better one is fetched.
const FRESHNESS: &str = "max-age=5, stale-while-revalidate=60, stale-if-error=86400";

/// The envelope's bytes, or 304 for who has them.
pub(crate) async fn get(
    request: &Request,
    visit: &Visit,
    key: Option<&str>,
) -> Result<Answer, Failure> {
    let key = authorise(visit, key).await?;
    beacon::refresh(request, visit, &key).await;
    let environment = record::environment(visit, &key).await?;
    let asked = Asked {
        request,
        visit,
        key: &key,
        is_stale: environment.is_stale,
    };
    asked.current(&environment.record).await
}

/// What is the same for each way to answer one request.
struct Asked<'a> {
    request: &'a Request,
    visit: &'a Visit,
    key: &'a KeyRecord,
    is_stale: bool,
}

impl Asked<'_> {
    /// What the record says, or what was served last when its documents cannot be had.
    async fn current(&self, record: &Rc<EnvironmentRecord>) -> Result<Answer, Failure> {
        let wanted = audience(self.key, record);
        let known = &self.visit.head.if_none_match;
        if let Some(known) = matching_tag(known, &wanted.snapshot) {
            return Ok(self.headed(Answer::empty(304), record, &known));
        }
        let failure = match self.document(record, wanted).await {
            Ok(response) => {
                memory::remember_served(record);
                return Ok(response);
            }
            Err(failure) => failure,
        };
        match self.older(record) {
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
    ) -> Result<Answer, Failure> {
        let project = &record.project;
        let hash = &wanted.snapshot;
        for encoding in Encoding::accepted_by(self.request) {
            let Some(content) = encoding.hash_in(wanted) else {
                continue;
            };
            let name = Name::compressed(hash, encoding.suffix(), content);
            // Who cannot have it compressed has it plain.
            if let Ok(bytes) = document::read(self.visit, project, &name).await {
                return Ok(self.whole(record, hash, Some(encoding), bytes));
            }
        }
        let bytes = document::read(self.visit, project, &Name::snapshot(hash)).await?;
        Ok(self.whole(record, hash, None, bytes))
    }

    /// The snapshot that this isolate served last, if it still holds it.
    fn older(&self, record: &EnvironmentRecord) -> Option<Answer> {
        let older = memory::recall_served(&record.environment)?;
        let hash = &audience(self.key, &older).snapshot;
        let bytes = document::recall(&Name::snapshot(hash))?;
        let stale = Asked {
            is_stale: true,
            ..*self
        };
        Some(stale.whole(&older, hash, None, bytes))
    }

    fn whole(
        &self,
        record: &EnvironmentRecord,
        hash: &str,
        encoding: Option<Encoding>,
        bytes: Rc<[u8]>,
    ) -> Answer {
        let answer = Answer::shared(bytes).header("Content-Type", "application/octet-stream");
        let answer = match encoding {
            Some(encoding) => answer
                .compressed()
                .header("Content-Encoding", encoding.name()),
            None => answer,
        };
        self.headed(answer, record, &tag(hash, encoding))
    }

    fn headed(&self, answer: Answer, record: &EnvironmentRecord, tag: &str) -> Answer {
        // A shared copy is found by its address alone, so only a key in the address may lead to one.
        let is_client = self.key.kind == KeyKind::Client;
        let is_shared = is_client && self.visit.head.authorization.is_empty();
        let who = if is_shared { "public, " } else { "private, " };
        let varies = if self.key.origins.is_empty() {
            "Accept-Encoding"
        } else {
            "Accept-Encoding, Origin"
        };
        let answer = answer
            .header("ETag", tag)
            .header("Cache-Control", &[who, FRESHNESS].concat())
            .header("X-Pennon-Revision", &record.revision.to_string())
            .header("Vary", varies);
        if self.is_stale {
            counts::stale();
            return answer.header("X-Pennon-Stale", "1");
        }
        answer
    }
}
