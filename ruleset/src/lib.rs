//! The JSON that people write: model, schema, checks, compiler into a plan, explain texts.
mod check;
mod compile;
mod encode;
mod envelope;
mod graph;
mod hash;
mod json;
mod lower;
pub mod model;
mod moment;
mod names;
mod nearest;
mod operand;
mod parse;
mod portable;
mod program;
mod report;
mod schema;
mod semver;
mod shape;

pub use check::{Limits, check};
pub use compile::{Audience, Compiled, compile, compile_within};
pub use envelope::{EnvelopeError, Header, Opened, key_id, open, seal};
pub use model::Ruleset;
pub use parse::{from_value, parse};
pub use report::{Code, Problem, Report, Severity};
pub use schema::schema;
