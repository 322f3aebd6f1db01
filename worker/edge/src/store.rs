//! Where the edge reads what was published.

pub(crate) mod document;
pub(crate) mod overflow;
mod project;
pub(crate) mod record;
pub(crate) mod shard;
mod timeout;
