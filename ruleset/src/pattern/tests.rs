//! The engine against `fancy-regex`, which is what reads the patterns that people write.

use proptest::prelude::*;
use regex_syntax::hir::{Class, HirKind};

use super::{Named, Pattern, run};
use crate::portable::portable;
use crate::spell::spell;

/// What either engine says; nothing, when it gave up.
fn both(pattern: &str, text: &str) -> Option<(bool, bool)> {
    let oracle =
        fancy_regex::Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let spelled = spell(pattern).unwrap_or_else(|| panic!("{pattern} cannot be spelled"));
    let Some(ours) = Pattern::read(&spelled) else {
        assert!(
            spelled.contains("(?("),
            "{pattern}: {spelled} cannot be read"
        );
        return None;
    };
    let again = fancy_regex::Regex::new(&spelled)
        .unwrap_or_else(|error| panic!("{pattern}: {spelled}: {error}"));
    let expected = oracle.is_match(text).ok()?;
    assert_eq!(
        again.is_match(text).ok(),
        Some(expected),
        "{pattern} is spelled {spelled}, asked {text:?}"
    );
    Some((ours.is_match(text)?, expected))
}

fn same(pattern: &str, text: &str) {
    let (ours, expected) =
        both(pattern, text).unwrap_or_else(|| panic!("{pattern}: nobody can tell of {text:?}"));
    assert_eq!(ours, expected, "{pattern} and {text:?}");
}

const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "aab",
    "abab",
    "abc",
    "ABC",
    "aBc",
    "a b",
    "a\nb",
    "\n",
    "foo.bar@example.com",
    "x1y22",
    "1",
    "22",
    "été",
    "ÉTÉ",
    "ß",
    "ſ",
    "k",
    "K",
    "\u{212a}",
    "σς",
    "Σ",
    "中文",
    "٣",
    "_",
    "-",
    "a-b",
    "aa",
    "aaa",
    "aaaa",
    "abba",
    "foobar",
    "barfoo",
    "\t",
    "\u{a0}",
    "{",
    "}",
    "[",
    "]",
    "\\",
    "^",
    "$",
    "a.b",
    "#",
    "/",
    "&&",
    "~",
    "😀",
];

const PATTERNS: &[&str] = &[
    "",
    "a",
    "^a",
    "a$",
    "^$",
    "a|b",
    "a|",
    "(a)(b)",
    "(?:ab)+",
    "a*b",
    "a+?b",
    "a{2}",
    "a{2,}",
    "a{1,2}b",
    "a{0}",
    "(a*)*",
    "(a*)+b",
    "(a|b)*c",
    "(?i)abc",
    "(?i)k",
    "(?i)s",
    "(?i)σ",
    "(?i)[a-c]+$",
    "(?i:a)B",
    "(?s)a.b",
    "a.b",
    "(?m)^b",
    "(?m)a$",
    "(?x) a b # end",
    "(?U)a+b",
    r"\d",
    r"\D",
    r"\w+$",
    r"\W",
    r"\s",
    r"\S",
    r"\bfoo",
    r"foo\b",
    r"\Bbar",
    r"\Aa",
    r"b\z",
    r"\x41",
    r"\x{1F600}",
    r"\u00e9",
    r"\h",
    r"\H",
    r"\e",
    r"\t",
    r"\p{L}",
    r"\p{Lu}",
    r"\P{L}",
    r"\pN",
    r"[\p{L}\d]+$",
    r"[^\w]",
    "[a-c&&[^b]]",
    "[[:alpha:]]+$",
    "[[:^alpha:]]",
    "[]a]",
    "[^]a]",
    "[a^]",
    r"[\]]",
    r"[\\]",
    "[a-]",
    "[~&#]",
    r"[\W\d]",
    "(?=a)ab",
    "(?!a)b",
    "(?<=a)b",
    "(?<!a)b",
    "(?<=a|bb)c",
    "(?<!a|bb)c",
    "(?=.*b)a",
    "(?!.*b)a",
    "^(?!.*bar)",
    "(?=(a+))b",
    r"(a)\1",
    r"(a|b)\1",
    r"(?<q>a)\k<q>",
    r"(?P<q>a)(?P=q)",
    r"(a*)b\1$",
    r"(a*)*\1",
    r"(a|ab)\1",
    r"(?:(a)|b)\1",
    r"^(.)(.)\2\1$",
    "(?>a+)b",
    "(?>a|ab)c",
    "(?>a*)a",
    "a++b",
    "a*+a",
    "(a)?(?(1)b|c)",
    "(a)?b(?(1)$)",
    "(?(a)ab|b)",
    "(?((?=a))ab|b)",
    r"a\Kb",
    r"\Ga",
    r"\.",
    r"\-",
    r"\@",
    "{",
    "a{",
    "a{,2}",
    "é",
    "(?i)É",
    "(?i)ß",
    r"(?:\b|a)b",
    "(?:^|x)a",
    r"\$",
    "[&&]|b",
    r"^(?:\K)?$",
    r"^(?:\K)*a",
    r"^(?:a\K)+$",
    "^(a*?)*+$",
    r"^(?:\G){0,2}?(?:a?|\w)++[^a]",
    r"^(b)?(?:\1)?(?:a?|\w)++[^a]",
    r"^((|\w))*+$",
    "(a??)*+((^))",
    "^(?>(?:(?=b)|a*?)*)$",
    "^(?>(?:(?=b)|a*?)+)$",
    "^(?>(?:(?=b)|a*?){2,})$",
    r"^(?:(a)\1|b)(?>(c*?)*)$",
];

