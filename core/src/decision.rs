//! What an evaluation answers.

use crate::layout::outcome;

/// Where an evaluation happens, in the order in which knowledge grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Place {
    /// A browser or another device of the person asking.
    #[default]
    Client,
    /// A Worker between the two.
    Edge,
    /// The application's own server.
    Server,
}

/// Why a decision came out as it did.
///
/// Where rules are passed for several reasons before the fallthrough answers, the greatest of them
/// is the decision's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The flag has no rules and its fallthrough is one variant.
    Static,
    /// No rule matched; the fallthrough answered.
    Default,
    /// A rule matched and names one variant.
    TargetingMatch,
    /// A rule matched and its distribution drew a variant.
    Split,
    /// The flag is not enabled.
    Disabled,
    /// The flag is killed.
    Killed,
    /// A prerequisite of the flag does not hold.
    PrerequisiteFailed,
    /// A holdout rule matched.
    Holdout,
    /// A rule matched, its distribution drew nothing, and the fallthrough answered.
    OutOfRollout,
    /// No rule matched; the fallthrough's distribution drew a variant.
    FallthroughSplit,
    /// Something that the decision needs is not known at this place.
    Unknown,
    /// The unit that a distribution needs is absent.
    MissingUnit,
    /// The unit that a distribution needs is neither text nor an integer.
    InvalidContext,
    /// The ruleset names an error here.
    Error,
}

/// Where a decision ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Index of a variant of the flag.
    Variant(u32),
    /// The default that the calling code passed.
    CodeDefault,
    /// No value.
    Null,
    /// An error by decision of the ruleset.
    Error,
    /// Not decidable at this place.
    Unknown,
}

/// One packed decision.
///
/// **Shape** bits 0..=9 outcome (0..=1019 variant, 1020 code default, 1021 null, 1022 error,
/// 1023 unknown), bits 10..=14 [`Reason`], bits 15..=29 rule index within the flag
/// (0x7fff: none), bit 30 set when the decision counts as an exposure, bit 31 zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision(u32);

/// Rule index of decisions that no rule made.
pub(crate) const NO_RULE: u32 = 0x7fff;

/// The ten bits of an outcome.
pub(crate) struct PackedOutcome;

impl PackedOutcome {
    pub(crate) const CODE_DEFAULT: u32 = 1020;
    pub(crate) const ERROR: u32 = 1022;
    /// In a decision: unknown. In an entry of a distribution: goes on as if it had missed.
    pub(crate) const NONE: u32 = 1023;

    /// From the number that plans carry.
    pub(crate) fn from_wire(code: u32) -> Option<u32> {
        match code {
            outcome::PASS => Some(Self::NONE),
            outcome::CODE_DEFAULT => Some(Self::CODE_DEFAULT),
            outcome::NULL => Some(1021),
            outcome::ERROR => Some(Self::ERROR),
            _ => match code.wrapping_sub(outcome::VARIANT) {
                variant if variant < Decision::MAX_VARIANTS => Some(variant),
                _ => None,
            },
        }
    }

    /// How many variants a flag must have for this outcome.
    pub(crate) fn variants(packed: u32) -> u32 {
        if packed < Decision::MAX_VARIANTS {
            packed.wrapping_add(1)
        } else {
            0
        }
    }
}

impl Decision {
    /// Largest number of variants that a flag can have.
    pub const MAX_VARIANTS: u32 = 1020;
    /// Largest number of rules that a flag can have.
    pub const MAX_RULES: u32 = NO_RULE;

    pub(crate) const fn new(
        outcome: u32,
        reason: Reason,
        rule: u32,
        counts_exposure: bool,
    ) -> Self {
        Self(outcome | (reason as u32) << 10 | rule << 15 | (counts_exposure as u32) << 30)
    }

    /// Reads a packed decision; every number is one.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & 0x7fff_ffff)
    }

    /// The packed form.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Where it ends.
    pub const fn outcome(self) -> Outcome {
        match self.0 & 1023 {
            1020 => Outcome::CodeDefault,
            1021 => Outcome::Null,
            1022 => Outcome::Error,
            1023 => Outcome::Unknown,
            variant => Outcome::Variant(variant),
        }
    }

    /// Why.
    pub const fn reason(self) -> Reason {
        match (self.0 >> 10) & 31 {
            0 => Reason::Static,
            1 => Reason::Default,
            2 => Reason::TargetingMatch,
            3 => Reason::Split,
            4 => Reason::Disabled,
            5 => Reason::Killed,
            6 => Reason::PrerequisiteFailed,
            7 => Reason::Holdout,
            8 => Reason::OutOfRollout,
            9 => Reason::FallthroughSplit,
            10 => Reason::Unknown,
            11 => Reason::MissingUnit,
            12 => Reason::InvalidContext,
            _ => Reason::Error,
        }
    }

    /// Index within the flag of the rule that decided.
    pub const fn rule(self) -> Option<u32> {
        match (self.0 >> 15) & NO_RULE {
            NO_RULE => None,
            rule => Some(rule),
        }
    }

    /// Whether the decision counts as an exposure.
    pub const fn counts_exposure(self) -> bool {
        (self.0 >> 30) & 1 == 1
    }
}
