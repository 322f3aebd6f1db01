//! The Shard object: owns a part of an environment's subjects and what they met and did.
//!
//! One subject lives in one shard, and a shard runs one block at a time, so first exposures,
//! duplicates and sums are decided here without asking anybody. The contract is `docs/events.md`.

#![expect(
    missing_docs,
    reason = "the macro makes public methods that take no documentation"
)]

mod archive;
mod cell;
mod contribution;
mod erasure;
mod exposure;
mod identity;
mod intake;
mod log;
mod memory;
mod retention;
mod schedule;
mod subject;
mod totals;
mod turn;

use std::cell::{Cell, OnceCell};

use pennon_api::{Delivery, ErasureOrder, Retained};
use serde::de::DeserializeOwned;
use worker::{
    Bucket, Date, DurableObject, Env, Method, Request, Response, Result, State, console_error,
    durable_object,
};

use crate::store::Db;
use archive::{Backlog, LOG_AGE_MS};
use schedule::Alarm;
use turn::Turn;

/// How often what is too old to be remembered is forgotten.
const PRUNE_EVERY_MS: u64 = 6 * 60 * 60 * 1000;

const MIGRATIONS: [&str; 2] = [
    include_str!("../migrations/shard/0001_intake.sql"),
    include_str!("../migrations/shard/0002_archive.sql"),
];

/// One shard of one environment, named `<environment id>/<number>`.
#[durable_object]
#[derive(Debug)]
pub struct Shard {
    state: State,
    env: Env,
    db: OnceCell<Db>,
    alarm: Alarm,
    backlog: Backlog,
    /// Held by whoever works on the files of the raw log.
    files: Turn,
    /// Epoch milliseconds of the next look for what is too old; 0 before the first.
    prune_at: Cell<u64>,
    /// Whether the look for what is too old has to go on in the bucket.
    is_retention_due: Cell<bool>,
}

impl DurableObject for Shard {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            db: OnceCell::new(),
            alarm: Alarm::default(),
            backlog: Backlog::default(),
            files: Turn::default(),
            prune_at: Cell::new(0),
            is_retention_due: Cell::new(false),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.answer(request).await.or_else(|error| {
            console_error!("the shard fails: {error}");
            Response::error(error.to_string(), 500)
        })
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm.went_off();
        self.prune(Date::now().as_millis())?;
        if let Err(error) = self.work_on_files().await {
            console_error!("the raw log has to wait: {error}");
            self.backlog.fail(Date::now().as_millis());
        }
        self.arm().await?;
        Response::empty()
    }
}

impl Shard {
    async fn answer(&self, mut request: Request) -> Result<Response> {
        match (request.method(), request.path().as_str()) {
            (Method::Post, "/deliver") => match body(&mut request).await? {
                Ok(delivery) => self.deliver(&delivery).await,
                Err(refused) => Ok(refused),
            },
            (Method::Get, "/totals") => {
                let flag = query(&request, "flag")?;
                let now = Date::now().as_millis();
                Response::from_json(&totals::read(self.db()?, flag.as_deref(), now)?)
            }
            (Method::Post, "/flush") => {
                let files = self.flush().await?;
                Response::from_json(&serde_json::json!({ "files": files }))
            }
            (Method::Post, "/retain") => Response::from_json(&self.retain().await?),
            (Method::Post, "/erase") => match body(&mut request).await? {
                Ok(order) => self.erase(&order).await,
                Err(refused) => Ok(refused),
            },
            (Method::Post, "/kin") => match body(&mut request).await? {
                Ok(question) => Response::from_json(&erasure::kin(self.db()?, &question)?),
                Err(refused) => Ok(refused),
            },
            (Method::Get, "/erase") => {
                let id = query(&request, "id")?.unwrap_or_default();
                Response::from_json(&erasure::progress(self.db()?, &id)?)
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
        let answer = intake::commit(db, delivery, Date::now().as_millis())?;
        self.backlog.add(log::bytes(delivery));
        // With an alarm before the log is old enough, only a full log is a reason to set it anew.
        if self.backlog.is_full() || !self.alarm.goes_off_by(delivery.received_at + LOG_AGE_MS) {
            self.arm().await?;
        }
        Response::from_json(&answer)
    }

    async fn erase(&self, order: &ErasureOrder) -> Result<Response> {
        let state = erasure::accept(self.db()?, order, Date::now().as_millis())?;
        self.arm().await?;
        Response::from_json(&state)
    }

    /// Writes the log to the bucket and says how many files that were.
    async fn flush(&self) -> Result<u64> {
        let bucket = self.bucket()?;
        let _turn = self.files.take().await?;
        let files = archive::flush(self.db()?, &bucket).await?;
        self.backlog.clear();
        Ok(files)
    }

    /// Deletes what the environment does not want to keep any longer.
    async fn retain(&self) -> Result<Retained> {
        let bucket = self.bucket()?;
        let _turn = self.files.take().await?;
        retention::apply(self.db()?, &bucket, Date::now().as_millis()).await
    }

    async fn work_on_files(&self) -> Result<()> {
        let db = self.db()?;
        if self.is_retention_due.take() {
            self.retain().await?;
        }
        if self.is_flush_due()? {
            self.flush().await?;
        }
        if erasure::is_waiting(db)? {
            let bucket = self.bucket()?;
            let _turn = self.files.take().await?;
            erasure::run(db, &bucket, Date::now().as_millis()).await?;
        }
        Ok(())
    }

    fn is_flush_due(&self) -> Result<bool> {
        let oldest = archive::oldest(self.db()?)?;
        Ok(oldest.is_some_and(|oldest| self.backlog.due(oldest) <= Date::now().as_millis()))
    }

    fn prune(&self, now: u64) -> Result<()> {
        if self.prune_at.get() <= now {
            memory::forget_old(self.db()?, now)?;
            self.prune_at.set(now.saturating_add(PRUNE_EVERY_MS));
            self.is_retention_due.set(true);
        }
        Ok(())
    }

    /// Sets the alarm for what is due next.
    async fn arm(&self) -> Result<()> {
        let db = self.db()?;
        let now = Date::now().as_millis();
        if self.prune_at.get() == 0 {
            self.prune_at.set(now.saturating_add(PRUNE_EVERY_MS));
        }
        let oldest = archive::oldest(db)?;
        let log = oldest.map(|oldest| self.backlog.due(oldest));
        let erasure = erasure::is_waiting(db)?.then(|| self.backlog.due(0));
        let prune = (!memory::is_empty(db)?).then(|| self.prune_at.get());
        match [log, erasure, prune].into_iter().flatten().min() {
            Some(due) => self.alarm.ensure(&self.state.storage(), due, now).await,
            None => Ok(()),
        }
    }

    fn bucket(&self) -> Result<Bucket> {
        self.env.bucket("ARCHIVE")
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
}

/// The body as JSON, or the answer that refuses it.
async fn body<T: DeserializeOwned>(
    request: &mut Request,
) -> Result<std::result::Result<T, Response>> {
    match serde_json::from_slice(&request.bytes().await?) {
        Ok(value) => Ok(Ok(value)),
        Err(error) => Response::error(error.to_string(), 400).map(Err),
    }
}

fn query(request: &Request, name: &str) -> Result<Option<String>> {
    let url = request.url()?;
    let found = url.query_pairs().find(|(key, _)| key == name);
    Ok(found.map(|(_, value)| value.into_owned()))
}
