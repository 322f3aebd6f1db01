//! What each address does: one file for each resource.
//!
//! `definitions`, `environments`, `flags`, `internal`, `keys`, `propagation`, `shards`, `signing_keys`
//! and `totals` run inside the Project object;
//! `projects`, `setup` and `tokens` run inside the Directory object; the others in the Worker.

pub(crate) mod data;
pub(crate) mod dead_letters;
pub(crate) mod definitions;
pub(crate) mod environments;
pub(crate) mod erasures;
pub(crate) mod exposures;
pub(crate) mod flags;
pub(crate) mod health;
pub(crate) mod internal;
pub(crate) mod keys;
pub(crate) mod metrics;
pub(crate) mod pages;
pub(crate) mod projects;
pub(crate) mod propagation;
pub(crate) mod raw_log;
pub(crate) mod removal;
pub(crate) mod setup;
pub(crate) mod shards;
pub(crate) mod signing_keys;
pub(crate) mod tokens;
pub(crate) mod totals;
