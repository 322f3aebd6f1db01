//! `GET /v1/keys`: the public keys with which clients check snapshots and kills.

use crate::authorise::{authorise, key_in_query};
use crate::error::Failure;
use crate::respond::{self, Answer};
use crate::store::record;
use crate::visit::Visit;
use pennon_api::SigningKeyRecord;
use serde::Serialize;

#[derive(Serialize)]
struct Keys<'a> {
    keys: &'a [SigningKeyRecord],
}

/// One key, or two while one replaces the other.
pub(crate) async fn get(visit: &Visit) -> Result<Answer, Failure> {
    let key = authorise(visit, key_in_query(&visit.head.url)).await?;
    let environment = record::environment(visit, &key).await?;
    respond::json(&Keys {
        keys: &environment.record.signing_keys,
    })
}
