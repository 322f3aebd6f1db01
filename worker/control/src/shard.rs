//! The Shard object: owns a part of an environment's subjects and what they met and did.
//!
//! One subject lives in one shard, and a shard runs one block at a time, so first exposures,
//! duplicates and sums are decided here without asking anybody. The contract is `docs/events.md`.

#![expect(
    missing_docs,
    reason = "the macro makes public methods that take no documentation"
)]

mod cell;
mod exposure;
mod identity;
mod intake;
mod log;
mod memory;
mod subject;
mod totals;

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use pennon_api::Delivery;
use worker::{
    Date, DurableObject, Env, Method, Request, Response, Result, State, console_error,
    durable_object,
};

use crate::store::Db;

/// How often what is too old to be remembered is forgotten.
const PRUNE_EVERY: Duration = Duration::from_hours(6);

const MIGRATIONS: [&str; 1] = [include_str!("../migrations/shard/0001_intake.sql")];

/// One shard of one environment, named `<environment id>/<number>`.
#[durable_object]
#[derive(Debug)]
pub struct Shard {
    state: State,
    db: OnceCell<Db>,
    has_alarm: Cell<bool>,
}

impl DurableObject for Shard {
    fn new(state: State, _env: Env) -> Self {
        Self {
            state,
            db: OnceCell::new(),
            has_alarm: Cell::new(false),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.answer(request).await.or_else(|error| {
            console_error!("the shard fails: {error}");
            Response::error(error.to_string(), 500)
        })
    }

    async fn alarm(&self) -> Result<Response> {
        let is_empty = memory::forget_old(self.db()?, Date::now().as_millis())?;
        self.has_alarm.set(false);
        if !is_empty {
            self.set_alarm().await?;
        }
        Response::empty()
    }
}

impl Shard {
    async fn answer(&self, mut request: Request) -> Result<Response> {
        match (request.method(), request.path().as_str()) {
            (Method::Post, "/deliver") => {
                let delivery: Delivery = match serde_json::from_slice(&request.bytes().await?) {
                    Ok(delivery) => delivery,
                    Err(error) => return Response::error(error.to_string(), 400),
                };
                self.deliver(&delivery).await
            }
            (Method::Get, "/totals") => {
                let url = request.url()?;
                let flag = url.query_pairs().find(|(name, _)| name == "flag");
                let flag = flag.as_ref().map(|(_, value)| value.as_ref());
                Response::from_json(&totals::read(self.db()?, flag, Date::now().as_millis())?)
            }
            _ => Response::error("there is nothing at this address", 404),
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Response> {
        let db = self.db()?;
        if let Some(conflict) = identity::conflict(db, delivery)? {
            return Response::error(conflict, 409);
        }
        // No await stands between here and the commit, and the answer is held back by the platform
        // until the commit is on disk.
        let answer = intake::commit(db, delivery)?;
        self.set_alarm().await?;
        Response::from_json(&answer)
    }

    fn db(&self) -> Result<&Db> {
        if self.db.get().is_none() {
            let opened = Db::open(self.state.storage(), &MIGRATIONS)?;
            return Ok(self.db.get_or_init(|| opened));
        }
        self.db
            .get()
            .ok_or_else(|| worker::Error::from("the database is not open"))
    }

    async fn set_alarm(&self) -> Result<()> {
        if self.has_alarm.get() {
            return Ok(());
        }
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(PRUNE_EVERY).await?;
        }
        self.has_alarm.set(true);
        Ok(())
    }
}
