//! The JSON that people write: model, schema, checks, compiler into a plan, explain texts.
mod envelope;
mod json;
pub mod model;
mod nearest;
mod parse;
#[expect(dead_code, reason = "the encoder and the lowering read it")]
mod program;
mod report;
mod schema;
mod shape;

pub use envelope::{EnvelopeError, Header, Opened, key_id, open, seal};
pub use model::Ruleset;
pub use parse::{from_value, parse};
pub use report::{Code, Problem, Report, Severity};
pub use schema::schema;
