//! The bucket and the key-value store.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use pennon_api::EnvironmentRecord;
use worker::wasm_bindgen_futures::spawn_local;
use worker::{Date, Result};

use super::{Courier, pause_ms};
use crate::log;
use crate::store::outbox::{self, OutboxRow};
use crate::store::snapshots;
use crate::timeout::within;

/// Binding of the KV namespace.
const SNAPSHOTS: &str = "SNAPSHOTS";
/// Binding of the bucket.
const ARCHIVE: &str = "ARCHIVE";

/// How long a store may take for one write. Long, because a write that was given up on may still
/// happen, and must not happen after a newer one of the same name.
const LIMIT: Duration = Duration::from_secs(30);
/// Contents that are written side by side; a pointer waits for all before it, and goes alone.
const AT_ONCE: u32 = 16;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

impl Courier {
    /// Writes in order until nothing is left or a store refuses.
    pub(super) async fn write_stores(self: &Rc<Self>) -> Result<()> {
        if self.is_writing.replace(true) {
            return Ok(());
        }
        let outcome = self.drain().await;
        self.is_writing.set(false);
        outcome
    }

    async fn drain(self: &Rc<Self>) -> Result<()> {
        loop {
            let rows = outbox::first(&self.db, AT_ONCE)?;
            if rows.is_empty() {
                return Ok(());
            }
            let outcomes = join_all(rows.iter().map(|row| self.write(row))).await;
            let mut has_failed = false;
            for (row, outcome) in rows.iter().zip(outcomes) {
                if let Err(error) = outcome {
                    let attempt = row.tries + 1;
                    let message = format!("cannot write yet, attempt {attempt}: {error}");
                    log::put_off("", &row.target, &message);
                    self.put_off(row)?;
                    has_failed = true;
                } else {
                    self.confirm(row)?;
                }
            }
            if has_failed {
                return Ok(());
            }
        }
    }

    /// The bucket first: it is strongly consistent, so the edge asks it when KV may be behind.
    async fn write(&self, row: &OutboxRow) -> Result<()> {
        if !row.is_archived {
            let bucket = self.env.bucket(ARCHIVE)?;
            let put = bucket.put(&row.target, row.body.clone());
            within(LIMIT, put.execute()).await?;
            outbox::set_archived(&self.db, row.seq)?;
        }
        let put = self.env.kv(SNAPSHOTS)?.put_bytes(&row.target, &row.body)?;
        within(LIMIT, async { Ok(put.execute().await?) }).await
    }

    /// A pointer that is in the stores is told to the hubs, also while more is being written.
    fn confirm(self: &Rc<Self>, row: &OutboxRow) -> Result<()> {
        let is_pointer = row.target.starts_with("env/");
        self.db.transaction(|| {
            outbox::confirm(&self.db, row.seq)?;
            if is_pointer {
                let record: EnvironmentRecord = serde_json::from_slice(&row.body)?;
                self.announce(&record)?;
            }
            Ok(())
        })?;
        if is_pointer && !outbox::is_empty(&self.db, None)? {
            let courier = self.clone();
            spawn_local(async move { courier.tell_hubs().await });
        }
        Ok(())
    }

    /// Stores that refuse keep nothing from the hubs.
    fn put_off(&self, row: &OutboxRow) -> Result<()> {
        let due_at = Date::now().as_millis() + pause_ms(row.tries, LONGEST_PAUSE);
        self.db.transaction(|| {
            outbox::put_off(&self.db, row.seq, due_at)?;
            for environment in outbox::waiting_environments(&self.db)? {
                if let Some(record) = snapshots::newest(&self.db, &environment)? {
                    self.announce(&record)?;
                }
            }
            Ok(())
        })
    }
}
