//! The Shard object: owns a part of an environment's subjects and what they met and did.
//!
//! One subject lives in one shard, and a shard runs one block at a time, so first exposures,
//! duplicates and sums are decided here without asking anybody. The contract is `docs/events.md`.

#![expect(
    missing_docs,
    reason = "the macro makes public methods that take no documentation"
)]

mod archive;
mod books;
mod cell;
mod change;
mod contribution;
mod erasure;
mod handover;
mod identity;
mod intake;
mod later;
mod log;
mod memory;
mod messages;
mod retention;
mod samples;
mod schedule;
mod seen;
mod split;
mod subject;
mod totals;
mod turn;

use std::cell::{Cell, OnceCell, RefCell};

use pennon_api::{Delivery, ErasureOrder, OtherShards, loss_hash};
use serde::de::DeserializeOwned;
use worker::{
    Bucket, Date, DurableObject, Env, Method, Request, Response, Result, State, durable_object,
};

use crate::log::{object_failed, request_id};
use crate::store::Db;
use archive::{Backlog, LOG_AGE_MS};
use books::Books;
use handover::{Handover, Shortcuts, Targets};
pub(crate) use identity::MAX_SHARDS;
use identity::{Conflict, Place};
use schedule::Alarm;
pub(crate) use split::SplitOrder;
pub(crate) use subject::Subjects;
use turn::Turn;

const MIGRATIONS: [&str; 8] = [
    include_str!("../migrations/shard/0001_intake.sql"),
    include_str!("../migrations/shard/0002_archive.sql"),
    include_str!("../migrations/shard/0003_counting.sql"),
    include_str!("../migrations/shard/0004_erasure.sql"),
    include_str!("../migrations/shard/0005_limits.sql"),
    include_str!("../migrations/shard/0006_seen.sql"),
    include_str!("../migrations/shard/0007_cell.sql"),
    include_str!("../migrations/shard/0008_aside.sql"),
];

/// One shard of one environment, named `<environment id>/<number>`.
#[durable_object]
#[derive(Debug)]
pub struct Shard {
    state: State,
    env: Env,
    db: OnceCell<Db>,
    /// Absent before the first look, and after a block that failed.
    books: RefCell<Option<Books>>,
    alarm: Alarm,
    backlog: Backlog,
    /// Held by whoever works on the files of the raw log.
    files: Turn,
    targets: Targets,
    /// Who is still to be told a shorter way; a restart forgets it, and the long way works too.
    shortcuts: RefCell<Vec<Shortcuts>>,
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
            books: RefCell::new(None),
            alarm: Alarm::default(),
            backlog: Backlog::default(),
            files: Turn::default(),
            targets: Targets::default(),
            shortcuts: RefCell::default(),
            prune_at: Cell::new(0),
            is_retention_due: Cell::new(false),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let id = request_id(&request);
        self.answer(request).await.or_else(|error| {
            object_failed(&id, "shard", &error.to_string());
            Response::error(error.to_string(), 500)
        })
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm.went_off();
        self.work().await?;
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
            (Method::Get, "/totals") => self.totals(&request),
            (Method::Post, "/handover") => match body(&mut request).await? {
                Ok(handover) => self.take_over(&handover).await,
                Err(refused) => Ok(refused),
            },
            (Method::Post, "/import" | "/split/begin" | "/split/step" | "/split/finish") => {
                self.answer_split(request).await
            }
            (Method::Get, "/metrics") => {
                Response::from_json(&samples::read(self.db()?, Date::now().as_millis())?)
            }
            (Method::Post, "/flush") => {
                let files = self.flush().await?;
                Response::from_json(&serde_json::json!({ "files": files }))
            }
            (Method::Post, "/retain") => Response::from_json(&self.retain().await?),
            (Method::Post, "/wipe") => self.wipe().await,
            (Method::Post, "/shorten") => match body(&mut request).await? {
                Ok(shortcuts) => self.shorten(&shortcuts),
                Err(refused) => Ok(refused),
            },
            (Method::Post, "/erase") => match body(&mut request).await? {
                Ok(order) => self.erase(&order).await,
                Err(refused) => Ok(refused),
            },
            (Method::Get, "/erase") => {
                let id = query(&request, "id")?.unwrap_or_default();
                Response::from_json(&erasure::progress(self.db()?, &id)?)
            }
            (Method::Post, "/erase/close") => {
                let id = query(&request, "id")?.unwrap_or_default();
                Response::from_json(&self.change(|db, _| erasure::close(db, &id))?)
            }
            _ => Response::error("there is nothing at this address", 404),
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Response> {
        let loss = (delivery.dropped > 0).then(|| loss_hash(&delivery.batch));
        let hashes = delivery.copies.iter().map(|copy| copy.hash).chain(loss);
        if let Some(conflict) = identity::conflict(self.db()?, delivery.into(), hashes)? {
            return refuse(conflict);
        }
        if delivery.definitions_body.is_none() && !self.knows(&delivery.definitions)? {
            let needs = serde_json::json!({ "needs": "definitions" });
            return Ok(Response::from_json(&needs)?.with_status(428));
        }
        // No await stands between here and the commit, and the answer is held back by the platform
        // until the commit is on disk.
        let now = Date::now().as_millis();
        let answer = self.change(|db, books| intake::commit(db, books, delivery, now))?;
        self.backlog.add(log::bytes(delivery));
        // With an alarm before the log is old enough, only a full log is a reason to set it anew.
        if handover::is_waiting(self.db()?)?
            || self.backlog.is_full()
            || !self.alarm.goes_off_by(delivery.received_at + LOG_AGE_MS)
        {
            self.arm().await?;
        }
        Response::from_json(&answer)
    }

