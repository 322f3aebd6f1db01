//! Small words that rulesets, plans and evaluations share.

/// The type of a flag's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// `true` or `false`.
    #[default]
    Boolean,
    /// Text.
    String,
    /// A JSON number.
    Number,
    /// Any JSON value.
    Object,
}

/// What a client does with a decision that is unknown at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnUnknown {
    /// The default that the calling code passed.
    #[default]
    CodeDefault,
    /// The last decision that was known, if any.
    LastKnown,
    /// The flag's off variant.
    Off,
}

/// A comparison of something ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Below the operand.
    Less,
    /// Below or equal.
    LessOrEqual,
    /// Above the operand.
    Greater,
    /// Above or equal.
    GreaterOrEqual,
}

/// What a missing unit means to a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MissingUnit {
    /// A split is false, a distribution misses.
    #[default]
    Miss,
    /// Position 0.
    Zero,
    /// A position from the host's random source.
    Random,
    /// The position of the empty text.
    Empty,
}
