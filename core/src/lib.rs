//! Turns a plan, a context and a time into a decision with a reason.
#![no_std]

extern crate alloc;

mod algorithm;
mod decision;
mod host;
mod model;

pub use algorithm::Algorithm;
pub use decision::{Decision, Outcome, Place, Reason};
pub use host::{Host, TextTest, Truth, Visitor};
pub use model::{Kind, MissingUnit, OnUnknown, Order};
