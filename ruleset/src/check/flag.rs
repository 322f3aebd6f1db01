//! Checks of a flag's own fields.

use pennon_core::Decision;
use serde_json::Value;

use super::Checker;
use super::expression::Scope;
use crate::model::{
    Dates, Dialect, Fail, Flag, FlagType, NumberCast, Off, Outcome, Prerequisite, RegexFlavour,
    SemverGrammar, TextCast,
};
use crate::reading::Reading;
use crate::report::{At, Code};

impl Checker<'_> {
    pub(super) fn flag(&mut self, key: &str, flag: &Flag, at: &At<'_>) {
        let bytes = serde_json::to_string(flag).map_or(0, |text| text.len());
        self.limit(
            "bytes",
            bytes,
            self.limits.flag_bytes,
            at,
            "move long values into lists or code",
        );
        self.variants(flag, &at.field("variants"));
        if let Some(Off::Variant(name)) = &flag.off {
            self.variant(flag, name, &at.field("off"));
        }
        if flag.client_only && !flag.client {
            let message = "`client_only` without `client`".to_owned();
            let help = "remove one of the two fields";
            self.report
                .error(Code::Contradiction, &at.field("client_only"), message, help);
        }
        self.reading = Reading::of(flag.dialect.as_ref());
        if let Some(dialect) = &flag.dialect {
            self.dialect(dialect, &at.field("dialect"));
        }
        if let Some(requires) = &flag.requires {
            self.flag_condition(requires, &at.field("requires"));
        }
        self.flag_prerequisites(key, flag, &at.field("prerequisites"));
        self.rules(flag, &at.field("rules"));
        if let Some(fallthrough) = &flag.fallthrough {
            self.fallthrough(flag, fallthrough, &at.field("fallthrough"));
        }
    }

    fn variants(&mut self, flag: &Flag, at: &At<'_>) {
        let most = usize::try_from(Decision::MAX_VARIANTS).unwrap_or(usize::MAX);
        self.limit("variants", flag.variants.len(), most, at, "split the flag");
        for (name, value) in &flag.variants {
            let at = at.field(name);
            self.name("variant", name, &at);
            let (fits, expected) = match flag.kind {
                FlagType::Boolean => (value.is_boolean(), "true or false"),
                FlagType::String => (value.is_string(), "a text"),
                FlagType::Number => (value.is_number(), "a number"),
                FlagType::Object => (value.is_object() || value.is_array(), "an object or array"),
            };
            if !fits {
                let message = format!(
                    "the value of this flag's type is {expected}, found {}",
                    short(value)
                );
                let help = "change the value, or the flag's `type`";
                self.report.error(Code::VariantType, &at, message, help);
            }
        }
    }

    /// A switch has its native value, or the other one that this version evaluates.
    pub(super) fn dialect(&mut self, dialect: &Dialect, at: &At<'_>) {
        let native = Dialect::default();
        let switches = [
            (
                "attribute_path",
                dialect.attribute_path == native.attribute_path,
            ),
            ("missing", dialect.missing == native.missing),
            (
                "text_cast",
                matches!(dialect.text_cast, TextCast::None | TextCast::Json),
            ),
            (
                "number_cast",
                matches!(dialect.number_cast, NumberCast::None | NumberCast::Parse),
            ),
            ("equality", dialect.equality == native.equality),
            (
                "semver",
                matches!(dialect.semver, SemverGrammar::Strict | SemverGrammar::Cargo),
            ),
            (
                "regex",
                matches!(dialect.regex, RegexFlavour::Native | RegexFlavour::Fancy),
            ),
            (
                "dates",
                matches!(
                    dialect.dates,
                    Dates::Rfc3339OrMilliseconds | Dates::IsoOrRelative
                ),
            ),
        ];
        for (name, is_known) in switches {
            if !is_known {
                self.unsupported("this dialect", &at.field(name));
            }
        }
    }

    fn flag_prerequisites(&mut self, key: &str, flag: &Flag, at: &At<'_>) {
        for (i, prerequisite) in flag.prerequisites.iter().enumerate() {
            let at = at.index(i);
            let Prerequisite {
                flag, test, fail, ..
            } = prerequisite;
            self.flag_test(flag, test, &at);
            if *fail == Some(Fail::Skip) {
                let message = format!("the prerequisite of the flag `{key}` has no rule to skip");
                let help = "write `off` or `null`, or move it to a rule";
                self.report
                    .error(Code::Contradiction, &at.field("fail"), message, help);
            }
        }
    }

    fn fallthrough(&mut self, flag: &Flag, outcome: &Outcome, at: &At<'_>) {
        self.outcome(flag, outcome, at);
        if let Outcome::Distribution(node) = outcome
            && !node.distribution.pins.is_empty()
        {
            let at = at.field("distribution");
            let message = "pins belong to a rule".to_owned();
            let help = "move the distribution into a last rule";
            self.report
                .error(Code::Contradiction, &at.field("pins"), message, help);
        }
    }

    pub(super) fn flag_condition(&mut self, expression: &crate::model::Expression, at: &At<'_>) {
        self.condition(expression, at, Scope::Flag);
    }
}

/// The value as text that fits a message.
fn short(value: &Value) -> String {
    let text = value.to_string();
    let cut: String = text.chars().take(40).collect();
    if cut.len() == text.len() {
        format!("`{text}`")
    } else {
        format!("`{cut}…`")
    }
}
