//! Parts of the program as the numbers that stand for them.

use pennon_core::layout::{bits, operator, outcome};

use crate::program::{
    Algorithm, Expression, Flag, Instant, Leaf, Order, Outcome, Rule, Test, WhenUnknown,
};

pub(super) fn flag_bits(flag: &Flag) -> u32 {
    let disabled = if flag.enabled { 0 } else { bits::DISABLED };
    let killed = if flag.killed { bits::KILLED } else { 0 };
    let silent = if flag.fallthrough_counts_exposure {
        0
    } else {
        bits::SILENT_FALLTHROUGH
    };
    disabled | killed | silent | ((flag.on_unknown as u32) << bits::ON_UNKNOWN_SHIFT)
}

pub(super) fn rule_bits(rule: &Rule) -> u32 {
    let stop = if rule.stop_on_miss {
        bits::STOP_ON_MISS
    } else {
        0
    };
    let holdout = if rule.is_holdout { bits::HOLDOUT } else { 0 };
    let silent = if rule.counts_exposure {
        0
    } else {
        bits::SILENT
    };
    let passes = match rule.when_unknown {
        WhenUnknown::Stop => 0,
        WhenUnknown::Pass => bits::PASS_UNKNOWN,
        WhenUnknown::Skip => bits::SKIP_UNKNOWN,
    };
    stop | holdout | silent | passes
}

pub(super) fn outcome_code(outcome: Option<Outcome>) -> u32 {
    match outcome {
        None => outcome::PASS,
        Some(Outcome::CodeDefault) => outcome::CODE_DEFAULT,
        Some(Outcome::Null) => outcome::NULL,
        Some(Outcome::Error) => outcome::ERROR,
        Some(Outcome::Variant(variant)) => outcome::VARIANT + variant,
    }
}

/// Operator, slot and bits of an expression.
pub(super) fn head(node: &Expression) -> (u32, u32, u32) {
    let code = match node {
        Expression::InOrder(_) => return (operator::ALL, 0, bits::IN_ORDER),
        Expression::All(_) => operator::ALL,
        Expression::Any(_) => operator::ANY,
        Expression::Not(_) => operator::NOT,
        Expression::Unknown => operator::UNKNOWN,
        Expression::Window { .. } => operator::WINDOW,
        Expression::Split(_) => operator::SPLIT,
        Expression::FlagIs { .. } => operator::FLAG_IS,
        Expression::Leaf(leaf) => return (test_code(&leaf.test), leaf.slot, leaf_bits(leaf)),
    };
    (code, 0, 0)
}

fn test_code(test: &Test) -> u32 {
    let ordered = |first: u32, order: &Order| first + *order as u32;
    match test {
        Test::Exists => operator::EXISTS,
        Test::IsNull => operator::IS_NULL,
        Test::EqualsBoolean(_) | Test::Truthy(_) => operator::BOOLEAN,
        Test::NumberIn(_) => operator::NUMBER_IN,
        Test::TextIn(_) => operator::TEXT_IN,
        Test::InList(_) => operator::IN_LIST,
        Test::Prefix(_) => operator::PREFIX,
        Test::Suffix(_) => operator::SUFFIX,
        Test::Contains(_) => operator::CONTAINS,
        Test::Regex(_) => operator::REGEX,
        Test::NumberOrder(order, _) => ordered(operator::NUMBER_ORDER, order),
        Test::TextOrder(order, _) => ordered(operator::TEXT_ORDER, order),
        Test::DateOrder(order, _) => ordered(operator::DATE_ORDER, order),
        Test::SemverOrder(order, _) => ordered(operator::SEMVER_ORDER, order),
        Test::SemverEquals(_) => operator::SEMVER_EQUALS,
    }
}

fn leaf_bits(leaf: &Leaf) -> u32 {
    let calendar = matches!(leaf.test, Test::DateOrder(_, Instant::Calendar(_)));
    let from_now = matches!(leaf.test, Test::DateOrder(_, Instant::FromNow(_)));
    [
        (leaf.ignore_case, bits::IGNORE_CASE),
        (leaf.every_element, bits::EVERY),
        (leaf.when_missing, bits::WHEN_MISSING),
        (from_now, bits::FROM_NOW),
        (calendar, bits::CALENDAR),
    ]
    .into_iter()
    .filter(|(is_set, _)| *is_set)
    .fold(leaf.dialect, |all, (_, bit)| all | bit)
}

/// A native seed text is a salt and one of two purposes; the salt is often a key.
pub(super) fn salt_and_purpose(algorithm: Algorithm, prefix: &str) -> (&str, u32) {
    let native = |purpose| {
        Some(prefix)
            .filter(|_| algorithm == Algorithm::Native)
            .and_then(|prefix| prefix.strip_suffix(purpose))
    };
    if let Some(salt) = native("/gate") {
        (salt, 1)
    } else if let Some(salt) = native("/split") {
        (salt, 2)
    } else {
        (prefix, 0)
    }
}

/// The number of an id of the form `r<n>`, as the loader would print it.
pub(super) fn numbered(id: &str) -> Option<u32> {
    let number = id.strip_prefix('r')?.parse::<u32>().ok()?;
    (number < 1 << 29 && format!("r{number}") == id).then_some(number)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the checks allow whole numbers from 0 to 10000"
)]
pub(super) fn basis_points(points: f64) -> u32 {
    points.clamp(0.0, 10_000.0) as u32
}
