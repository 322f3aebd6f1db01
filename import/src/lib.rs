#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    reason = "reading a field of a JSON value gives null where there is none; fields are written with `put`"
)]

mod error;
mod grade;
mod numbers;
pub mod posthog;

pub use error::ImportError;
pub use grade::{Grade, Graded};
