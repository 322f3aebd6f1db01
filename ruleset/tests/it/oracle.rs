//! A slow interpreter of the ruleset's JSON, written from `docs/ruleset-format.md` and nothing else.
//!
//! It shares no code with the crate: versions, dates, patterns and hashes come from other crates, and it walks
//! the JSON as it stands. Truth is `Option<bool>`: `None` is unknown.

use std::cell::RefCell;
use std::cmp::Ordering;

use serde_json::Value;

use crate::dialects::says;

/// What the oracle decided, in the words of `Details`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) value: Option<Value>,
    pub(crate) variant: Option<String>,
    pub(crate) reason: &'static str,
    pub(crate) rule: Option<String>,
    pub(crate) exposure: bool,
}

/// One ruleset, one context, one moment, one place, one audience.
#[derive(Clone, Copy)]
pub(crate) struct Oracle<'a> {
    pub(crate) ruleset: &'a Value,
    pub(crate) context: &'a Value,
    pub(crate) now_ms: i64,
    /// 0 client, 1 edge, 2 server.
    pub(crate) here: u8,
    pub(crate) is_public: bool,
}

/// Why nothing was drawn, the lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Miss {
    OutOfRollout,
    MissingUnit,
    InvalidContext,
}

enum Draw<'a> {
    Outcome(&'a Value),
    Miss(Miss),
    Unknown,
}

enum Step {
    Next,
    Missed(Miss),
    Stop(Miss),
    Decided(Answer),
}

impl<'a> Oracle<'a> {
    /// Decides one flag; `None` for one that the audience does not have.
    pub(crate) fn decide(&self, key: &str) -> Option<Answer> {
        let flag = &self.ruleset["flags"][key];
        (!self.is_public || flag["client"] != false).then(|| self.decide_flag(key, flag))
    }

    fn decide_flag(&self, key: &str, flag: &'a Value) -> Answer {
        let off = || match &flag["off"] {
            Value::String(name) => variant_end(flag, name),
            special => special_end(special["special"].as_str().unwrap_or("code-default")),
        };
        let ends = |reason| Answer { reason, ..off() };
        if flag["killed"] == true {
            return ends("killed");
        }
        if flag["enabled"] == false {
            return ends("disabled");
        }
        let (null_demands, off_demands): (Vec<_>, Vec<_>) =
            list(&flag["prerequisites"]).partition(|demand| demand["fail"] == "null");
        let requires = flag["requires"].is_object().then(|| {
            let scope = Some((salt(key, flag), flag));
            self.truth(scope, &flag["dialect"], &flag["requires"])
        });
        let demands = off_demands.iter().map(|demand| self.demand(demand));
        match all(requires.into_iter().chain(demands)) {
            Some(true) => {}
            Some(false) => return ends("prerequisite"),
            None => return unknown(flag, None),
        }
        for demand in &null_demands {
            match self.demand(demand) {
                Some(true) => {}
                Some(false) => {
                    let rule = Some("prerequisite".to_owned());
                    return Answer {
                        rule,
                        reason: "match",
                        ..special_end("null")
                    };
                }
                None => return unknown(flag, Some("prerequisite")),
            }
        }
        let mut missed = None;
        let undecided = RefCell::new(None);
        for rule in list(&flag["rules"]) {
            match self.rule(key, flag, rule, &undecided) {
                Step::Next => {}
                Step::Missed(miss) => missed = Some(heavier(missed, miss)),
                Step::Stop(miss) => {
                    missed = Some(heavier(missed, miss));
                    break;
                }
                Step::Decided(answer) => return answer,
            }
        }
        if let Some(rule) = undecided.into_inner() {
            return unknown(flag, Some(&rule));
        }
        let has_rules = !null_demands.is_empty() || list(&flag["rules"]).next().is_some();
        self.fallthrough(
            key,
            flag,
            missed,
            if has_rules { "default" } else { "static" },
        )
    }

