#![doc = include_str!("../README.md")]

mod amount;
mod bounds;
mod cells;
mod contribution;
mod exposure;
mod fewest;
mod leading;
mod levels;
mod library;
mod role;
mod subject;
mod sums;

pub use amount::Amount;
pub use cells::{Cell, Cells, Row};
pub use contribution::{MULTIPLE, contribution};
pub use exposure::Exposure;
pub use leading::{MAX_LEADING, folded, leading};
pub use levels::{Levels, MAX_LEVELS, MAX_LEVELS_OF_FLAG, MAX_SERIES, OTHER, OTHER_EPOCH};
pub use library::Library;
pub use role::{BEFORE_MS, TOLERANCE_MS};
pub use subject::{Event, Subject};
pub use sums::Sums;

/// How long an event may matter: exposures come up to 7 days late, and look 7 days back.
pub const SETTLED_MS: u64 = 14 * DAY_MS + 60_000;
/// Events of one name that are kept of a subject while they count for no exposure.
pub const MAX_UNMATCHED: usize = 32;
/// Events of one name that are kept of a subject while they count for an exposure.
pub const MAX_MATCHED: usize = 256;
/// Events of all names that are kept of a subject.
pub const MAX_EVENTS: usize = 4096;
/// Flags and epochs that a subject is counted for.
pub const MAX_EXPOSURES: usize = 256;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