    /// Takes over the state of a unit that had another id.
    async fn take_over(&self, handover: &Handover) -> Result<Response> {
        let place = Place::from(handover);
        let hash = std::iter::once(handover.hash);
        if let Some(conflict) = identity::conflict(self.db()?, place, hash)? {
            return refuse(conflict);
        }
        let told = self.change(|db, books| {
            let stamp = handover::Stamp {
                shard: handover.shard,
                revision: identity::advance(db, place, (0, 0))?,
                now: Date::now().as_millis(),
            };
            handover::arrive(db, books, handover, stamp)
        })?;
        self.shortcuts.borrow_mut().extend(told);
        self.arm().await?;
        Response::empty()
    }

    /// The totals, or 304 when they are those of the revision that the caller has.
    fn totals(&self, request: &Request) -> Result<Response> {
        let db = self.db()?;
        let since = query(request, "since")?.and_then(|since| since.parse().ok());
        if since.is_some_and(|since: u64| since > 0) && since == totals::settled_revision(db)? {
            return Ok(Response::empty()?.with_status(304));
        }
        let flag = query(request, "flag")?;
        let filter = cell::Filter {
            flag: flag.as_deref(),
            only_exposures: query(request, "only")?.as_deref() == Some("exposures"),
        };
        let now = Date::now().as_millis();
        let totals = self.change(|db, books| totals::read(db, books, filter, now))?;
        Response::from_json(&totals)
    }

    /// Runs one block: all of what it writes, or nothing.
    fn change<T>(&self, block: impl FnOnce(&Db, &mut Books) -> Result<T>) -> Result<T> {
        let db = self.db()?;
        let held = self.books.take();
        let mut books = held.map_or_else(|| Books::load(db), Ok)?;
        let outcome = db.transaction(|| block(db, &mut books))?;
        self.books.replace(Some(books));
        Ok(outcome)
    }

    fn knows(&self, definitions: &str) -> Result<bool> {
        let mut held = self.books.borrow_mut();
        let books = match held.take() {
            Some(books) => books,
            None => Books::load(self.db()?)?,
        };
        let knows = definitions.is_empty() || books.library.get(definitions).is_some();
        *held = Some(books);
        Ok(knows)
    }

    async fn erase(&self, order: &ErasureOrder) -> Result<Response> {
        if split::is_moving(self.db()?)? {
            return refuse(Conflict::Moving);
        }
        if let Some(conflict) = identity::conflict(self.db()?, order.into(), std::iter::empty())? {
            return refuse(conflict);
        }
        let now = Date::now().as_millis();
        let step = self.change(|db, books| erasure::accept(db, books, order, now))?;
        self.arm().await?;
        Response::from_json(&step)
    }

    /// Writes what waits to the bucket, and forgets everything.
    async fn wipe(&self) -> Result<Response> {
        self.flush().await?;
        self.db()?.empty(&MIGRATIONS)?;
        self.books.take();
        Response::empty()
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

/// Says why something is not taken, and what the sender can do.
fn refuse(conflict: Conflict) -> Result<Response> {
    match conflict {
        Conflict::OtherShards(shards) => {
            Ok(Response::from_json(&OtherShards { shards })?.with_status(409))
        }
        Conflict::Foreign(message) => Response::error(message, 409),
        Conflict::Moving => {
            let refused = Response::error("these subjects are moving to a new shard", 503)?;
            refused.headers().set("Retry-After", "1")?;
            Ok(refused)
        }
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
