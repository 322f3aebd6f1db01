use pennon_core::layout::{bits, operator};
use pennon_core::{
    AllAlgorithms, Context, Element, Evaluation, Memo, Outcome, Place, Reason, Truth,
    murmur3_x86_32,
};

use crate::host::HOST;
use crate::wire::Operand::{Number, Plain, Row, Text};
use crate::wire::{Flag, Operand, Rule, Wire};

/// A value of the slot under test.
#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    Missing,
    T(&'a str),
    N(f64),
    B(bool),
    Null,
    Opaque,
    A(&'a [Element<'a>]),
}

use Truth::{False, True, Unknown};
use Value::{A, B, Missing, N, Null, Opaque, T};

const NOW: f64 = 1_764_061_200_000.0;

fn set(context: &mut Context, slot: u32, value: Value<'_>) {
    match value {
        Missing => {}
        T(text) => context.set_text(slot, text),
        N(number) => context.set_number(slot, number),
        B(value) => context.set_boolean(slot, value),
        Null => context.set_null(slot),
        Opaque => context.set_opaque(slot),
        A(elements) => context.set_array(slot, elements),
    }
}

/// The truth of one test for one value, seen through a decision.
fn truth(code: u32, leaf_bits: u32, operands: &[Operand], value: Value<'_>) -> Truth {
    let mut wire = Wire::new();
    let slot = wire.attribute("value", Place::Client);
    wire.list([7, 9], &[hash("u1", [7, 9])]);
    let leaf = wire.expression(code, leaf_bits, slot, operands);
    wire.flag(Flag {
        rules: vec![Rule {
            when: Some(leaf),
            ..Rule::default()
        }],
        ..Flag::default()
    });
    let plan = wire.load();
    let mut context = Context::new(&plan);
    context.begin(NOW, Place::Client);
    set(&mut context, slot, value);
    let mut memo = Memo::new(&plan);
    let mut evaluation = Evaluation::<AllAlgorithms, _>::new(&plan, &context, &HOST, &mut memo);
    let decision = evaluation.decide(0);
    match (decision.reason(), decision.outcome()) {
        (Reason::Unknown, _) => Unknown,
        (_, Outcome::Variant(1)) => True,
        _ => False,
    }
}

fn hash(text: &str, seeds: [u32; 2]) -> u64 {
    let [high, low] = seeds.map(|seed| u64::from(murmur3_x86_32(text.as_bytes(), seed)));
    (high << 32) | low
}