    fn fallthrough(
        &self,
        key: &str,
        flag: &'a Value,
        missed: Option<Miss>,
        plain: &'static str,
    ) -> Answer {
        let default = special_end("code-default");
        if let Some(miss @ (Miss::MissingUnit | Miss::InvalidContext)) = missed {
            return Answer {
                reason: word(miss),
                ..default
            };
        }
        let exposure = flag["exposure"] != false;
        let reason = missed.map_or(plain, word);
        let outcome = &flag["fallthrough"];
        if outcome.is_null() {
            return Answer {
                reason,
                exposure,
                ..default
            };
        }
        let is_split = outcome["distribution"].is_object();
        match self.draw(key, flag, outcome) {
            Draw::Unknown => unknown(flag, None),
            Draw::Miss(miss) => Answer {
                reason: word(miss),
                exposure,
                ..default
            },
            Draw::Outcome(outcome) => {
                let answer = end_of(flag, outcome);
                let reason = if is_split { "fallthrough" } else { reason };
                let reason = if answer.reason == "error" {
                    "error"
                } else {
                    reason
                };
                Answer {
                    reason,
                    exposure,
                    ..answer
                }
            }
        }
    }

    fn rule(
        &self,
        key: &str,
        flag: &'a Value,
        rule: &'a Value,
        undecided: &RefCell<Option<String>>,
    ) -> Step {
        let id = || rule["id"].as_str().map(str::to_owned);
        let mut parts = vec![Some(self.window(rule))];
        for demand in list(&rule["prerequisites"]) {
            let holds = self.demand(demand);
            let end = match demand["fail"].as_str() {
                Some("off") => Some(&flag["off"]),
                Some("null") => Some(&Value::Null),
                _ => None,
            };
            if let Some(end) = end {
                let fails = all(parts.iter().copied().chain([negate(holds)]));
                let answer = match end {
                    Value::String(name) => variant_end(flag, name),
                    special if demand["fail"] == "off" => {
                        special_end(special["special"].as_str().unwrap_or("code-default"))
                    }
                    _ => special_end("null"),
                };
                let reason = if answer.reason == "error" {
                    "error"
                } else {
                    "match"
                };
                match fails {
                    Some(true) => {
                        return Step::Decided(Answer {
                            rule: id(),
                            reason,
                            ..answer
                        });
                    }
                    Some(false) => {}
                    None => {
                        if let Some(step) = doubt(flag, rule, undecided) {
                            return step;
                        }
                    }
                }
            }
            parts.push(holds);
        }
        let salt = salt(key, flag);
        parts.extend(list(&rule["gates"]).map(|gate| self.split(salt, flag, gate)));
        if rule["when"].is_object() {
            parts.push(self.truth(Some((salt, flag)), &flag["dialect"], &rule["when"]));
        }
        let applies = all(parts.into_iter());
        if applies == Some(false) {
            return Step::Next;
        }
        if rule["outcome"].is_object() {
            return self.lead(key, flag, rule, applies, &rule["outcome"], undecided);
        }
        let mut open = applies;
        for alternative in list(&rule["alternatives"]) {
            let gates = list(&alternative["gates"]).map(|gate| self.split(salt, flag, gate));
            let inside = all(gates);
            match all([open, inside].into_iter()) {
                Some(false) => {}
                chosen => {
                    match self.lead(key, flag, rule, chosen, &alternative["outcome"], undecided) {
                        // A draw that misses while it is open whether this alternative is the one.
                        Step::Next => {}
                        step => return step,
                    }
                }
            }
            let outcome = &alternative["outcome"];
            if outcome["distribution"].is_object() || outcome["special"] == "miss" {
                open = all([open, negate(inside)].into_iter());
            }
        }
        Step::Next
    }

