//! The hubs.

use std::time::Duration;

use futures_util::future::join_all;
use pennon_api::HubMessage;
use worker::{Date, Error, Method, Request, RequestInit, Result};

use super::{Courier, pause_ms};
use crate::hub::HubCall;
use crate::log;
use crate::store::hub_outbox::{self, HubName, HubOutboxRow};
use crate::store::{hubs, snapshots};
use crate::timeout::within;

/// How long a hub may take to tell its sockets.
const LIMIT: Duration = Duration::from_secs(3);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Messages of one call.
const AT_ONCE: u32 = 100;

impl Courier {
    /// Tells all hubs at once what is due for them, each in order.
    pub(super) async fn tell_hubs(&self) {
        match hub_outbox::due(&self.db, Date::now().as_millis()) {
            Ok(due) => {
                join_all(due.into_iter().map(|hub| self.tell_hub(hub))).await;
            }
            Err(error) => log::object_failed(
                "",
                "hub outbox",
                &format!("cannot read what hubs have to hear: {error}"),
            ),
        }
    }

    async fn tell_hub(&self, hub: HubName) {
        if !self.telling.borrow_mut().insert(hub.clone()) {
            return;
        }
        if let Err(error) = self.drain_hub(&hub).await {
            let HubName {
                environment,
                region,
            } = &hub;
            let name = format!("{environment}/{region}");
            log::put_off("", &name, &format!("the hub does not hear: {error}"));
        }
        self.telling.borrow_mut().remove(&hub);
    }

    async fn drain_hub(&self, hub: &HubName) -> Result<()> {
        loop {
            let rows = hub_outbox::first(&self.db, hub, AT_ONCE)?;
            if rows.is_empty() {
                return Ok(());
            }
            match self.tell(hub, &rows).await {
                Ok(()) => self.confirm_told(hub, &rows)?,
                Err(error) => {
                    let now = Date::now().as_millis();
                    for row in &rows {
                        let due_at = now + pause_ms(row.tries, LONGEST_PAUSE);
                        hub_outbox::put_off(&self.db, row.seq, due_at)?;
                    }
                    return Err(error);
                }
            }
        }
    }

    fn confirm_told(&self, hub: &HubName, rows: &[HubOutboxRow]) -> Result<()> {
        self.db.transaction(|| {
            for row in rows {
                hub_outbox::confirm(&self.db, row.seq)?;
                if let HubMessage::Revision(newest) = &row.message {
                    let revision = newest.revision;
                    hubs::set_told(&self.db, &hub.environment, &hub.region, revision)?;
                }
            }
            Ok(())
        })
    }

    async fn tell(&self, hub: &HubName, rows: &[HubOutboxRow]) -> Result<()> {
        let HubName {
            environment,
            region,
        } = hub;
        let record = snapshots::newest(&self.db, environment)?;
        let call = HubCall {
            project: record.map(|record| record.project).unwrap_or_default(),
            environment: environment.clone(),
            region: region.clone(),
            messages: rows.iter().map(|row| row.message.clone()).collect(),
        };
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(serde_json::to_string(&call)?.into()));
        let request = Request::new_with_init("https://hub/tell", &init)?;
        let hubs = self.env.durable_object("HUB")?;
        let stub = hubs.get_by_name(&format!("{environment}/{region}"))?;
        let answer = within(LIMIT, stub.fetch_with_request(request)).await?;
        match answer.status_code() {
            200 => Ok(()),
            status => Err(Error::RustError(format!("status {status}"))),
        }
    }
}
