//! One file for each resource.

pub(crate) mod config;
pub(crate) mod evaluate;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod metrics;
pub(crate) mod names;
pub(crate) mod stream;
