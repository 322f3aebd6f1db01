//! Asking the project: once to be on its list, and now and then in case something got lost.

use std::time::Duration;

use pennon_api::HubMessage;
use worker::{Date, Method, Request, RequestInit, Result};

use super::Hub;
use super::memory::{self, Place};
use super::schedule::ASK_AGAIN_MS;
use crate::log;
use crate::timeout::within;

/// How long the project may take while a client waits to be let in.
const LIMIT: Duration = Duration::from_secs(2);
/// How old the project's last full answer may be while somebody uses the hub.
const ASK_EVERY_MS: u64 = 60_000;

impl Hub {
    /// Settles where the caller says, and makes sure that the project knows of this hub.
    ///
    /// A project that does not answer keeps nobody out: the alarm asks again.
    pub(super) async fn introduce(&self, place: &Place) -> Result<()> {
        let db = self.db()?;
        memory::settle(db, place)?;
        let asked_at = memory::place(db)?.map_or(0, |place| place.asked_at);
        let now = Date::now().as_millis();
        if asked_at == 0 && self.tried_at.get() + ASK_AGAIN_MS <= now {
            self.ask().await;
        } else if asked_at > 0 && asked_at + ASK_EVERY_MS <= now {
            self.arm_at(now).await?;
        }
        Ok(())
    }

    /// Asks for everything the project knows; what fails is asked again by the alarm.
    pub(super) async fn ask(&self) {
        self.tried_at.set(Date::now().as_millis());
        if let Err(error) = self.try_to_ask().await {
            let message = format!("it does not tell this hub what is new: {error}");
            log::put_off("", "project", &message);
        }
    }

    async fn try_to_ask(&self) -> Result<()> {
        let Some(place) = memory::place(self.db()?)? else {
            return Ok(());
        };
        let stub = self.env.durable_object("PROJECT")?;
        let stub = stub.get_by_name(&place.project)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(serde_json::to_string(&place)?.into()));
        let request = Request::new_with_init("https://project/internal/hubs", &init)?;
        let messages: Vec<HubMessage> = within(LIMIT, async {
            let mut answer = stub.fetch_with_request(request).await?;
            match answer.status_code() {
                200 => answer.json().await,
                status => Err(worker::Error::RustError(format!("status {status}"))),
            }
        })
        .await?;
        memory::set_asked(self.db()?, Date::now().as_millis())?;
        self.hear_all(&messages)
    }
}
