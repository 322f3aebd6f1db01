//! `GET /v1/keys`: the public keys with which clients check snapshots and kills.

use pennon_api::SigningKeyRecord;
use serde::Serialize;
use worker::{Request, Response};

use crate::authorise::{authorise, key_in_query};
use crate::error::Failure;
use crate::respond;
use crate::store::record;
use crate::visit::Visit;

#[derive(Serialize)]
struct Keys<'a> {
    keys: &'a [SigningKeyRecord],
}

/// One key, or two while one replaces the other.
pub(crate) async fn get(request: &Request, visit: &Visit) -> Result<Response, Failure> {
    let url = request.inner().url();
    let key = authorise(visit, request.headers(), key_in_query(&url)).await?;
    let environment = record::environment(visit, &key).await?;
    respond::json(&Keys {
        keys: &environment.record.signing_keys,
    })
}