#[test]
fn patterns_of_each_kind_match_what_they_match_elsewhere() {
    for pattern in PATTERNS {
        if fancy_regex::Regex::new(pattern).is_err() {
            continue;
        }
        for text in TEXTS {
            same(pattern, text);
        }
    }
}

#[test]
fn what_is_not_spelled_plainly_is_not_read() {
    for pattern in [
        "(",
        ")",
        "a)",
        "(?i)a",
        "(?i:a)",
        ".",
        "*",
        "a**",
        "[",
        "[]",
        "[b-a]",
        "[[a]]",
        r"\p{L}",
        r"\q",
        r"\x{110000}",
        "a{2,1}",
        "a{",
        "a{1",
        "(?<name>a)",
        "(?<=a+)b",
        r"a\",
        "]",
        "}",
        r"\0",
        r"\1(a)",
        r"\4000000000",
        "(?(4000000000))",
        "(?(2)a|b)",
        "(b)?(?((?:(?(1)a|)))c|)",
        "(b)?(?>(?(1)a|))",
    ] {
        let read = Pattern::read(pattern);
        let is_refused = read.is_none() || pattern == "[]";
        assert!(is_refused, "{pattern}");
    }
}

const HOSTILE: &[&str] = &[
    "(a+)+b",
    "(a|a)*b",
    "(a|aa)+$b",
    "(a*)*b",
    "a*a*a*a*a*b",
    "(?=(a+)+b)c",
    "(?>(a+)+)b",
    r"(a+)+(?:\1)b",
    r"^(a*)*(b)?(?:\2)$",
    "(?=[^b]*b)[^c]*c",
    "(?=a*(?=a*(?=a*b)))c",
    "(((a{1,9}){1,9}){1,9}){1,9}b",
    "((((((a+)+)+)+)+)+)+b",
    "(?:(?:a{0}){4000000000}){4000000000}",
    "(){400000000}b",
    "(?:(?:x{0}|){60}a)*!",
    "(?:(?:x??){30000}a)*!",
    "(?:(?:|x){20000}a)*!",
    "(?:(?:x??){1000}a)*!",
    "(?=(?:(?:|x){3000}a)*!)b",
    "(?=(?:(?:|x){400}a)*!)b",
    "(?>(?:(?:|x){400}a)*a)b",
    r"(b)?(?:(?:|x){3000}a)*(?:\1)!",
    r"(b)?(?:(?=(a*))(?:|x){300}a)*(?:\1)!",
    r"(b)?(?:(?:(?:x*)*){3000}a)*(?:\1)!",
    r"(a*)(?:(?:\1)|a)*!",
];

#[test]
fn hostile_patterns_and_texts_stay_within_bounds() {
    let long = "a".repeat(1_024);
    for spelled in HOSTILE {
        let pattern = Pattern::read(spelled).unwrap_or_else(|| panic!("{spelled}"));
        let (steps, bytes) = run::cost(&pattern.0, &long);
        assert!(steps <= 4_000_000, "{spelled}: {steps} steps");
        assert!(bytes <= 5 << 19, "{spelled}: {bytes} bytes");
    }
}