    /// Where a rule leads that applies, or may.
    fn lead(
        &self,
        key: &str,
        flag: &'a Value,
        rule: &'a Value,
        applies: Option<bool>,
        outcome: &'a Value,
        undecided: &RefCell<Option<String>>,
    ) -> Step {
        let id = rule["id"].as_str();
        let counts = rule["exposure"] != false && flag["exposure"] != false;
        let decided = |answer: Answer, is_split: bool| {
            let reason = if answer.reason == "error" {
                "error"
            } else if rule["holdout"] == true {
                "holdout"
            } else if is_split {
                "split"
            } else {
                "match"
            };
            let rule = id.map(str::to_owned);
            Step::Decided(Answer {
                reason,
                rule,
                exposure: counts,
                ..answer
            })
        };
        let distribution = &outcome["distribution"];
        for pin in list(&distribution["pins"]) {
            match all([applies, self.pinned(flag, pin)].into_iter()) {
                Some(false) => {}
                Some(true) => {
                    let name = pin["variant"].as_str().unwrap();
                    return decided(variant_end(flag, name), false);
                }
                None => {
                    if let Some(step) = doubt(flag, rule, undecided) {
                        return step;
                    }
                }
            }
        }
        let stops = rule["on_miss"] == "stop";
        let drawn = self.draw(key, flag, outcome);
        match (applies, drawn) {
            (Some(_), Draw::Outcome(end)) => decided(end_of(flag, end), distribution.is_object()),
            (None, Draw::Miss(Miss::OutOfRollout)) if !stops && rule["on_unknown"] != "next" => {
                Step::Next
            }
            (None, _) => doubt(flag, rule, undecided).unwrap_or(Step::Next),
            (_, Draw::Unknown) if rule["on_unknown"] == "next" => {
                doubt(flag, rule, undecided).unwrap_or(Step::Next)
            }
            (_, Draw::Unknown) => Step::Decided(unknown(flag, id)),
            (Some(_), Draw::Miss(miss)) if stops => Step::Stop(miss),
            (Some(_), Draw::Miss(miss)) => Step::Missed(miss),
        }
    }