fn check(code: u32, leaf_bits: u32, operands: &[Operand], cases: &[(Value<'_>, Truth)]) {
    for (value, expected) in cases {
        assert_eq!(
            truth(code, leaf_bits, operands, *value),
            *expected,
            "operator {code} bits {leaf_bits} {operands:?} of {value:?}"
        );
    }
}

#[test]
fn existence() {
    let cases = |missing, null, other| {
        [
            (Missing, missing),
            (Null, null),
            (T(""), other),
            (N(0.0), other),
            (B(false), other),
            (Opaque, other),
            (A(&[]), other),
        ]
    };
    check(operator::EXISTS, 0, &[], &cases(False, False, True));
    check(operator::IS_NULL, 0, &[], &cases(False, True, False));
}

#[test]
fn booleans() {
    check(
        operator::BOOLEAN,
        0,
        &[Plain(1)],
        &[
            (B(true), True),
            (B(false), False),
            (T("true"), False),
            (N(1.0), False),
            (Missing, False),
        ],
    );
    check(
        operator::BOOLEAN,
        0,
        &[Plain(0)],
        &[(B(false), True), (N(0.0), False), (Null, False)],
    );
}

#[test]
fn numbers() {
    check(
        operator::NUMBER_IN,
        0,
        &[Number(1.0), Number(2.5)],
        &[
            (N(1.0), True),
            (N(2.5), True),
            (N(-0.0), False),
            (N(f64::NAN), False),
            (T("1"), False),
            (B(true), False),
        ],
    );
    check(
        operator::NUMBER_IN,
        bits::PARSE_TEXT,
        &[Number(1.0)],
        &[(T("1.0"), True), (T("one"), False)],
    );
    let truths = [
        [True, False, False],
        [True, True, False],
        [False, False, True],
        [False, True, True],
    ];
    for (order, expected) in (0..).zip(truths) {
        let values = [N(1.0), N(2.0), N(f64::MAX)];
        let cases: Vec<_> = values.into_iter().zip(expected).collect();
        check(operator::NUMBER_ORDER + order, 0, &[Number(2.0)], &cases);
        check(
            operator::NUMBER_ORDER + order,
            0,
            &[Number(2.0)],
            &[(T("1"), False), (Missing, False)],
        );
    }
}

#[test]
fn equal_texts() {
    let countries = [Text("NO"), Text("SE"), Text("Åland")];
    check(
        operator::TEXT_IN,
        0,
        &countries,
        &[
            (T("SE"), True),
            (T("NO"), True),
            (T("Åland"), True),
            (T("se"), False),
            (T("S"), False),
            (T(""), False),
            (N(1.0), False),
        ],
    );
    check(
        operator::TEXT_IN,
        bits::IGNORE_CASE,
        &[Text("no"), Text("åland"), Text("k")],
        &[
            (T("NO"), True),
            (T("ÅLAND"), True),
            // The Kelvin sign is a `k` in lower case.
            (T("\u{212a}"), True),
            (T("SE"), False),
        ],
    );
}

#[test]
fn parts_of_texts() {
    let cases: [(u32, &[(Value<'_>, Truth)]); 3] = [
        (
            operator::PREFIX,
            &[(T("abc"), True), (T("xab"), False), (T("a"), False)],
        ),
        (
            operator::SUFFIX,
            &[(T("xab"), True), (T("abc"), False), (T("b"), False)],
        ),
        (
            operator::CONTAINS,
            &[(T("xabc"), True), (T("acb"), False), (T(""), False)],
        ),
    ];
    for (code, cases) in cases {
        check(code, 0, &[Text("ab")], cases);
        check(code, 0, &[Text("nothing"), Text("ab")], cases);
        check(code, 0, &[Text("")], &[(T(""), True), (T("x"), True)]);
        check(code, 0, &[], &[(T("ab"), False)]);
        check(
            code,
            bits::IGNORE_CASE,
            &[Text("ab")],
            &[(T("AB"), True), (T("ÄB"), False)],
        );
    }
    check(
        operator::CONTAINS,
        bits::IGNORE_CASE,
        &[Text("äb")],
        &[(T("xÄBx"), True), (T("ab"), False)],
    );
}

#[test]
fn ordered_texts() {
    check(
        operator::TEXT_ORDER,
        0,
        &[Text("\u{ffff}")],
        // By code point, where UTF-16 would say otherwise.
        &[
            (T("a"), True),
            (T("\u{1f600}"), False),
            (T("\u{ffff}"), False),
        ],
    );
    check(
        operator::TEXT_ORDER + 3,
        0,
        &[Text("b")],
        &[(T("b"), True), (T("ba"), True), (T("a"), False)],
    );
}

#[test]
fn lists() {
    check(
        operator::IN_LIST,
        0,
        &[Row(0)],
        &[(T("u1"), True), (T("u2"), False), (N(1.0), False)],
    );
}

#[test]
fn patterns() {
    check(
        operator::REGEX,
        0,
        &[Text("b")],
        &[(T("abc"), True), (T("ac"), False), (N(1.0), False)],
    );
    check(operator::REGEX, 0, &[Text("?")], &[(T("abc"), Unknown)]);
    let long = "b".repeat(1025);
    let cases = [(T(&long[1..]), True), (T(&long), Unknown)];
    check(operator::REGEX, 0, &[Text("b")], &cases);
}

#[test]
fn dates() {
    check(
        operator::DATE_ORDER,
        0,
        &[Number(NOW)],
        &[
            (T("2025-11-25T08:59:59.999Z"), True),
            (T("2025-11-25t10:00:00+01:00"), False),
            (T("2025-11-25T09:00:00z"), False),
            (N(NOW - 1.0), True),
            (T("2025-11-25"), False),
            (T("yesterday"), False),
            (B(true), False),
        ],
    );
    let day = 86_400_000.0;
    check(
        operator::DATE_ORDER + 3,
        bits::FROM_NOW,
        &[Number(-day)],
        &[
            (N(NOW), True),
            (N(NOW - day), True),
            (T("2025-11-24T08:59:59Z"), False),
        ],
    );
}

#[test]
fn semantic_versions() {
    let cases = [
        ("1.0.0-alpha", True, False),
        ("1.0.0-rc.2", True, False),
        ("1.0.0-rc.10", False, False),
        ("1.0.0-rc.10+build", False, True),
        ("1.0.0", False, False),
        ("0.99.99999999999999999999", True, False),
        ("1.0", False, False),
        ("v1.0.0", False, False),
        ("1.0.0-", False, False),
        ("01.0.0", False, False),
        ("1.0.0-01", False, False),
        ("1.0.0+01", False, False),
    ];
    for (version, less, equal) in cases {
        check(
            operator::SEMVER_ORDER,
            0,
            &[Text("1.0.0-rc.10")],
            &[(T(version), less)],
        );
        check(
            operator::SEMVER_EQUALS,
            0,
            &[Text("1.0.0-rc.10")],
            &[(
                T(version),
                if version.ends_with("rc.10") {
                    True
                } else {
                    equal
                },
            )],
        );
    }
}

#[test]
fn arrays() {
    let two = [Element::Text("a"), Element::Number(5.0)];
    let numbers = [Element::Number(5.0), Element::Number(6.0)];
    check(
        operator::TEXT_IN,
        0,
        &[Text("a")],
        &[(A(&two), True), (A(&numbers), False), (A(&[]), False)],
    );
    check(
        operator::NUMBER_ORDER + 2,
        bits::EVERY,
        &[Number(4.0)],
        &[
            (A(&two), False),
            (A(&numbers), True),
            (A(&[]), False),
            (N(5.0), True),
        ],
    );
    let odd = [Element::Null, Element::Opaque, Element::Boolean(true)];
    check(operator::BOOLEAN, 0, &[Plain(1)], &[(A(&odd), True)]);
    check(operator::EXISTS, bits::EVERY, &[], &[(A(&odd), True)]);
}

#[test]
fn what_a_missing_value_means_is_data() {
    check(
        operator::TEXT_IN,
        bits::WHEN_MISSING,
        &[Text("a")],
        &[(Missing, True), (Null, False), (T("b"), False)],
    );
}

#[test]
fn an_operator_of_the_future_is_unknown() {
    check(operator::COUNT, 0, &[Plain(9_999)], &[(T("a"), Unknown)]);
}
