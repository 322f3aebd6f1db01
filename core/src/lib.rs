#![doc = include_str!("../README.md")]
#![no_std]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

mod algorithm;
mod bucket;
mod cbor;
mod context;
mod date;
mod decision;
mod error;
mod evaluate;
mod hash;
mod host;
pub mod layout;
mod load;
mod model;
mod plan;
mod semver;

pub use algorithm::{Algorithm, Algorithms, AllAlgorithms, NativeAlgorithms, PosthogAlgorithms};
pub use bucket::{Bucket, Bucketing, Unit};
pub use cbor::Cbor;
pub use context::{Cell, CellKind, Context, Element};
pub use date::lenient::{Relative, parse_lenient_date};
pub use date::parse_date;
pub use decision::{Decision, Outcome, Place, Reason};
pub use error::{LoadError, LoadErrorKind};
pub use evaluate::{Evaluation, Memo};
pub use hash::murmur3::murmur3_x86_32;
pub use host::{Host, TextTest, Truth, Visitor};
pub use load::MAX_DEPTH;
pub use model::{Kind, MissingUnit, OnUnknown, Order};
pub use plan::{Needs, Plan, RuleId, Slot, Source};
pub use semver::lenient::compare as compare_lenient_versions;