    fn draw(&self, key: &str, flag: &'a Value, outcome: &'a Value) -> Draw<'a> {
        let distribution = &outcome["distribution"];
        if outcome["special"] == "miss" {
            return Draw::Miss(Miss::OutOfRollout);
        }
        if !distribution.is_object() {
            return Draw::Outcome(outcome);
        }
        let position = match self.position(salt(key, flag), flag, distribution, "split") {
            Ok(position) => position,
            Err(None) => return Draw::Unknown,
            Err(Some(miss)) => return Draw::Miss(miss),
        };
        let mut entries = list(&distribution["ranges"]);
        let found = entries.find(|entry| within(position, entry, &distribution["hash"]));
        let last = || {
            list(&distribution["ranges"])
                .last()
                .filter(|_| distribution["rest"] == "last")
        };
        match found.or_else(last) {
            Some(entry) if entry["pass"] != true && entry["special"] != "miss" => {
                Draw::Outcome(entry)
            }
            _ => Draw::Miss(Miss::OutOfRollout),
        }
    }

    fn split(&self, salt: &str, flag: &Value, split: &Value) -> Option<bool> {
        if list(&split["ranges"]).next().is_none() {
            return Some(false);
        }
        match self.position(salt, flag, split, "gate") {
            Ok(position) => {
                Some(list(&split["ranges"]).any(|range| within(position, range, &split["hash"])))
            }
            Err(None) => None,
            Err(Some(_)) => Some(false),
        }
    }

    /// The position of the unit; `Err(None)` when its id is not known here.
    fn position(
        &self,
        salt: &str,
        flag: &Value,
        split: &Value,
        usage: &str,
    ) -> Result<f64, Option<Miss>> {
        let hash = &split["hash"];
        let own = split["unit"]
            .as_str()
            .or(flag["unit"].as_str())
            .unwrap_or("user");
        let own = Value::from(own);
        let units: Vec<&Value> = list(&hash["units"]).collect();
        let units = if units.is_empty() { vec![&own] } else { units };
        let mut text = Err(Some(Miss::MissingUnit));
        for unit in units {
            let (found, known_at) = if let Some(kind) = unit.as_str() {
                (self.unit(kind), 0)
            } else {
                let name = unit["attribute"].as_str().unwrap();
                let declared = &self.ruleset["attributes"][name];
                let is_hidden = self.is_public && declared["class"] == "private";
                let place = if is_hidden { 2 } else { known_at(declared) };
                (self.context["attributes"].get(name).cloned(), place)
            };
            match found {
                None if known_at > self.here => return Err(None),
                None => {}
                Some(Value::String(id)) => {
                    text = Ok(id);
                    break;
                }
                Some(_) => {
                    text = Err(Some(Miss::InvalidContext));
                    break;
                }
            }
        }
        let is_native = hash["algorithm"].is_null() || hash["algorithm"] == "native";
        let text = match text {
            Err(Some(Miss::MissingUnit)) if hash["missing"] == "zero" => return Ok(0.0),
            Err(Some(Miss::MissingUnit)) if hash["missing"] == "empty" => String::new(),
            text => text?,
        };
        if is_native {
            let salt = split["salt"].as_str().unwrap_or(salt);
            let prefix = hash["prefix"]
                .as_str()
                .map_or(format!("{salt}/{usage}"), str::to_owned);
            return Ok(f64::from(murmur(&text, murmur(&prefix, 0))));
        }
        let part = |name: &str| hash[name].as_str().unwrap_or_default().to_owned();
        if hash["algorithm"] == "posthog_sha1_15" {
            return Ok(sixty_bits(&(part("prefix") + &text + &part("suffix"))));
        }
        assert_eq!(hash["algorithm"], "unleash_rollout");
        let seed = u32::try_from(hash["seed"].as_u64().unwrap_or(0)).unwrap();
        let hashed = murmur(&(part("prefix") + &text + &part("suffix")), seed);
        Ok(f64::from(hashed % 100 + 1))
    }

    fn pinned(&self, flag: &Value, pin: &Value) -> Option<bool> {
        let (id, known_at) = match &pin["unit"] {
            Value::Object(reference) => {
                let name = reference["attribute"].as_str().unwrap();
                if self.is_public && self.ruleset["attributes"][name]["class"] == "private" {
                    return None;
                }
                let place = known_at(&self.ruleset["attributes"][name]);
                (self.context["attributes"].get(name).cloned(), place)
            }
            kind => {
                let kind = kind.as_str().or(flag["unit"].as_str()).unwrap_or("user");
                (self.unit(kind), 0)
            }
        };
        let ids = match pin["list"].as_str() {
            Some(list) => &self.ruleset["lists"][list]["values"],
            None => &pin["values"],
        };
        match id {
            None if known_at > self.here => None,
            Some(Value::Array(ids_here)) => Some(
                ids_here
                    .iter()
                    .any(|id| id.is_string() && list(ids).any(|one| one == id)),
            ),
            id => Some(id.is_some_and(|id| id.is_string() && list(ids).any(|one| *one == id))),
        }
    }

    /// A unit's id: integers are their decimal text, other values stay what they are.
    fn unit(&self, kind: &str) -> Option<Value> {
        match self.context["units"].get(kind)? {
            Value::Null => None,
            Value::Number(id) if id.is_i64() || id.is_u64() => Some(Value::from(id.to_string())),
            Value::Number(id) if id.as_f64()?.fract() == 0.0 => {
                Some(Value::from(format!("{}", id.as_f64()?)))
            }
            Value::String(id) => Some(Value::from(id.as_str())),
            // It is there, and no test but `exists` holds for it.
            _ => Some(Value::Object(serde_json::Map::new())),
        }
    }

    fn window(&self, rule: &Value) -> bool {
        let bound = |name: &str| date(&rule[name]);
        #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
        let now = self.now_ms as f64;
        bound("from").is_none_or(|from| from <= now) && bound("to").is_none_or(|to| now < to)
    }

    fn demand(&self, demand: &Value) -> Option<bool> {
        let other = &self.ruleset["flags"][demand["flag"].as_str().unwrap()];
        if demand["chain"] == "forbid" && list(&other["prerequisites"]).next().is_some() {
            return Some(false);
        }
        self.flag_is(demand)
    }

    fn flag_is(&self, test: &Value) -> Option<bool> {
        let key = test["flag"].as_str().unwrap();
        let flag = &self.ruleset["flags"][key];
        if list(&test["variants"]).next().is_none() && test["variants"].is_array() {
            return self.decide(key).map(|_| false);
        }
        if test["value"].is_object() && !some_value_passes(flag, &test["value"]) {
            return self.decide(key).map(|_| false);
        }
        let answer = self.decide(key)?;
        if answer.reason == "unknown" {
            return None;
        }
        if let Some(names) = test["variants"].as_array() {
            return Some(
                answer
                    .variant
                    .is_some_and(|name| names.contains(&Value::from(name))),
            );
        }
        if test["value"].is_object() {
            return Some(
                answer
                    .value
                    .is_some_and(|value| passes(&test["value"], &value, 0)),
            );
        }
        let is_on = !matches!(answer.reason, "killed" | "disabled" | "prerequisite");
        Some(is_on == (test["is"] != "disabled"))
    }

    fn truth(
        &self,
        scope: Option<(&str, &Value)>,
        dialect: &Value,
        condition: &Value,
    ) -> Option<bool> {
        let each = |name: &str| {
            let children: Vec<Option<bool>> = list(&condition[name])
                .map(|child| self.truth(scope, dialect, child))
                .collect();
            children
        };
        if condition.get("op").is_some() {
            self.leaf(dialect, condition)
        } else if condition.get("unknown").is_some() {
            None
        } else if condition.get("all").is_some() {
            let mut parts = each("all").into_iter();
            if dialect["failures"] == "unknown" {
                return parts.find(|part| *part != Some(true)).unwrap_or(Some(true));
            }
            all(parts)
        } else if condition.get("any").is_some() {
            any(each("any").into_iter())
        } else if condition.get("none").is_some() {
            negate(any(each("none").into_iter()))
        } else if condition.get("not").is_some() {
            negate(self.truth(scope, dialect, &condition["not"]))
        } else if let Some(id) = condition["segment"].as_str() {
            let segment = &self.ruleset["segments"][id];
            self.truth(None, &segment["dialect"], &segment["when"])
        } else if let Some(id) = condition["list"].as_str() {
            let members = &self.ruleset["lists"][id];
            let unit = self.unit(members["unit"].as_str().unwrap_or("user"));
            Some(unit.is_some_and(|unit| list(&members["values"]).any(|one| *one == unit)))
        } else if condition.get("split").is_some() {
            let (salt, flag) = scope.unwrap_or(("", &Value::Null));
            self.split(salt, flag, &condition["split"])
        } else {
            self.flag_is(condition)
        }
    }

    fn leaf(&self, dialect: &Value, leaf: &Value) -> Option<bool> {
        let (found, known_at) = if let Some(kind) = leaf["unit"].as_str() {
            (self.unit(kind), 0)
        } else {
            let name = leaf["attribute"].as_str().unwrap();
            let (declared, values) = match leaf["group"].as_str() {
                Some(group) => (
                    &self.ruleset["groups"][group]["attributes"],
                    &self.context["groups"][group],
                ),
                None => (&self.ruleset["attributes"], &self.context["attributes"]),
            };
            let root = name
                .strip_prefix('/')
                .and_then(|name| name.split('/').next())
                .map(|root| root.replace("~1", "/").replace("~0", "~"));
            let declared = declared.get(name).or_else(|| declared.get(root?));
            let declared = declared.unwrap_or(&Value::Null);
            if self.is_public && declared["class"] == "private" {
                return None;
            }
            let value = if name.starts_with('/') {
                values.pointer(name)
            } else {
                values.get(name)
            };
            (value.cloned(), known_at(declared))
        };
        let op = leaf["op"].as_str().unwrap();
        let is_negative = matches!(op, "ne" | "not_in" | "not_matches")
            || leaf["value"] == false && op == "exists";
        // Nothing is one of no values, whatever is known.
        if leaf["value"].as_array().is_some_and(Vec::is_empty) && op.ends_with("in") {
            return Some(op == "not_in");
        }
        // Ids leave the server as hashes, which have no upper and lower case.
        let spells_ids = matches!(op, "eq" | "ne" | "in" | "not_in");
        if self.is_public && leaf["unit"].is_string() && leaf["ci"] == true && spells_ids {
            return None;
        }
        let Some(value) = found else {
            return if known_at > self.here {
                None
            } else {
                Some(is_negative)
            };
        };
        let mut leaf = leaf.clone();
        if let Some(id) = leaf["list"].as_str() {
            leaf["value"] = self.ruleset["lists"][id]["values"].clone();
        }
        // Hashes are of texts only: ids that a public plan hides are compared as the native dialect does.
        let is_hidden =
            leaf["list"].is_string() || self.is_public && leaf["unit"].is_string() && spells_ids;
        let said = says(dialect, &leaf, &value, self.now_ms, self.here);
        match said.filter(|_| !is_hidden) {
            Some(said) => said,
            None => Some(passes(&leaf, &value, self.now_ms)),
        }
    }
}

