//! Where the edge reads what was published.

pub(crate) mod document;
mod project;
pub(crate) mod record;
pub(crate) mod shard;
mod timeout;
