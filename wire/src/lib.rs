#![doc = include_str!("../README.md")]

pub mod posthog;
mod refusal;

pub use refusal::Refusal;
