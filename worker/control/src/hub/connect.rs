//! Letting a client in.

use pennon_api::{KeyKind, StreamConnection, StreamMessage};
use worker::{Date, Response, Result, WebSocketPair, WebSocketRequestResponsePair};

use super::counts::{self, Sent};
use super::memory::{self, KeyNews, Place};
use super::socket::Note;
use super::{Hub, hear};

/// Sockets of one hub. workerd takes 32 768, and a publication must reach the last one in time.
const MAX_SOCKETS: usize = 20_000;
/// Bytes of an origin that are noted; longer ones are cut, and match no origin that is allowed.
const MAX_ORIGIN_BYTES: usize = 256;

impl Hub {
    /// Accepts a connection that the edge has authorised, and tells it what is new at once.
    pub(super) async fn admit(&self, connection: StreamConnection) -> Result<Response> {
        let place = Place {
            project: connection.project.clone(),
            environment: connection.environment.clone(),
            region: connection.region.clone(),
            ..Place::default()
        };
        self.introduce(&place).await?;
        let expires_at = connection.expires_at;
        let response = self.open(connection)?;
        self.arm_for(expires_at).await?;
        Ok(response)
    }

    /// From here to the first message nothing else happens, so the socket can miss nothing.
    fn open(&self, connection: StreamConnection) -> Result<Response> {
        let db = self.db()?;
        let now = Date::now().as_millis();
        let news = memory::key(db, &connection.key)?;
        if let Some(refusal) = news.and_then(|news| refusal(&news, &connection, now)) {
            let (status, text) = refusal;
            return Response::error(text, status);
        }
        if self.sockets().len() >= MAX_SOCKETS {
            return Response::error("this hub is full", 503);
        }
        self.learn(&connection.newest)?;
        let pair = WebSocketPair::new()?;
        let pings = WebSocketRequestResponsePair::new("ping", "pong")?;
        self.state.set_websocket_auto_response(&pings);
        let socket = self.accept(pair.server, &connection);
        let is_public = connection.kind == KeyKind::Client;
        let kills = memory::kills(db, connection.held, is_public)?;
        counts::sent(db, Sent::Kill, kills.len())?;
        for delta in kills {
            socket.send(&serde_json::to_string(&StreamMessage::Kill(delta))?);
        }
        let place = memory::place(db)?.unwrap_or_default();
        if place.newest.revision > 0 {
            let message = hear::revision_message(&place, connection.kind);
            socket.send(&serde_json::to_string(&message)?);
            counts::sent(db, Sent::Revision, 1)?;
        }
        socket.set_note(&note(connection, place.newest.revision, now))?;
        Response::from_websocket(pair.client)
    }
}

fn note(connection: StreamConnection, newest: u64, now: u64) -> Note {
    let origin = connection.origin.map(|origin| {
        let cut = origin.floor_char_boundary(MAX_ORIGIN_BYTES);
        origin.get(..cut).unwrap_or_default().to_owned()
    });
    Note {
        key: connection.key,
        expires_at: connection.expires_at,
        origin,
        held: connection.held.min(newest),
        heard_at: now,
    }
}

/// The edge trusts what it has read for seconds; a hub has heard at once.
fn refusal(news: &KeyNews, connection: &StreamConnection, now: u64) -> Option<(u16, &'static str)> {
    if news.is_over(now) {
        Some((401, "the key was revoked"))
    } else if !news.allows(connection.origin.as_deref()) {
        Some((403, "the key may not be used from this origin"))
    } else {
        None
    }
}
