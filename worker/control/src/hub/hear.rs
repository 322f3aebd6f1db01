//! What a project tells a hub, and passing it on.

use pennon_api::{HubMessage, KeyKind, KillDelta, Newest, StreamMessage};
use serde::{Deserialize, Serialize};
use worker::{Date, Result};

use super::Hub;
use super::counts::{self, Sent};
use super::memory::{self, KeyNews, Place};
use super::socket::Closing;

/// Body of a Project object's call: whom it is for, and the news in order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HubCall {
    pub(crate) project: String,
    pub(crate) environment: String,
    pub(crate) region: String,
    pub(crate) messages: Vec<HubMessage>,
}

impl Hub {
    /// Writes down and passes on, message by message. Hearing one twice changes nothing.
    ///
    /// The answer is when the first of the keys that were spoken of ends.
    pub(super) fn hear(&self, call: &HubCall) -> Result<Option<u64>> {
        let place = Place {
            project: call.project.clone(),
            environment: call.environment.clone(),
            region: call.region.clone(),
            ..Place::default()
        };
        memory::settle(self.db()?, &place)?;
        self.hear_all(&call.messages)?;
        let keys = call.messages.iter().filter_map(memory::key_news);
        Ok(keys.filter_map(|(_, news)| news.expires_at).min())
    }

    pub(super) fn hear_all(&self, messages: &[HubMessage]) -> Result<()> {
        for message in messages {
            match message {
                HubMessage::Revision(newest) => self.learn(newest)?,
                HubMessage::Kill { delta, public } => self.kill(delta, *public)?,
                HubMessage::Key { .. } => {
                    if let Some((key, news)) = memory::key_news(message) {
                        self.change_key(key, &news)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Tells every socket of a revision, if it is new.
    pub(super) fn learn(&self, newest: &Newest) -> Result<()> {
        let db = self.db()?;
        let mut place = memory::place(db)?.unwrap_or_default();
        if newest.revision <= place.newest.revision {
            return Ok(());
        }
        memory::set_newest(db, newest)?;
        place.newest = newest.clone();
        let mut told = 0;
        for kind in [KeyKind::Client, KeyKind::Server] {
            told += self.tell(kind, &revision_message(&place, kind))?;
        }
        counts::sent(db, Sent::Revision, told)?;
        self.drop_slow()
    }

    /// Tells the sockets that may hear of the flag. One that comes after a newer revision was told
    /// is only kept: its snapshot says the same, and no socket may go back.
    fn kill(&self, delta: &KillDelta, is_public: bool) -> Result<()> {
        let db = self.db()?;
        let is_news = memory::put_kill(db, delta, is_public, Date::now().as_millis())?;
        let told = memory::place(db)?.map_or(0, |place| place.newest.revision);
        if !is_news || delta.revision <= told {
            return Ok(());
        }
        let message = StreamMessage::Kill(delta.clone());
        let mut told = self.tell(KeyKind::Server, &message)?;
        if is_public {
            told += self.tell(KeyKind::Client, &message)?;
        }
        counts::sent(db, Sent::Kill, told)?;
        self.drop_slow()
    }

    /// Says how many sockets it was sent to.
    fn tell(&self, kind: KeyKind, message: &StreamMessage) -> Result<usize> {
        let text = serde_json::to_string(message)?;
        let sockets = self.sockets_of(kind);
        for socket in &sockets {
            socket.send(&text);
        }
        Ok(sockets.len())
    }

    /// Closes the sockets that the key must not keep open, and notes on the others when it ends.
    fn change_key(&self, key: &str, news: &KeyNews) -> Result<()> {
        let now = Date::now().as_millis();
        let db = self.db()?;
        memory::put_key(db, key, news, now)?;
        let (mut over, mut elsewhere) = (0, 0);
        for socket in self.sockets_with_key(key) {
            if news.is_over(now) {
                socket.close(Closing::Key, "the key was revoked");
                over += 1;
                continue;
            }
            let Some(mut note) = socket.note() else {
                continue;
            };
            if news.allows(note.origin.as_deref()) {
                note.expires_at = news.expires_at;
                socket.set_note(&note)?;
            } else {
                socket.close(Closing::Origin, "the key may not be used from this origin");
                elsewhere += 1;
            }
        }
        counts::closed(db, Closing::Key, over)?;
        counts::closed(db, Closing::Origin, elsewhere)
    }
}

/// The newest revision, as an audience hears of it.
pub(super) fn revision_message(place: &Place, kind: KeyKind) -> StreamMessage {
    let snapshot = match kind {
        KeyKind::Client => &place.newest.public,
        KeyKind::Server => &place.newest.server,
    };
    StreamMessage::Revision {
        environment: place.environment.clone(),
        revision: place.newest.revision,
        snapshot: snapshot.clone(),
    }
}
