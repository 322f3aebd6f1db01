//! Turns a plan, a context and a time into a decision with a reason.
#![no_std]

/// A bucketing algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Pennon's own.
    Native,
}
