//! One file for each resource.

pub(crate) mod config;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod names;
