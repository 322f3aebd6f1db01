//! Where the edge reads what was published.

pub(crate) mod document;
pub(crate) mod hub;
mod near;
pub(crate) mod overflow;
pub(crate) mod plan;
pub(crate) mod probe;
mod project;
pub(crate) mod record;
pub(crate) mod shard;
mod timeout;
