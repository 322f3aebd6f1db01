//! What a shard says to other shards.

use serde::Serialize;
use worker::{Date, Method, Request, RequestInit, Response, Result};

use super::handover::{self, Handover, Parcel};
use super::{Shard, body, refuse, split};
use crate::call::within_limit;
use crate::log;
use pennon_api::OtherShards;

impl Shard {
    /// Sends the states that are due to the shards of the subjects that take them over.
    pub(super) async fn send_handovers(&self) -> Result<()> {
        let now = Date::now().as_millis();
        let parcels = self.change(|db, books| handover::parcels(db, books, now))?;
        for parcel in parcels {
            match self.send(&parcel.handover).await {
                Ok(()) => handover::sent(self.db()?, &parcel.handover.id)?,
                Err(error) => self.wait(&parcel, &error)?,
            }
        }
        Ok(())
    }

    fn wait(&self, parcel: &Parcel, error: &worker::Error) -> Result<()> {
        let message = format!("a handover has to wait: {error}");
        log::put_off("", &parcel.handover.id, &message);
        handover::postpone(self.db()?, parcel, Date::now().as_millis())
    }

    async fn send(&self, handover: &Handover) -> Result<()> {
        let mut answer = self.hand(handover).await?;
        if answer.status_code() == 409
            && let Ok(OtherShards { shards }) = answer.json().await
        {
            let elsewhere = Handover {
                shard: handover.hash.checked_rem(shards).unwrap_or(0),
                shards,
                ..handover.clone()
            };
            answer = self.hand(&elsewhere).await?;
        }
        succeeded(&answer)
    }

    async fn hand(&self, handover: &Handover) -> Result<Response> {
        let name = format!("{}/{}", handover.environment, handover.shard);
        if self.state.id().to_string() == self.shards()?.id_from_name(&name)?.to_string() {
            // An object that asks itself would wait for itself.
            return self.take_over(handover).await;
        }
        self.post(&name, "handover", handover).await
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
        if let Some(conflict) =
            super::identity::conflict(self.db()?, page.into(), std::iter::empty())?
        {
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
        succeeded(&self.post(&name, "import", &page).await?)?;
        split::advance(self.db()?, &cursor)?;
        Ok(page.is_last())
    }

    async fn post(&self, name: &str, path: &str, value: &impl Serialize) -> Result<Response> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(serde_json::to_string(value)?.into()));
        let request = Request::new_with_init(&format!("https://shard/{path}"), &init)?;
        let stub = self.shards()?.get_by_name(name)?;
        let answer = within_limit(stub.fetch_with_request(request)).await;
        answer.map_err(|error| worker::Error::RustError(format!("{error:?}")))
    }

    fn shards(&self) -> Result<worker::ObjectNamespace> {
        self.env.durable_object("SHARD")
    }
}

fn succeeded(answer: &Response) -> Result<()> {
    match answer.status_code() {
        200..300 => Ok(()),
        status => Err(worker::Error::RustError(format!(
            "a shard answers {status}"
        ))),
    }
}