/// What a rule makes of a doubt: the decision is unknown, or the next rule is tried.
fn doubt(flag: &Value, rule: &Value, undecided: &RefCell<Option<String>>) -> Option<Step> {
    let id = rule["id"].as_str();
    match rule["on_unknown"].as_str() {
        Some("next") => {
            undecided.borrow_mut().get_or_insert(id?.to_owned());
            None
        }
        Some("skip") => None,
        _ => Some(Step::Decided(unknown(flag, id))),
    }
}

fn special_end(special: &str) -> Answer {
    let value = (special == "null").then_some(Value::Null);
    let reason = if special == "error" { "error" } else { "" };
    Answer {
        value,
        variant: None,
        reason,
        rule: None,
        exposure: false,
    }
}

fn variant_end(flag: &Value, name: &str) -> Answer {
    let value = Some(flag["variants"][name].clone());
    let variant = Some(name.to_owned());
    Answer {
        value,
        variant,
        reason: "",
        rule: None,
        exposure: false,
    }
}

fn known_at(attribute: &Value) -> u8 {
    match attribute["known_at"].as_str() {
        Some("edge") => 1,
        Some("server") => 2,
        _ => 0,
    }
}

/// A test that no value of the flag satisfies is false whatever is known.
fn some_value_passes(flag: &Value, test: &Value) -> bool {
    let values = flag["variants"].as_object().unwrap().values();
    values
        .chain([&Value::Null])
        .any(|value| passes(test, value, 0))
}

