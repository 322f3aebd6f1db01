//! The Hub object: holds the push connections of one environment in one part of the world, and
//! answers isolates of the edge that ask what is new.
//!
//! The connections hibernate: an object without work is taken out of memory and its sockets stay
//! open. What it has to remember is in its database. The contract is `docs/push.md`.

#![expect(
    missing_docs,
    reason = "the macro makes public methods that take no documentation"
)]

mod connect;
mod counts;
mod hear;
mod memory;
mod project;
mod schedule;
mod socket;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;

use pennon_api::{ClientMessage, HubState, StreamConnection};
use worker::wasm_bindgen::JsCast as _;
use worker::{
    Date, DurableObject, Env, Method, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

use crate::log;
use crate::store::Db;
pub(crate) use hear::HubCall;
pub(crate) use memory::Place as HubPlace;
use memory::Place;
use socket::{Clocks, Closing, Socket};

const MIGRATIONS: [&str; 2] = [
    include_str!("../migrations/hub/0001_hub.sql"),
    include_str!("../migrations/hub/0002_counts.sql"),
];

/// Header in which the edge says whom it lets in: the JSON of a `StreamConnection`.
const CONNECTION: &str = "X-Pennon-Connection";

/// One hub, named `<environment id>/<region>`.
#[durable_object]
#[derive(Debug)]
pub struct Hub {
    state: State,
    clocks: Clocks,
    env: Env,
    db: OnceCell<Db>,
    /// When the newest messages went out, oldest first: how far behind a silent socket may be.
    told: RefCell<VecDeque<u64>>,
    /// When the alarm is due, as far as this instance knows.
    alarm_at: Cell<Option<u64>>,
    /// When this instance last asked the project.
    tried_at: Cell<u64>,
}

impl DurableObject for Hub {
    fn new(state: State, env: Env) -> Self {
        let raw = state._inner();
        Self {
            clocks: raw.clone().unchecked_into(),
            state: State::from(raw),
            env,
            db: OnceCell::new(),
            told: RefCell::default(),
            alarm_at: Cell::new(None),
            tried_at: Cell::new(0),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let id = log::request_id(&request);
        self.answer(request).await.or_else(|error| {
            log::object_failed(&id, "hub", &error.to_string());
            Response::error(error.to_string(), 500)
        })
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm_at.set(None);
        self.wake().await?;
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        self.hear_client(&Socket::new(socket), &message)
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        Socket::new(socket).answer_close(code, &reason);
        Ok(())
    }

    /// A connection that broke is gone; nothing was kept of it elsewhere.
    async fn websocket_error(&self, _socket: WebSocket, _error: worker::Error) -> Result<()> {
        Ok(())
    }
}

impl Hub {
    async fn answer(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        match (request.method(), path.as_str()) {
            (Method::Get, "/connect") => {
                let header = request.headers().get(CONNECTION)?.unwrap_or_default();
                let connection: StreamConnection = serde_json::from_str(&header)?;
                self.admit(connection).await
            }
            (Method::Post, "/tell") => {
                let call: HubCall = request.json().await?;
                let expires_at = self.hear(&call)?;
                self.arm_for(expires_at).await?;
                Response::from_json(&self.state_for(0)?)
            }
            (Method::Post, "/beacon") => {
                let place: Place = request.json().await?;
                self.introduce(&place).await?;
                Response::from_json(&memory::beacon(self.db()?)?)
            }
            (Method::Get, "/metrics") => Response::from_json(&self.samples()?),
            (Method::Get, path) => match path.strip_prefix("/held/").map(str::parse) {
                Some(Ok(revision)) => Response::from_json(&self.state_for(revision)?),
                _ => Response::error("there is nothing at this address", 404),
            },
            _ => Response::error("there is nothing at this address", 404),
        }
    }

    /// How many sockets there are, and how many hold a revision.
    fn state_for(&self, revision: u64) -> Result<HubState> {
        let place = memory::place(self.db()?)?.unwrap_or_default();
        let sockets = self.sockets();
        let holding = sockets
            .iter()
            .filter(|socket| socket.note().is_some_and(|note| note.held >= revision))
            .count();
        Ok(HubState {
            region: place.region,
            revision: Some(place.newest.revision),
            sockets: sockets.len() as u64,
            holding: holding as u64,
        })
    }

    fn hear_client(&self, socket: &Socket, message: &WebSocketIncomingMessage) -> Result<()> {
        let newest = memory::place(self.db()?)?.unwrap_or_default().newest;
        let heard = match message {
            WebSocketIncomingMessage::String(text) if text.len() <= socket::MAX_MESSAGE_BYTES => {
                serde_json::from_str::<ClientMessage>(text).ok()
            }
            _ => None,
        };
        match heard {
            Some(ClientMessage::Held { revision }) => {
                socket.note_held(revision.min(newest.revision), Date::now().as_millis())
            }
            None => {
                socket.close(Closing::Invalid, "this is no message of a client");
                counts::closed(self.db()?, Closing::Invalid, 1)
            }
        }
    }

    fn db(&self) -> Result<&Db> {
        if self.db.get().is_none() {
            let opened = Db::open(self.state.storage(), &MIGRATIONS)?;
            return Ok(self.db.get_or_init(|| opened));
        }
        self.db
            .get()
            .ok_or_else(|| worker::Error::from("the database is not open"))
    }
}
