//! What a shard does when nobody waits for it: its log, its files, and what it sends to others.

use futures_util::future::join;
use pennon_api::Retained;
use worker::{Date, Result};

use super::{Shard, archive, contribution, erasure, handover, memory, retention};
use crate::log::object_failed;

/// How often what is too old to be remembered is forgotten.
const PRUNE_EVERY_MS: u64 = 6 * 60 * 60 * 1000;

impl Shard {
    /// Does all that is due, and sets the alarm for the rest.
    ///
    /// Its own files do not wait for other shards: both are worked on at once.
    pub(super) async fn work(&self) -> Result<()> {
        self.prune(Date::now().as_millis())?;
        let (files, sent) = join(self.work_on_files(), self.send_handovers()).await;
        if let Err(error) = sent {
            object_failed("", "shard", &format!("handovers have to wait: {error}"));
        }
        if let Err(error) = files {
            object_failed("", "shard", &format!("the raw log has to wait: {error}"));
            self.backlog.fail(Date::now().as_millis());
        }
        self.arm().await
    }

    /// Writes the log to the bucket and says how many files that were.
    pub(super) async fn flush(&self) -> Result<u64> {
        let bucket = self.bucket()?;
        let _turn = self.files.take().await?;
        let files = archive::flush(self.db()?, &bucket).await?;
        self.backlog.clear();
        Ok(files)
    }

    /// Deletes what the environment does not want to keep any longer, and what nobody needs.
    pub(super) async fn retain(&self) -> Result<Retained> {
        let now = Date::now().as_millis();
        self.forget_old(now)?;
        let bucket = self.bucket()?;
        let _turn = self.files.take().await?;
        retention::apply(self.db()?, &bucket, now).await
    }

    async fn work_on_files(&self) -> Result<()> {
        if self.is_retention_due.take() {
            self.retain().await?;
        }
        if self.is_flush_due()? {
            self.flush().await?;
        }
        // What erased subjects are counted with does not wait for an erasure that fails.
        let erased = self.go_on_erasing().await;
        self.export().await?;
        erased
    }

    async fn go_on_erasing(&self) -> Result<()> {
        let db = self.db()?;
        if erasure::is_waiting(db)? {
            let bucket = self.bucket()?;
            let _turn = self.files.take().await?;
            erasure::run(db, &bucket, Date::now().as_millis()).await?;
        }
        Ok(())
    }

    async fn export(&self) -> Result<()> {
        let db = self.db()?;
        if let (true, Some((environment, number))) =
            (contribution::is_waiting(db)?, archive::owner(db)?)
        {
            let bucket = self.bucket()?;
            let _turn = self.files.take().await?;
            contribution::export(db, &bucket, (&environment, number)).await?;
        }
        Ok(())
    }

    fn is_flush_due(&self) -> Result<bool> {
        let oldest = archive::oldest(self.db()?)?;
        Ok(oldest.is_some_and(|oldest| self.backlog.due(oldest) <= Date::now().as_millis()))
    }

    fn prune(&self, now: u64) -> Result<()> {
        if self.prune_at.get() <= now {
            self.forget_old(now)?;
            self.prune_at.set(now.saturating_add(PRUNE_EVERY_MS));
            self.is_retention_due.set(true);
        }
        Ok(())
    }

    fn forget_old(&self, now: u64) -> Result<()> {
        let db = self.db()?;
        memory::forget_old(db, now)?;
        erasure::forget_old(db, now)
    }

    /// Sets the alarm for what is due next.
    pub(super) async fn arm(&self) -> Result<()> {
        let db = self.db()?;
        let now = Date::now().as_millis();
        if self.prune_at.get() == 0 {
            self.prune_at.set(now.saturating_add(PRUNE_EVERY_MS));
        }
        let oldest = archive::oldest(db)?;
        let log = oldest.map(|oldest| self.backlog.due(oldest));
        let has_files_to_do = erasure::is_waiting(db)? || contribution::is_waiting(db)?;
        let files = has_files_to_do.then(|| self.backlog.due(0));
        let remembers = !memory::is_empty(db)? || handover::is_remembered(db)?;
        let prune = remembers.then(|| self.prune_at.get());
        let handovers = handover::due(db)?.into_iter();
        let handover = handovers
            .map(|(shard, due)| self.targets.due(shard, due))
            .min();
        let shortcut = (!self.shortcuts.borrow().is_empty()).then_some(now);
        let reasons = [log, files, prune, handover, shortcut];
        match reasons.into_iter().flatten().min() {
            Some(due) => self.alarm.ensure(&self.state.storage(), due, now).await,
            None => Ok(()),
        }
    }
}
