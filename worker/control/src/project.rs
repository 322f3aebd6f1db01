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
mod compress;
mod counted;
mod definition_change;
mod delivery;
mod environment_change;
mod erasing;
mod flag_change;
mod flag_writes;
mod model;
mod patch;
mod publication;
mod request;
mod resharding;
mod schedule;
mod seal;
mod uses;

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use pennon_api::Access;
use worker::wasm_bindgen::JsValue;
use worker::wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::{Date, DurableObject, Env, Request, Response, Result, State, durable_object};

use crate::call::{Answer, Call, respond};
use crate::error::ApiError;
use crate::log;
use crate::policy::Actor;
use crate::precondition::Basis;
use crate::routes::{
    definitions, environments, erasures, flags, internal, keys, propagation, removal, shards,
    signing_keys, totals,
};
use crate::store::Db;
use delivery::Courier;

pub(crate) use counted::check_attribute;
pub(crate) use definition_change::singular;
pub(crate) use delivery::newest_of;
pub(crate) use model::Model;
pub(crate) use patch::Patch;
pub(crate) use request::ProjectRequest;
pub(crate) use seal::{id_of_key, new_signing_key};

const MIGRATIONS: [&str; 5] = [
    include_str!("../migrations/project/0001_project.sql"),
    include_str!("../migrations/project/0002_push.sql"),
    include_str!("../migrations/project/0003_totals.sql"),
    include_str!("../migrations/project/0004_erasures.sql"),
    include_str!("../migrations/project/0005_flag_totals.sql"),
];

/// One project: documents, versions, keys, audit and outbox, in one `SQLite` database.
#[durable_object]
#[derive(Debug)]
pub struct Project {
    state: State,
    env: Env,
    db: OnceCell<Rc<Db>>,
    courier: OnceCell<Rc<Courier>>,
    is_resharding: Rc<Cell<bool>>,
    is_erasing: Rc<Cell<bool>>,
}

impl DurableObject for Project {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            db: OnceCell::new(),
            courier: OnceCell::new(),
            is_resharding: Rc::new(Cell::new(false)),
            is_erasing: Rc::new(Cell::new(false)),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == "/call" {
            let call: Call = request.json().await?;
            return respond(&call.request, self.answer(&call).await);
        }
        internal::answer(self.db()?, &mut request).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.reseal()?;
        // It begins at once, and a silent shard holds up nobody but itself.
        let erased = self.erase()?;
        self.reshard()?.await?;
        self.deliver()?.await?;
        erased.await?;
        Response::empty()
    }
}

impl Project {
    async fn answer(&self, call: &Call) -> std::result::Result<Answer, ApiError> {
        let request = ProjectRequest::new(self, call)?;
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("DELETE", []) => removal::empty(&request).await,
            ("GET", ["environments"]) => environments::list(&request),
            ("POST", ["environments"]) => environments::create(&request).await,
            ("GET", ["environments", e]) => environments::show(&request, e),
            ("PATCH", ["environments", e]) => environments::change(&request, e).await,
            ("GET", ["environments", e, "units"]) => environments::units(&request, e),
            ("POST", ["environments", e, "erasures"]) => erasures::create(&request, e).await,
            ("GET", ["environments", e, "erasures", id]) => erasures::show(&request, e, id).await,
            ("GET", ["environments", e, "propagation"]) => propagation::show(&request, e).await,

            ("GET", ["environments", e, "totals"]) => totals::show(&request, e).await,
            ("GET", ["environments", e, "shards"]) => shards::show(&request, e),
            ("POST", ["environments", e, "shards"]) => shards::double(&request, e).await,

            ("GET", ["environments", e, "signing-keys"]) => signing_keys::list(&request, e),
            ("POST", ["environments", e, "signing-keys"]) => signing_keys::add(&request, e).await,
            ("POST", ["environments", e, "signing-keys", id, "activate"]) => {
                signing_keys::activate(&request, e, id).await
            }
            ("DELETE", ["environments", e, "signing-keys", id]) => {
                signing_keys::remove(&request, e, id).await
            }

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
    pub(crate) fn db(&self) -> Result<&Rc<Db>> {
        if let Some(db) = self.db.get() {
            return Ok(db);
        }
        let db = Rc::new(Db::open(self.state.storage(), &MIGRATIONS)?);
        Ok(self.db.get_or_init(|| db))
    }

    /// Forgets everything.
    pub(crate) fn empty(&self) -> Result<()> {
        self.db()?.empty(&MIGRATIONS)
    }

    /// The bindings.
    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    /// Brings what was committed to the stores that the edge reads, and to the hubs.
    ///
    /// It goes on when nobody waits any more: an attempt that is cut off would block the next one.
    fn deliver(&self) -> Result<impl Future<Output = Result<()>> + use<>> {
        let db = self.db()?;
        let courier = self
            .courier
            .get_or_init(|| Rc::new(Courier::new(self.env.clone(), db.clone())));
        let (courier, db, storage) = (courier.clone(), db.clone(), self.state.storage());
        let work = future_to_promise(async move {
            let delivered = courier.deliver().await;
            schedule::set_alarm(&storage, &db).await?;
            delivered?;
            Ok(JsValue::UNDEFINED)
        });
        Ok(async move { Ok(JsFuture::from(work).await.map(drop)?) })
    }

    /// Goes on with doublings of shards, also when nobody waits any more. Where somebody is at it
    /// already, that one goes on.
    fn reshard(&self) -> Result<impl Future<Output = Result<()>> + use<>> {
        let (env, db, storage) = (self.env.clone(), self.db()?.clone(), self.state.storage());
        let is_running = self.is_resharding.clone();
        let work = future_to_promise(async move {
            if is_running.replace(true) {
                return Ok(JsValue::UNDEFINED);
            }
            let outcome = resharding::drive_all(&env, &db).await;
            is_running.set(false);
            schedule::set_alarm(&storage, &db).await?;
            outcome?;
            Ok(JsValue::UNDEFINED)
        });
        Ok(async move { Ok(JsFuture::from(work).await.map(drop)?) })
    }

    /// Goes on with erasures, in the same way.
    fn erase(&self) -> Result<impl Future<Output = Result<()>> + use<>> {
        let (env, db, storage) = (self.env.clone(), self.db()?.clone(), self.state.storage());
        let is_running = self.is_erasing.clone();
        let work = future_to_promise(async move {
            if is_running.replace(true) {
                return Ok(JsValue::UNDEFINED);
            }
            let outcome = erasing::drive_all(&env, &db, Date::now().as_millis()).await;
            is_running.set(false);
            schedule::set_alarm(&storage, &db).await?;
            outcome?;
            Ok(JsValue::UNDEFINED)
        });
        Ok(async move { Ok(JsFuture::from(work).await.map(drop)?) })
    }

    /// Makes the alarm that delivers what is committed in the same turn.
    async fn arm(&self) -> Result<()> {
        schedule::arm(&self.state.storage()).await
    }

    /// Seals anew what is half-way to its end.
    fn reseal(&self) -> Result<()> {
        let db = self.db()?;
        let now = Date::now().as_millis();
        for (environment, project) in seal::to_reseal(db, now)? {
            let actor = Actor {
                account: String::new(),
                token: String::new(),
                name: "pennon".to_owned(),
                access: Access::Admin,
                projects: None,
            };
            let patch = Patch::Reseal { environment };
            if let Err(error) = apply::apply(db, (&actor, &project, now), patch, &Basis::Any) {
                log::put_off("", &project, &format!("cannot seal anew: {error:?}"));
            }
        }
        Ok(())
    }
}