fn end_of(flag: &Value, outcome: &Value) -> Answer {
    match outcome["variant"].as_str() {
        Some(name) => variant_end(flag, name),
        None => special_end(outcome["special"].as_str().unwrap()),
    }
}

fn unknown(flag: &Value, rule: Option<&str>) -> Answer {
    let answer = match &flag["off"] {
        _ if flag["on_unknown"] != "off" => special_end("code-default"),
        Value::String(name) => variant_end(flag, name),
        special => special_end(special["special"].as_str().unwrap_or("code-default")),
    };
    Answer {
        reason: "unknown",
        rule: rule.map(str::to_owned),
        ..answer
    }
}

/// Whether a value that is there satisfies the test.
fn passes(test: &Value, value: &Value, now_ms: i64) -> bool {
    let op = test["op"].as_str().unwrap();
    let operand = test.get("value").unwrap_or(&Value::Null);
    let every = test["elements"] == "all";
    // A question, asked of the elements of an array.
    let ask = |one: &dyn Fn(&Value) -> bool| match value {
        Value::Array(elements) if every => !elements.is_empty() && elements.iter().all(one),
        Value::Array(elements) => elements.iter().any(one),
        value => one(value),
    };
    let fold = |text: &Value| match text {
        Value::String(found) if test["ci"] == true => Value::from(found.to_lowercase()),
        other => other.clone(),
    };
    let equals = |operand: &Value| match operand {
        Value::Null => value.is_null(),
        operand => ask(&|one| same(&fold(one), &fold(operand))),
    };
    let texts = |how: fn(&str, &str) -> bool| {
        let operands = operand
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![operand.clone()]);
        ask(&|one| {
            operands.iter().any(|operand| {
                let (one, operand) = (fold(one), fold(operand));
                one.as_str()
                    .is_some_and(|one| how(one, operand.as_str().unwrap()))
            })
        })
    };
    let ordered =
        |wanted: fn(Ordering) -> bool| ask(&|one| order(one, operand).is_some_and(wanted));
    let dated = |wanted: fn(Ordering) -> bool| {
        let operand = match operand.as_str().and_then(|text| text.strip_prefix("now")) {
            Some(distance) => now_plus(now_ms, distance),
            None => date(operand).unwrap(),
        };
        ask(&|one| {
            date(one)
                .and_then(|one| one.partial_cmp(&operand))
                .is_some_and(wanted)
        })
    };
    let versioned = |wanted: fn(Ordering) -> bool| {
        let operand = semver::Version::parse(operand.as_str().unwrap()).unwrap();
        ask(&|one| version(one).is_some_and(|one| wanted(one.cmp_precedence(&operand))))
    };
    match op {
        "eq" => equals(operand),
        "ne" => !equals(operand),
        "in" | "not_in" => {
            let members = operand.as_array().unwrap();
            let is_inside = members.iter().any(equals);
            // With `all`, every element is a member, not necessarily the same one.
            let is_inside = if every && value.is_array() {
                ask(&|one| members.iter().any(|member| same(&fold(one), &fold(member))))
            } else {
                is_inside
            };
            is_inside == (op == "in")
        }
        "lt" => ordered(Ordering::is_lt),
        "le" => ordered(Ordering::is_le),
        "gt" => ordered(Ordering::is_gt),
        "ge" => ordered(Ordering::is_ge),
        "starts_with" => texts(|text, operand| text.starts_with(operand)),
        "ends_with" => texts(|text, operand| text.ends_with(operand)),
        "contains" => texts(|text, operand| text.contains(operand)),
        "matches" => {
            let pattern = fancy_regex::Regex::new(operand.as_str().unwrap()).unwrap();
            ask(&|one| {
                one.as_str()
                    .is_some_and(|text| pattern.is_match(text).unwrap())
            })
        }
        "not_matches" => {
            let pattern = fancy_regex::Regex::new(operand.as_str().unwrap()).unwrap();
            !ask(&|one| {
                one.as_str()
                    .is_some_and(|text| pattern.is_match(text).unwrap())
            })
        }
        "between" => {
            let [low, high] = [0, 1].map(|i| operand[i].clone());
            let within = |one: &Value, bound: &Value, wanted: fn(Ordering) -> bool| {
                order(one, bound).is_some_and(wanted)
            };
            ask(&|one| within(one, &low, Ordering::is_ge))
                && ask(&|one| within(one, &high, Ordering::is_le))
        }
        "exists" => value.is_null() != (test.get("value") != Some(&Value::Bool(false))),
        "before" => dated(Ordering::is_lt),
        "after" => dated(Ordering::is_gt),
        "on_or_before" => dated(Ordering::is_le),
        "on_or_after" => dated(Ordering::is_ge),
        "semver_eq" => versioned(Ordering::is_eq),
        "semver_lt" => versioned(Ordering::is_lt),
        "semver_le" => versioned(Ordering::is_le),
        "semver_gt" => versioned(Ordering::is_gt),
        "semver_ge" => versioned(Ordering::is_ge),
        "semver_range" => {
            let (_, alternatives) = crate::random::RANGES
                .iter()
                .find(|(text, _)| operand == *text)
                .unwrap();
            alternatives.iter().any(|bounds| {
                bounds.iter().all(|(operator, bound)| {
                    let bound = semver::Version::parse(bound).unwrap();
                    ask(&|one| {
                        version(one).is_some_and(|one| {
                            match (*operator, one.cmp_precedence(&bound)) {
                                (">=", order) => order.is_ge(),
                                (_, order) => order.is_lt(),
                            }
                        })
                    })
                })
            })
        }
        other => panic!("the oracle does not know `{other}`"),
    }
}

