//! Why bytes are not a plan.

use core::fmt;

/// A plan that was refused.
///
/// **Shape** [`kind`](Self::kind) says why, [`offset`](Self::offset) how far the loader had read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadError {
    kind: LoadErrorKind,
    offset: usize,
}

/// Why a plan was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// The bytes do not begin as a plan does.
    NotAPlan,
    /// The plan's version is one that this code does not know.
    TooNew,
    /// The bytes end early, go on after the end, or contradict themselves.
    Damaged,
    /// Conditions and prerequisites nest too deeply, or in a circle.
    TooDeep,
}

impl LoadError {
    pub(crate) const fn new(kind: LoadErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Why.
    pub const fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    /// The number of bytes that the loader had read.
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            LoadErrorKind::NotAPlan => "not a plan",
            LoadErrorKind::TooNew => "plan of an unknown version",
            LoadErrorKind::Damaged => "damaged plan",
            LoadErrorKind::TooDeep => "plan nests too deeply",
        };
        write!(f, "{text} (after {} bytes)", self.offset)
    }
}

impl core::error::Error for LoadError {}
