//! What a project tells a hub, and passing it on.

use pennon_api::{HubMessage, KeyKind, KillDelta, Newest, StreamMessage};
use serde::{Deserialize, Serialize};
use worker::{Date, Result};

use super::Hub;
use super::memory::{self, KeyNews, Place};
use super::socket::{CLOSE_KEY, CLOSE_ORIGIN};

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
        for kind in [KeyKind::Client, KeyKind::Server] {
            self.tell(kind, &revision_message(&place, kind))?;
        }
        self.drop_slow();
        Ok(())
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
        self.tell(KeyKind::Server, &message)?;
        if is_public {
            self.tell(KeyKind::Client, &message)?;
        }
        self.drop_slow();
        Ok(())
    }

    fn tell(&self, kind: KeyKind, message: &StreamMessage) -> Result<()> {
        let text = serde_json::to_string(message)?;
        for socket in self.sockets_of(kind) {
            socket.send(&text);
        }
        Ok(())
    }

    /// Closes the sockets that the key must not keep open, and notes on the others when it ends.
    fn change_key(&self, key: &str, news: &KeyNews) -> Result<()> {
        let now = Date::now().as_millis();
        memory::put_key(self.db()?, key, news, now)?;
        for socket in self.sockets_with_key(key) {
            if news.is_over(now) {
                socket.close(CLOSE_KEY, "the key was revoked");
                continue;
            }
            let Some(mut note) = socket.note() else {
                continue;
            };
            if news.allows(note.origin.as_deref()) {
                note.expires_at = news.expires_at;
                socket.set_note(&note)?;
            } else {
                socket.close(CLOSE_ORIGIN, "the key may not be used from this origin");
            }
        }
        Ok(())
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
