use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{FlagTest, Operator, Split, Unknown, is_default, one_of, present};

/// A condition: true, false, or unknown where an attribute is not known at the place that evaluates.
///
/// Shape: an object that one of its fields tells apart: `all`, `any`, `none`, `not`, `op`, `segment`,
/// `list`, `split`, `flag`, `unknown` or `program`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Expression {
    /// Every child holds.
    All(All),
    /// A child holds.
    Any(Any),
    /// No child holds.
    None(None),
    /// The child does not hold.
    Not(Box<Not>),
    /// A test of one value of the context.
    Leaf(Leaf),
    /// A named condition.
    Segment(SegmentIs),
    /// A unit is on a named list.
    List(InList),
    /// A unit falls into ranges of a hash.
    Split(SplitIs),
    /// Another flag decided something.
    Flag(FlagIs),
    /// Nobody knows.
    Unknown(Unknowable),
    /// An imported program.
    Program(Program),
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(input)?;
        let has = |name| fields.contains_key(name);
        if has("op") {
            one_of(fields).map(Self::Leaf)
        } else if has("all") {
            one_of(fields).map(Self::All)
        } else if has("any") {
            one_of(fields).map(Self::Any)
        } else if has("none") {
            one_of(fields).map(Self::None)
        } else if has("not") {
            one_of(fields).map(Self::Not)
        } else if has("segment") {
            one_of(fields).map(Self::Segment)
        } else if has("list") {
            one_of(fields).map(Self::List)
        } else if has("split") {
            one_of(fields).map(Self::Split)
        } else if has("flag") {
            one_of(fields).map(Self::Flag)
        } else if has("unknown") {
            one_of(fields).map(Self::Unknown)
        } else if has("program") {
            one_of(fields).map(Self::Program)
        } else {
            Err(D::Error::custom("not a condition"))
        }
    }
}

/// `{"all": [...]}`: every child holds; true without children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct All {
    /// The children.
    pub all: Vec<Expression>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"any": [...]}`: a child holds; false without children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Any {
    /// The children.
    pub any: Vec<Expression>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"none": [...]}`: no child holds; true without children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct None {
    /// The children.
    pub none: Vec<Expression>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"not": ...}`: the child does not hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Not {
    /// The child.
    pub not: Expression,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A test of one value: `{"attribute": "country", "op": "in", "value": ["SE", "NO"]}`.
///
/// Shape: the subject is `attribute`, `unit`, or `group` with `attribute`; the operand is `value` or `list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Leaf {
    /// Name of an attribute, or a JSON pointer into the attributes when it begins with `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// Type of a unit, whose id is tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Type of a group, whose `attribute` is tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What is asked.
    pub op: Operator,
    /// The operand.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<Value>,
    /// Id of a list, instead of `value`, for `in` and `not_in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Compare text without regard to case.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ci: bool,
    /// How many elements of an array must satisfy the test.
    #[serde(default, skip_serializing_if = "is_default")]
    pub elements: Elements,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// How many elements of an array must satisfy a test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Elements {
    /// One.
    #[default]
    Any,
    /// Every one, and there is one.
    All,
}

/// `{"segment": "staff"}`: the segment's condition holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentIs {
    /// Id of the segment.
    pub segment: String,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"list": "beta"}`: the unit that the list names is on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InList {
    /// Id of the list.
    pub list: String,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"split": {...}}`: the unit falls into one of the ranges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitIs {
    /// The hash and its ranges.
    pub split: Split,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"flag": "shop", "is": "enabled"}`: the other flag decided what is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlagIs {
    /// Key of the other flag.
    pub flag: String,
    /// What is asked of it.
    #[serde(flatten)]
    pub test: FlagTest,
}

/// `{"unknown": "behavioral cohort"}`: it cannot be told here or anywhere whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unknowable {
    /// Why, for people.
    #[serde(rename = "unknown")]
    pub why: String,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"program": ...}`: a `JsonLogic` program of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Program {
    /// The program.
    pub program: Value,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}