fn salt<'a>(key: &'a str, flag: &'a Value) -> &'a str {
    flag["salt"].as_str().unwrap_or(key)
}

/// The first 15 hexadecimal digits of SHA-1, over 2^60.
#[expect(
    clippy::cast_precision_loss,
    reason = "the algorithm rounds to a double"
)]
fn sixty_bits(text: &str) -> f64 {
    use sha1::{Digest, Sha1};
    let digest = format!("{:x}", Sha1::digest(text));
    u64::from_str_radix(digest.get(..15).unwrap(), 16).unwrap() as f64 / 2_f64.powi(60)
}

fn murmur(text: &str, seed: u32) -> u32 {
    murmur3::murmur3_32(&mut text.as_bytes(), seed).unwrap()
}

fn within(position: f64, range: &Value, hash: &Value) -> bool {
    let (from, to) = (
        range["from"].as_f64().unwrap(),
        range["to"].as_f64().unwrap(),
    );
    if hash["algorithm"].is_null() || hash["algorithm"] == "native" {
        let threshold = |points: f64| (points * 4_294_967_296.0 / 10_000.0).floor();
        return threshold(from) <= position && position < threshold(to);
    }
    from <= position && (position < to || (hash["comparison"] == "le" && position <= to))
}

/// Trouble with the unit weighs more than a draw that missed, and a wrong type more than none, as `docs/plan-format.md` says.
fn heavier(before: Option<Miss>, miss: Miss) -> Miss {
    before.map_or(miss, |before| before.max(miss))
}

