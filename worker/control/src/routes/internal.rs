//! What the edge asks a Project object when neither store has it, and what hubs ask.

use pennon_api::HubMessage;
use worker::{Date, Request, Response, Result};

use crate::hub::HubPlace;
use crate::project::newest_of;
use crate::store::{Db, contents, hubs, kills, snapshots};

/// `/internal/env/{id}`, `/internal/snap/{sha256}`, `/internal/names/{sha256}`, `/internal/hubs`.
pub(crate) async fn answer(db: &Db, request: &mut Request) -> Result<Response> {
    let path = request.path();
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
        ["internal", "hubs"] => register(db, &request.json().await?),
        _ => Response::error("unknown", 404),
    }
}

/// Puts a hub on the list, and tells it everything. Nothing happens between the two, so what is
/// published after this reaches the hub through the outbox.
fn register(db: &Db, place: &HubPlace) -> Result<Response> {
    let Some(newest) = snapshots::newest(db, &place.environment)? else {
        return Response::error("unknown environment", 404);
    };
    hubs::put(
        db,
        &place.environment,
        &place.region,
        Date::now().as_millis(),
    )?;
    let mut messages = kills::of_environment(db, &place.environment)?;
    messages.push(HubMessage::Revision(newest_of(&newest)));
    Response::from_json(&messages)
}
