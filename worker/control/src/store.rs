//! SQL of the Project and Directory objects: one file for each kind of row, SQL beside its function.

mod db;

pub(crate) mod access_keys;
pub(crate) mod audit;
pub(crate) mod contents;
pub(crate) mod definitions;
pub(crate) mod environments;
pub(crate) mod erasures;
pub(crate) mod flags;
pub(crate) mod hub_outbox;
pub(crate) mod hubs;
pub(crate) mod kills;
pub(crate) mod level_tables;
pub(crate) mod outbox;
pub(crate) mod projects;
pub(crate) mod reshardings;
pub(crate) mod setups;
pub(crate) mod shard_totals;
pub(crate) mod signing_keys;
pub(crate) mod snapshots;
pub(crate) mod tokens;
pub(crate) mod versions;

pub(crate) use db::{Db, Row, blob, integer, optional_integer, optional_text, text};
