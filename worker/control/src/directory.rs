//! The Directory object: who may ask, and which projects there are.
//!
//! One object for the installation. It is asked once for every request of the admin API, and
//! never by the data plane.

#![expect(
    missing_docs,
    reason = "the macro makes public methods that take no documentation"
)]

mod attempts;
mod request;

use std::cell::{Cell, OnceCell, RefCell};

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::call::{Answer, Call, respond};
use crate::error::ApiError;
use crate::routes::{projects, setup, tokens};
use crate::store::Db;

use attempts::Attempts;
pub(crate) use request::DirectoryRequest;

/// Name of the object.
pub(crate) const NAME: &str = "directory";

const MIGRATIONS: [&str; 1] = [include_str!("../migrations/directory/0001_directory.sql")];

/// Accounts, tokens, projects and setup links, in one `SQLite` database.
#[durable_object]
#[derive(Debug)]
pub struct Directory {
    state: State,
    db: OnceCell<Db>,
    attempts: RefCell<Attempts>,
    has_announced: Cell<bool>,
}

impl DurableObject for Directory {
    fn new(state: State, _env: Env) -> Self {
        Self {
            state,
            db: OnceCell::new(),
            attempts: RefCell::new(Attempts::default()),
            has_announced: Cell::new(false),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let call: Call = request.json().await?;
        respond(&call.request, self.answer(&call))
    }
}

impl Directory {
    fn answer(&self, call: &Call) -> std::result::Result<Answer, ApiError> {
        let request = DirectoryRequest::new(self, call)?;
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("POST", ["authenticate"]) => tokens::authenticate(&request),
            ("POST", ["announce"]) => setup::announce(&request, &self.has_announced),

            ("GET", ["setup", secret]) => setup::show(&request, secret),
            ("POST", ["setup", secret]) => setup::complete(&request, secret),

            ("GET", ["projects"]) => projects::list(&request),
            ("POST", ["projects"]) => projects::create(&request),
            ("GET", ["projects", key]) => projects::show(&request, key),
            ("DELETE", ["projects", key]) => projects::delete(&request, key),

            ("GET", ["tokens"]) => tokens::list(&request),
            ("POST", ["tokens"]) => tokens::create(&request),
            ("DELETE", ["tokens", id]) => tokens::revoke(&request, id),
            _ => Err(ApiError::no_route()),
        }
    }

    fn db(&self) -> Result<&Db> {
        if let Some(db) = self.db.get() {
            return Ok(db);
        }
        let db = Db::open(self.state.storage(), &MIGRATIONS)?;
        Ok(self.db.get_or_init(|| db))
    }
}
