//! From what is committed to everybody who has to hear of it: the stores that the edge reads, and
//! the hubs that hold push connections.
//!
//! The two do not wait for each other: a kill reaches the hubs while the stores refuse to write,
//! and a hub that does not answer holds up no store. A revision is told to hubs when the stores
//! have it, or have refused it once: the edge can ask the Project object itself then.

mod hubs;
mod stores;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join;
use pennon_api::{EnvironmentRecord, HubMessage, Newest};
use worker::{Env, Result};

use crate::store::hub_outbox::HubName;
use crate::store::{Db, hub_outbox, hubs as hub_list};

/// Brings what is committed to where it is read.
#[derive(Debug)]
pub(crate) struct Courier {
    env: Env,
    db: Rc<Db>,
    /// Keeps a second caller out: two at once could overwrite a newer pointer with an older one.
    /// The one that runs sees what others have added meanwhile.
    is_writing: Cell<bool>,
    /// Hubs that are being told something, for the same reason.
    telling: RefCell<BTreeSet<HubName>>,
}

impl Courier {
    pub(crate) fn new(env: Env, db: Rc<Db>) -> Self {
        Self {
            env,
            db,
            is_writing: Cell::new(false),
            telling: RefCell::default(),
        }
    }

    /// Delivers what is due. What fails stays in its outbox with the time of the next attempt.
    pub(crate) async fn deliver(self: &Rc<Self>) -> Result<()> {
        let (written, ()) = join(self.write_stores(), self.tell_hubs()).await;
        // What the stores have just confirmed.
        self.tell_hubs().await;
        written
    }

    /// Tells every hub of an environment which snapshots are the newest, unless all have told it.
    fn announce(&self, record: &EnvironmentRecord) -> Result<()> {
        let reached = hub_list::reached(&self.db, &record.environment, record.revision)?;
        if reached.reached == reached.of {
            return Ok(());
        }
        let message = HubMessage::Revision(newest_of(record));
        hub_outbox::push(&self.db, &record.environment, &message)
    }
}

/// What hubs have to know of a record.
pub(crate) fn newest_of(record: &EnvironmentRecord) -> Newest {
    Newest {
        revision: record.revision,
        public: record.public.snapshot.clone(),
        server: record.server.snapshot.clone(),
    }
}

/// 1, 2, 4, … seconds, up to a longest pause.
fn pause_ms(tries: u32, longest: Duration) -> u64 {
    let seconds = 1_u64.checked_shl(tries).unwrap_or(u64::MAX);
    let pause = Duration::from_secs(seconds).min(longest);
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let longest = Duration::from_mins(5);
        let seconds = [0, 1, 2, 8, 9, 63, 64].map(|n| pause_ms(n, longest) / 1000);
        assert_eq!(seconds, [1, 2, 4, 256, 300, 300, 300]);
    }
}
