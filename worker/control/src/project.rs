//! The Project object: the only writer of what a project says.
//!
//! One object holds one project. Its name begins with the account of whoever asks, so an
//! address can never lead into another account's project.

#![expect(
    missing_docs,
    reason = "the macro makes public methods that take no documentation"
)]

mod apply;
mod change;
mod counted;
mod definition_change;
mod delivery;
mod environment_change;
mod flag_change;
mod flag_writes;
mod model;
mod patch;
mod publication;
mod request;

use std::cell::{Cell, OnceCell};

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::call::{Answer, Call, respond};
use crate::error::ApiError;
use crate::routes::{definitions, environments, flags, internal, keys};
use crate::store::Db;

pub(crate) use counted::check_attribute;
pub(crate) use definition_change::singular;
pub(crate) use model::Model;
pub(crate) use patch::Patch;
pub(crate) use publication::signing_key;
pub(crate) use request::ProjectRequest;

const MIGRATIONS: [&str; 1] = [include_str!("../migrations/project/0001_project.sql")];

/// One project: documents, versions, keys, audit and outbox, in one `SQLite` database.
#[durable_object]
#[derive(Debug)]
pub struct Project {
    state: State,
    env: Env,
    db: OnceCell<Db>,
    is_delivering: Cell<bool>,
}

impl DurableObject for Project {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            db: OnceCell::new(),
            is_delivering: Cell::new(false),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == "/call" {
            let call: Call = request.json().await?;
            return respond(self.answer(&call).await);
        }
        internal::answer(self.db()?, &request.path())
    }

    async fn alarm(&self) -> Result<Response> {
        self.deliver().await?;
        Response::empty()
    }
}

impl Project {
    async fn answer(&self, call: &Call) -> std::result::Result<Answer, ApiError> {
        let request = ProjectRequest::new(self, call)?;
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["environments"]) => environments::list(&request),
            ("POST", ["environments"]) => environments::create(&request).await,
            ("GET", ["environments", e]) => environments::show(&request, e),
            ("GET", ["environments", e, "units"]) => environments::units(&request, e),

            ("GET", ["environments", e, "keys"]) => keys::list(&request, e),
            ("POST", ["environments", e, "keys"]) => keys::create(&request, e).await,
            ("POST", ["environments", e, "keys", id, "rotate"]) => {
                keys::rotate(&request, e, id).await
            }
            ("PATCH", ["environments", e, "keys", id]) => keys::set_origins(&request, e, id).await,
            ("DELETE", ["environments", e, "keys", id]) => keys::revoke(&request, e, id).await,

            ("GET", ["environments", e, "flags"]) => flags::list(&request, e),
            ("GET", ["environments", e, "flags", key]) => flags::show(&request, e, key),
            ("PUT", ["environments", e, "flags", key]) => flags::put(&request, e, key).await,
            ("DELETE", ["environments", e, "flags", key]) => flags::archive(&request, e, key).await,
            ("GET", ["environments", e, "flags", key, "history"]) => {
                flags::history(&request, e, key)
            }
            ("POST", ["environments", e, "flags", key, "revert"]) => {
                flags::revert(&request, e, key).await
            }
            ("POST", ["environments", e, "flags", key, "kill"]) => {
                flags::set_killed(&request, e, key, true).await
            }
            ("POST", ["environments", e, "flags", key, "unkill"]) => {
                flags::set_killed(&request, e, key, false).await
            }

            ("GET", [kind]) => definitions::list(&request, kind),
            ("GET", [kind, key]) => definitions::show(&request, kind, key),
            ("PUT", [kind, key]) => definitions::put(&request, kind, key).await,
            ("DELETE", [kind, key]) => definitions::delete(&request, kind, key).await,
            _ => Err(ApiError::no_route()),
        }
    }

    /// The database, with its tables up to date.
    pub(crate) fn db(&self) -> Result<&Db> {
        if let Some(db) = self.db.get() {
            return Ok(db);
        }
        let db = Db::open(self.state.storage(), &MIGRATIONS)?;
        Ok(self.db.get_or_init(|| db))
    }

    /// Brings what was committed to the stores that the edge reads.
    async fn deliver(&self) -> Result<()> {
        let storage = self.state.storage();
        delivery::deliver((&self.env, &storage, self.db()?), &self.is_delivering).await
    }

    /// Makes the alarm that delivers what is committed in the same turn.
    async fn arm(&self) -> Result<()> {
        delivery::arm(&self.state.storage()).await
    }
}
