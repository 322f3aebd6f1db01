//! One push connection: what is noted on it, and how it is written to and closed.

use pennon_api::{KeyKind, StreamConnection};
use serde::{Deserialize, Serialize};
use worker::js_sys;
use worker::wasm_bindgen::prelude::*;
use worker::{Result, WebSocket, web_sys};

use super::Hub;

/// Bytes of the largest message that a client may send.
pub(super) const MAX_MESSAGE_BYTES: usize = 1024;

/// Why a hub closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// The key was revoked or has expired: coming back with it is of no use.
    Key,
    /// The key may not be used from the page's origin any more.
    Origin,
    /// What came was no message of this protocol.
    Invalid,
    /// Too far behind to be waited for; coming back helps.
    Slow,
    /// Nothing was heard for too long.
    Silent,
}

impl Closing {
    pub(super) const ALL: [Self; 5] = [
        Self::Key,
        Self::Origin,
        Self::Invalid,
        Self::Slow,
        Self::Silent,
    ];

    /// The word for it in numbers.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Origin => "origin",
            Self::Invalid => "invalid",
            Self::Slow => "slow",
            Self::Silent => "silent",
        }
    }

    fn code(self) -> u16 {
        match self {
            Self::Key => 4401,
            Self::Origin => 4403,
            Self::Invalid => 1008,
            Self::Slow => 1013,
            Self::Silent => 1001,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// The part of `DurableObjectState` that the `worker` crate does not bind.
    #[wasm_bindgen(extends = js_sys::Object)]
    #[derive(Debug)]
    pub(super) type Clocks;

    #[wasm_bindgen(method, js_name = getWebSocketAutoResponseTimestamp)]
    fn last_ping(this: &Clocks, socket: &web_sys::WebSocket) -> Option<js_sys::Date>;
}

/// What is noted on a socket, and outlives the object's memory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Note {
    /// Id of the key that opened it.
    pub(super) key: String,
    /// Epoch milliseconds after which the key is over.
    pub(super) expires_at: Option<u64>,
    pub(super) origin: Option<String>,
    /// The newest revision that the client says it holds.
    pub(super) held: u64,
    /// Epoch milliseconds at which the client last said something.
    pub(super) heard_at: u64,
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Socket(WebSocket);

impl Socket {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self(socket)
    }

    /// What is noted on it; nothing when it is closing.
    pub(super) fn note(&self) -> Option<Note> {
        self.0.deserialize_attachment().ok().flatten()
    }

    pub(super) fn set_note(&self, note: &Note) -> Result<()> {
        self.0.serialize_attachment(note)
    }

    /// Notes what the client says it holds.
    pub(super) fn note_held(&self, revision: u64, now: u64) -> Result<()> {
        match self.note() {
            Some(mut note) => {
                note.held = note.held.max(revision);
                note.heard_at = now;
                self.set_note(&note)
            }
            None => Ok(()),
        }
    }

    /// Epoch milliseconds of the last ping or message.
    pub(super) fn alive_at(&self, clocks: &Clocks, note: &Note) -> u64 {
        let ping = clocks.last_ping(self.0.as_ref());
        let ping = ping.map_or(0.0, |date| date.get_time());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time of this century in milliseconds fits"
        )]
        let ping = ping as u64;
        note.heard_at.max(ping)
    }

    /// Sends a text. A connection that takes nothing any more is closed by its own events.
    pub(super) fn send(&self, text: &str) {
        drop(self.0.send_with_str(text));
    }

    /// Closes; one that is closed already stays closed.
    pub(super) fn close(&self, why: Closing, reason: &str) {
        self.close_with(why.code(), reason);
    }

    fn close_with(&self, code: u16, reason: &str) {
        drop(self.0.close(Some(code), Some(reason)));
    }

    /// Ends the handshake that the client has begun.
    pub(super) fn answer_close(&self, code: usize, reason: &str) {
        // 1005 and 1006 say that there was no code, and must not be sent.
        let code = u16::try_from(code)
            .ok()
            .filter(|code| !matches!(code, 1005 | 1006));
        self.close_with(code.unwrap_or(1000), reason);
    }
}

impl Hub {
    /// All open sockets.
    pub(super) fn sockets(&self) -> Vec<Socket> {
        open(self.state.get_websockets())
    }

    /// The sockets of an audience.
    pub(super) fn sockets_of(&self, kind: KeyKind) -> Vec<Socket> {
        self.sockets_tagged(audience_tag(kind))
    }

    /// The sockets that a key has opened.
    pub(super) fn sockets_with_key(&self, key: &str) -> Vec<Socket> {
        self.sockets_tagged(&key_tag(key))
    }

    fn sockets_tagged(&self, tag: &str) -> Vec<Socket> {
        open(self.state.get_websockets_with_tag(tag))
    }

    /// Accepts a connection so that it outlives the object's memory.
    pub(super) fn accept(&self, socket: WebSocket, connection: &StreamConnection) -> Socket {
        let key = key_tag(&connection.key);
        let tags = [audience_tag(connection.kind), &key];
        self.state.accept_websocket_with_tags(&socket, &tags);
        Socket(socket)
    }
}

/// Without those that were closed and whose clients have not answered yet: they may never.
fn open(sockets: Vec<WebSocket>) -> Vec<Socket> {
    let sockets = sockets.into_iter().filter(|socket| {
        let raw: &web_sys::WebSocket = socket.as_ref();
        raw.ready_state() == web_sys::WebSocket::OPEN
    });
    sockets.map(Socket::new).collect()
}

fn audience_tag(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Client => "client",
        KeyKind::Server => "server",
    }
}

fn key_tag(key: &str) -> String {
    format!("key:{key}")
}
