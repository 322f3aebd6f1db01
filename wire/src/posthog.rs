//! `PostHog`'s clients: posthog-js, posthog-node and those for other languages.
//!
//! Source: `specs/posthog.md` section 8, which was read from their code and from requests of theirs.

mod body;
mod capture;
mod etag;
mod filter;
mod flag_called;
mod reply;
mod request;
mod runtime;
mod state;
mod text;
mod time;

pub use body::{BodyHints, is_gzip, json};
pub use capture::{Capture, distinct_id_of};
pub use etag::etag;
pub use filter::{has_context, has_runtime};
pub use flag_called::minimal;
pub use reply::{FlagReply, Format, Reply};
pub use request::{FlagsRequest, device_id, distinct_id};
pub use runtime::{BROWSER_HEADERS, Runtime, runtime};
pub use state::{FlagState, parse_flags};
pub use time::event_time;
