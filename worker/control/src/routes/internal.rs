//! What the edge asks a Project object when neither store has it.

use worker::{Response, Result};

use crate::store::{Db, contents, snapshots};

/// `/internal/env/{id}`, `/internal/snap/{sha256}`, `/internal/names/{sha256}`.
pub(crate) fn answer(db: &Db, path: &str) -> Result<Response> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["internal", "env", id] => match snapshots::newest(db, id)? {
            Some(record) => Response::from_json(&record),
            None => Response::error("unknown environment", 404),
        },
        ["internal", kind @ ("snap" | "names"), hash] => {
            match contents::get(db, &format!("{kind}/{hash}"))? {
                Some(body) => Response::from_bytes(body),
                None => Response::error("unknown content", 404),
            }
        }
        _ => Response::error("unknown", 404),
    }
}