fn word(miss: Miss) -> &'static str {
    match miss {
        Miss::OutOfRollout => "out-of-rollout",
        Miss::MissingUnit => "missing-unit",
        Miss::InvalidContext => "invalid-context",
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let parts: Vec<Option<bool>> = parts.collect();
    if parts.contains(&Some(false)) {
        Some(false)
    } else {
        (!parts.contains(&None)).then_some(true)
    }
}

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    negate(all(parts.map(negate)))
}

fn negate(part: Option<bool>) -> Option<bool> {
    part.map(|part| !part)
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => left == right,
        _ => false,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Value::String(left), Value::String(right)) => Some(left.chars().cmp(right.chars())),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
fn date(value: &Value) -> Option<f64> {
    match value {
        Value::Number(at) => at.as_f64(),
        Value::String(text) => {
            let at: jiff::Timestamp = text.parse().ok()?;
            Some(at.as_millisecond() as f64)
        }
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
fn now_plus(now_ms: i64, distance: &str) -> f64 {
    let hours = match distance {
        "" => 0,
        "-1h" => -1,
        "+2d" => 48,
        "-1w" => -168,
        other => panic!("the oracle does not know `now{other}`"),
    };
    (now_ms + hours * 3_600_000) as f64
}

fn version(value: &Value) -> Option<semver::Version> {
    semver::Version::parse(value.as_str()?).ok()
}
