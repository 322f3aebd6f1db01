//! Our word for one that was meant: by spelling, and for what other systems call otherwise.

use crate::model::Operator;
use crate::nearest::nearest;

/// An operator of ours, and how others call it: letters and digits in lower case, or signs,
/// with a space between words.
const OPERATORS: [(&str, &str); 24] = [
    ("eq", "equals equal equalto isequalto is = == ==="),
    (
        "ne",
        "notequal notequals notequalto neq isnot not != !== <>",
    ),
    ("in", "oneof isoneof anyof isanyof isin inlist"),
    ("not_in", "nin notoneof isnotoneof noneof isnotin notinlist"),
    ("lt", "lessthan less below <"),
    ("le", "lte lessthanorequal lessthanorequalto atmost <="),
    ("gt", "greaterthan greater above >"),
    (
        "ge",
        "gte greaterthanorequal greaterthanorequalto atleast >=",
    ),
    ("starts_with", "prefix hasprefix beginswith startswithanyof"),
    ("ends_with", "suffix hassuffix endswithanyof"),
    (
        "contains",
        "includes has substring like strcontains containsanyof",
    ),
    ("matches", "regex regexp match matchesregex re pattern ~ =~"),
    ("not_matches", "notregex doesnotmatch notmatch notregexp !~"),
    ("truthy", "istrue istruthy"),
    ("between", "inrange isbetween"),
    (
        "exists",
        "isset set present ispresent defined isdefined hasvalue notnull isnotnull",
    ),
    ("before", "datebefore isbefore earlier earlierthan"),
    ("after", "dateafter isafter later laterthan"),
    (
        "semver_eq",
        "semverequal semverequals versioneq versionequals",
    ),
    ("semver_lt", "semverlessthan versionlt versionlessthan"),
    (
        "semver_le",
        "semverlte semverlessthanorequal semverlessthanorequalto versionlte",
    ),
    (
        "semver_gt",
        "semvergreaterthan versiongt versiongreaterthan",
    ),
    (
        "semver_ge",
        "semvergte semvergreaterthanorequal semvergreaterthanorequalto versiongte",
    ),
    (
        "semver_range",
        "semver semverin satisfies versionin versionrange",
    ),
];

/// A field of ours, and how others call it. A word may mean several: the first one that is known where it
/// stands.
const FIELDS: [(&str, &str); 30] = [
    ("all", "and allof every"),
    ("any", "or anyof some"),
    ("none", "nor noneof"),
    ("not", "negate negated negation invert inverted"),
    ("op", "operator operation comparator comparison"),
    (
        "attribute",
        "attr property prop trait field key contextname",
    ),
    ("value", "operand operands target"),
    ("ci", "ignorecase caseinsensitive insensitive"),
    ("segment", "audience cohort"),
    (
        "when",
        "if condition conditions constraint constraints match targeting filter filters",
    ),
    ("variant", "serve variation treatment then"),
    (
        "outcome",
        "serve variant variation treatment then result distribution",
    ),
    ("distribution", ROLLOUT),
    ("ranges", ROLLOUT),
    ("outcome", ROLLOUT),
    (
        "fallthrough",
        "default defaultvariant defaultrule defaultoutcome else otherwise fallback outcome variant",
    ),
    ("fallthrough", ROLLOUT),
    ("off", "offvariant offvariation offvalue disabledvariant"),
    ("type", "kind valuetype"),
    ("enabled", "active on state isenabled"),
    ("variants", "variations values treatments"),
    ("prerequisites", "requires dependencies dependson prereqs"),
    ("rules", "strategies overrides targeting"),
    ("salt", "seed"),
    ("values", "members ids items"),
    ("description", "desc comment note notes summary"),
    ("name", "title label displayname"),
    ("unit", "bucketby unittype hashattribute randomizationunit"),
    ("from", "start starts startdate starttime begin since"),
    ("to", "end ends enddate endtime until"),
];

const ROLLOUT: &str = "rollout percentage percent weight weights share traffic allocation";

static KNOWN: [Operator; 26] = Operator::ALL;

/// The operator that a word means, as a part of a sentence.
pub(crate) fn operator(word: &str) -> Option<String> {
    let plain = plain(word);
    if let Some(meant) = one_operator(&plain) {
        return Some(format!("`{meant}`"));
    }
    let negations = ["doesnot", "not", "isnot"];
    let positive = negations.iter().find_map(|not| plain.strip_prefix(not));
    // `not_contains`, `does_not_contain`.
    let meant =
        positive.and_then(|word| one_operator(word).or_else(|| one_operator(&format!("{word}s"))));
    if let Some(meant) = meant {
        return Some(format!("`{meant}` inside `not`"));
    }
    nearest(word, KNOWN.iter().map(Operator::word)).map(|near| format!("`{near}`"))
}

fn one_operator(plain_word: &str) -> Option<&'static str> {
    let is_same = |known: &&Operator| plain(known.word()) == plain_word;
    match KNOWN.iter().find(is_same) {
        Some(known) => Some(known.word()),
        None => meaning(&OPERATORS, plain_word, |_| true),
    }
}

/// The field that a word means among those that are known where it stands; `elsewhere` are those that
/// would make another kind of object of it.
pub(crate) fn field<'a>(word: &str, here: &[&'a str], elsewhere: &[&'a str]) -> Option<&'a str> {
    let plain_word = plain(word);
    let known = || here.iter().chain(elsewhere).copied();
    let same = known().find(|known| plain(known) == plain_word);
    let meant = || {
        let ours = meaning(&FIELDS, &plain_word, |ours| {
            known().any(|known| known == ours)
        })?;
        known().find(|known| *known == ours)
    };
    same.or_else(meant)
        .or_else(|| nearest(word, here.iter().copied()))
        .or_else(|| nearest(word, elsewhere.iter().copied()))
}

fn meaning(
    table: &[(&'static str, &str)],
    plain_word: &str,
    is_known: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let fitting = table
        .iter()
        .find(|(ours, theirs)| theirs.split(' ').any(|word| word == plain_word) && is_known(ours));
    fitting.map(|(ours, _)| *ours)
}

/// A word without what spellings differ in; signs stay.
fn plain(word: &str) -> String {
    let letters: String = word
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    if letters.is_empty() {
        word.trim().to_owned()
    } else {
        letters.to_lowercase()
    }
}