#[test]
fn what_people_write_is_told_of_long_texts() {
    let long = "a".repeat(1_024);
    for pattern in [
        r"^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$",
        "^(?!.*(?:bot|crawl|spider|slurp|fetch|preview|monitor|scan))",
        r"(?=.*\d)(?=.*[A-Z])(?=.*[a-z]).{8,64}",
        "(?:[a-z]{1,64}\\s?){1,16}!",
        r"^.{1,1000}foo",
        r"\p{L}{1,64}\d",
        r"^(?:\w+\s?)*$",
        r"(\w{1,64})-\1",
        "(?>a{1,64})b",
    ] {
        let read = Pattern::read(&spell(pattern).expect("a pattern")).expect("a spelling");
        assert!(read.is_match(&long).is_some(), "{pattern}");
    }
}

#[test]
fn patterns_without_end_or_too_long_are_not_read() {
    for pattern in [
        "a{4000000000}",
        "(?:a{1000}){1000}",
        "(?:(?:a{0}b?){0,4000000000}){4000000000}",
        "(?:a(?:){0}(?:){0}(?:){0}(?:){0}(?:){0}(?:){0}){60000}",
    ] {
        assert!(Pattern::read(pattern).is_none(), "{pattern}");
    }
}

#[test]
fn the_tables_are_those_of_the_reader() {
    for (named, letter) in Named::ALL {
        let hir = regex_syntax::parse(&format!("\\{letter}")).unwrap();
        let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
            panic!("{letter} is no class");
        };
        let ranges: Vec<_> = class
            .iter()
            .map(|range| (u32::from(range.start()), u32::from(range.end())))
            .collect();
        assert_eq!(named.ranges(), ranges, "{letter}");
    }
}

/// Patterns of all constructs, some of which the oracle refuses.
fn patterns() -> impl Strategy<Value = String> {
    let atoms = prop::sample::select(vec![
        "a", "b", "c", "é", "[ab]", "[^a]", ".", r"\w", r"\d", r"\b", "^", "$", "(?i:a)", r"\1",
        r"\p{Lu}", "(?m:^)", r"\s", "", "K", r"\K", r"(?:\K)", "(?:|a)", "(a??)", "(a*?)",
        r"(|\w)",
    ]);
    atoms.prop_map(str::to_owned).prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            2 => inner.clone().prop_map(|part| format!("({part})")),
            3 => (inner.clone(), prop::sample::select(vec!["*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{0,2}?", "{2,}", "*+", "++", "{2,}?", "{0}"]))
                .prop_map(|(part, times)| format!("(?:{part}){times}")),
            1 => (inner.clone(), prop::sample::select(vec!["(?=", "(?!", "(?<=", "(?<!", "(?>"])).prop_map(|(part, open)| format!("{open}{part})")),
            1 => (inner.clone(), inner).prop_map(|(yes, no)| format!("(b)?(?(1){yes}|{no})")),
        ]
    })
}

proptest! {
    #[test]
    fn any_pattern_means_what_it_means_to_its_reader(pattern in patterns(), texts in prop::collection::vec("[abcéAK1 \n]{0,10}", 8)) {
        // Groups asked for behind atomic loops are remembered otherwise there, see docs/decisions/0010.
        let is_known = pattern.contains("\\1") && ["(?>", "*+", "++"].iter().any(|atomic| pattern.contains(atomic));
        if !is_known && fancy_regex::Regex::new(&pattern).is_ok() {
            for text in texts {
                if let Some((ours, expected)) = both(&pattern, &text) {
                    prop_assert_eq!(ours, expected, "{} and {:?}", pattern, text);
                }
            }
        }
    }

    #[test]
    fn portable_patterns_can_be_run(pattern in patterns(), text in "[abcéAK1 \n]{0,10}") {
        if let Some(spelled) = portable(&pattern)
            && let Ok(oracle) = fancy_regex::Regex::new(&spelled)
        {
            let ours = Pattern::read(&spelled).expect("a portable pattern");
            prop_assert_eq!(ours.is_match(&text), oracle.is_match(&text).ok(), "{} and {:?}", spelled, text);
        }
    }
}
