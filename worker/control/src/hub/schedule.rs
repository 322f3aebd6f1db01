//! What a hub does by itself: ends sockets whose key is over, that are silent or too slow.

use std::time::Duration;

use worker::{Date, Result, console_log};

use super::Hub;
use super::socket::{Closing, Socket};
use super::{counts, memory};

/// How often sockets are looked through while there are any.
const SWEEP_MS: u64 = 300_000;
/// A client pings once a minute; one that was not heard for so long is gone.
const SILENT_MS: u64 = 180_000;
/// How soon a project that did not answer is asked again.
pub(super) const ASK_AGAIN_MS: u64 = 5_000;
/// How many messages a socket may leave without a sign of life. What waits for it stays below
/// this many times 300 bytes.
const MAX_BEHIND: usize = 256;
/// A burst that is younger than this makes nobody slow.
const PATIENCE_MS: u64 = 10_000;

impl Hub {
    /// Does what is due, and sets the alarm for what comes next.
    pub(super) async fn wake(&self) -> Result<()> {
        self.ask().await;
        self.sweep()?;
        self.arm().await
    }

    /// Sets the alarm for the next thing to do; without sockets there is none.
    async fn arm(&self) -> Result<()> {
        let now = Date::now().as_millis();
        let sockets = self.sockets();
        let notes = sockets.iter().filter_map(Socket::note);
        match notes.map(|note| due_of(note.expires_at, now)).min() {
            Some(due) => self.arm_at(self.ask_due()?.unwrap_or(due).min(due)).await,
            None => Ok(()),
        }
    }

    /// Sets the alarm for a key that ends then, or never.
    pub(super) async fn arm_for(&self, expires_at: Option<u64>) -> Result<()> {
        let due = due_of(expires_at, Date::now().as_millis());
        let due = self.ask_due()?.unwrap_or(u64::MAX).min(due);
        self.arm_at(due).await
    }

    /// Sets the alarm, unless an earlier one is set.
    pub(super) async fn arm_at(&self, due: u64) -> Result<()> {
        let storage = self.state.storage();
        if self.alarm_at.get().is_none() {
            let set = storage.get_alarm().await?;
            self.alarm_at.set(set.and_then(|at| u64::try_from(at).ok()));
        }
        if self.alarm_at.get().is_some_and(|set| set <= due) {
            return Ok(());
        }
        self.alarm_at.set(Some(due));
        let pause = due.saturating_sub(Date::now().as_millis());
        storage.set_alarm(Duration::from_millis(pause)).await
    }

    /// A project that has never answered is asked again.
    fn ask_due(&self) -> Result<Option<u64>> {
        let place = memory::place(self.db()?)?;
        let is_unknown = place.is_some_and(|place| place.asked_at == 0);
        Ok(is_unknown.then(|| Date::now().as_millis() + ASK_AGAIN_MS))
    }

    fn sweep(&self) -> Result<()> {
        let now = Date::now().as_millis();
        let (mut over, mut silent) = (0, 0);
        for socket in self.sockets() {
            let Some(note) = socket.note() else { continue };
            if note.expires_at.is_some_and(|expires_at| expires_at <= now) {
                socket.close(Closing::Key, "the key has expired");
                over += 1;
            } else if socket.alive_at(&self.clocks, &note) + SILENT_MS < now {
                socket.close(Closing::Silent, "nothing was heard for too long");
                silent += 1;
            }
        }
        let db = self.db()?;
        counts::closed(db, Closing::Key, over)?;
        counts::closed(db, Closing::Silent, silent)
    }

    /// Counts a message that went out, and closes the sockets that have shown no sign of life
    /// since the message that is now `MAX_BEHIND` messages old.
    ///
    /// The platform keeps what a socket does not take, and says of no socket how much that is.
    pub(super) fn drop_slow(&self) -> Result<()> {
        let now = Date::now().as_millis();
        let mut told = self.told.borrow_mut();
        told.push_back(now);
        if told.len() <= MAX_BEHIND {
            return Ok(());
        }
        // A quarter is taken away, so that not every message looks at every socket.
        told.drain(..MAX_BEHIND / 4);
        let Some(oldest) = told.front().copied() else {
            return Ok(());
        };
        let limit = oldest.min(now.saturating_sub(PATIENCE_MS));
        let sockets = self.sockets();
        let slow = sockets.iter().filter(|socket| {
            let note = socket.note();
            note.is_some_and(|note| socket.alive_at(&self.clocks, &note) < limit)
        });
        let mut n = 0_usize;
        for socket in slow {
            socket.close(Closing::Slow, "too far behind");
            n += 1;
        }
        if n > 0 {
            console_log!("closed {n} sockets that took no messages");
        }
        counts::closed(self.db()?, Closing::Slow, n)
    }
}

/// When a socket has to be looked at next.
fn due_of(expires_at: Option<u64>, now: u64) -> u64 {
    expires_at.unwrap_or(u64::MAX).min(now + SWEEP_MS)
}
