//! What a shard says to other shards.

use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;
use worker::{Date, Error, Method, Request, RequestInit, Response, Result};

use super::handover::{self, Handover, Shortcuts};
use super::{Shard, body, identity, refuse, split};
use crate::log;
use crate::timeout::within;
use pennon_api::OtherShards;

/// How long another shard may take for one state: what waits behind it waits as long.
const HANDOVER_LIMIT: Duration = Duration::from_secs(5);
/// How long it may take for a page of rows.
const PAGE_LIMIT: Duration = Duration::from_secs(30);

/// Why a state was not handed over.
enum Failure {
    /// The shard does not answer, or takes nothing now: this is about the shard.
    Silent(Error),
    /// It cannot be read here, or it is refused there: this is about the state.
    Refused(Error),
}

impl Shard {
    /// Sends the states that are due to the shards of the subjects that take them over: to all of
    /// these shards at once, and not to one that was silent a moment ago.
    pub(super) async fn send_handovers(&self) -> Result<()> {
        let db = self.db()?;
        let now = Date::now().as_millis();
        let mut parcels = Vec::new();
        for (shard, due) in handover::due(db)? {
            if self.targets.due(shard, due) <= now {
                parcels.push((shard, handover::due_for(db, shard, now)?));
            }
        }
        let parcels = parcels.iter();
        let sent = join_all(parcels.map(|(shard, ids)| self.send_all(*shard, ids))).await;
        self.send_shortcuts().await;
        sent.into_iter().collect()
    }

    /// Goes past a state that is refused; ends where the shard says nothing or takes nothing now.
    ///
    /// Whatever fails goes behind the others, so no state is in their way twice.
    async fn send_all(&self, shard: u32, ids: &[String]) -> Result<()> {
        let db = self.db()?;
        let mut refused = 0;
        for id in ids {
            match self.send(id).await {
                Ok(()) => self.targets.answered(shard),
                Err(Failure::Silent(error)) => {
                    log::put_off("", id, &format!("a handover has to wait: {error}"));
                    let until = self.targets.fail(shard, Date::now().as_millis());
                    return handover::postpone(db, id, until);
                }
                Err(Failure::Refused(error)) => {
                    let message = format!("a handover cannot be made, and is tried later: {error}");
                    log::object_failed("", id, &message);
                    handover::refused(db, id, Date::now().as_millis())?;
                    refused += 1;
                }
            }
        }
        // A shard that takes nothing at all is not asked for everything that waits.
        if refused == handover::SENT_AT_ONCE {
            self.targets.fail(shard, Date::now().as_millis());
        }
        Ok(())
    }

    async fn send(&self, id: &str) -> std::result::Result<(), Failure> {
        let Some(handover) = self.unsent(id).map_err(Failure::Refused)? else {
            return Ok(());
        };
        let mut answer = self.hand(&handover).await.map_err(Failure::Silent)?;
        if answer.status_code() == 409
            && let Ok(OtherShards { shards }) = answer.json().await
            && let Some(handover) = self.unsent(id).map_err(Failure::Refused)?
        {
            let recut = handover.recut(shards);
            answer = self.hand(&recut).await.map_err(Failure::Silent)?;
        }
        let failure = match answer.status_code() {
            503 => Failure::Silent,
            _ => Failure::Refused,
        };
        succeeded(&answer).map_err(failure)?;
        let forgotten = self.db().and_then(|db| handover::sent(db, id));
        forgotten.map_err(Failure::Refused)
    }

    fn unsent(&self, id: &str) -> Result<Option<Handover>> {
        let now = Date::now().as_millis();
        self.change(|db, books| handover::read(db, books, id, now))
    }

    async fn hand(&self, handover: &Handover) -> Result<Response> {
        let name = format!("{}/{}", handover.environment, handover.shard);
        if self.is_this(&name)? {
            // An object that asks itself would wait for itself.
            let taken = self.take_over(handover).await;
            return taken.or_else(|error| Response::error(error.to_string(), 500));
        }
        self.post(&name, ("handover", HANDOVER_LIMIT), handover)
            .await
    }

    /// Tells other shards where ids lead that lead to each other. Who does not hear of it takes the
    /// long way.
    async fn send_shortcuts(&self) {
        let told = self.shortcuts.take();
        join_all(told.iter().map(async |told| {
            let name = format!("{}/{}", told.environment, told.shard);
            if self.is_this(&name)? {
                return self.shorten(told);
            }
            self.post(&name, ("shorten", HANDOVER_LIMIT), told).await
        }))
        .await;
    }

    /// Lets ids that have moved lead to their end at once.
    pub(super) fn shorten(&self, shortcuts: &Shortcuts) -> Result<Response> {
        let place = shortcuts.into();
        if let Some(conflict) = identity::conflict(self.db()?, place, std::iter::empty())? {
            return refuse(conflict);
        }
        self.change(|db, _| handover::shorten(db, shortcuts))?;
        Response::empty()
    }

    fn is_this(&self, name: &str) -> Result<bool> {
        let shards = self.shards()?;
        let id = shards.id_from_name(name)?;
        Ok(self.state.id().to_string() == id.to_string())
    }

    /// What the Project object asks for while it doubles the shards, and what the other shard sends.
    pub(super) async fn answer_split(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        if path == "/import" {
            return match body(&mut request).await? {
                Ok(page) => self.import(&page),
                Err(refused) => Ok(refused),
            };
        }
        let order: split::SplitOrder = match body(&mut request).await? {
            Ok(order) => order,
            Err(refused) => return Ok(refused),
        };
        let is_done = match path.as_str() {
            "/split/begin" => self.change(|db, _| split::begin(db, &order))?,
            "/split/step" => self.split_step().await?,
            _ => {
                self.change(|db, _| split::finish(db, order.shards))?;
                true
            }
        };
        Response::from_json(&serde_json::json!({ "done": is_done }))
    }

    fn import(&self, page: &split::Page) -> Result<Response> {
        if let Some(conflict) = identity::conflict(self.db()?, page.into(), std::iter::empty())? {
            return refuse(conflict);
        }
        self.change(|db, _| split::import(db, page))?;
        // The books may hold more than is in memory.
        self.books.take();
        Response::empty()
    }

    /// Copies the next page; true when none that is needed follows.
    async fn split_step(&self) -> Result<bool> {
        let Some((page, cursor)) = self.change(|db, _| split::next_page(db))? else {
            return Ok(true);
        };
        let name = format!("{}/{}", page.environment, page.shard);
        succeeded(&self.post(&name, ("import", PAGE_LIMIT), &page).await?)?;
        split::advance(self.db()?, &cursor)?;
        Ok(page.is_last())
    }

    async fn post(
        &self,
        name: &str,
        (path, limit): (&str, Duration),
        value: &impl Serialize,
    ) -> Result<Response> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(serde_json::to_string(value)?.into()));
        let request = Request::new_with_init(&format!("https://shard/{path}"), &init)?;
        let stub = self.shards()?.get_by_name(name)?;
        within(limit, stub.fetch_with_request(request)).await
    }

    fn shards(&self) -> Result<worker::ObjectNamespace> {
        self.env.durable_object("SHARD")
    }
}

fn succeeded(answer: &Response) -> Result<()> {
    match answer.status_code() {
        200..300 => Ok(()),
        status => Err(Error::RustError(format!("a shard answers {status}"))),
    }
}
