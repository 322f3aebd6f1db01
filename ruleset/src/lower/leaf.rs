//! Leaves: tests of one slot, and membership in lists.

use pennon_core::layout::bits;
use pennon_core::murmur3_x86_32;
use serde_json::Value;

use super::{Lowering, Scope, constant, index};
use crate::check::leaf::{declared, declared_as, names_ids, question};
use crate::compile::Audience;
use crate::model::{self, Class, Elements, KnownAt, Operator};
use crate::operand::{Asked, Question, ask};
use crate::portable::portable;
use crate::program::{
    Expression, ExpressionId, FlagTest, Leaf, List, Outcome, Place, SlotId, Source, Test,
};
use crate::reading::Reading;
use crate::spell::spell;

/// Where an attribute can be known first; everywhere when nobody declared it.
pub(super) fn place(attribute: Option<&model::Attribute>) -> Place {
    match attribute.map(|attribute| attribute.known_at) {
        Some(KnownAt::Server) => Place::Server,
        Some(KnownAt::Edge) => Place::Edge,
        Some(KnownAt::Client) | None => Place::Client,
    }
}

impl<'a> Lowering<'a> {
    /// Whether the audience may not see what the attribute is compared with.
    pub(super) fn is_hidden(&self, attribute: Option<&model::Attribute>) -> bool {
        self.audience == Audience::Public
            && attribute.is_some_and(|attribute| attribute.class == Class::Private)
    }

    pub(super) fn leaf(&mut self, leaf: &'a model::Leaf, reading: Reading) -> ExpressionId {
        let Some(slot) = self.subject(leaf) else {
            return self.add(Expression::Unknown);
        };
        if let Some(list) = &leaf.list {
            let inside = self.in_list(slot, list);
            return if leaf.op == Operator::NotIn {
                self.not(inside)
            } else {
                inside
            };
        }
        if let Some(inside) = self.hidden_members(leaf, slot) {
            return if matches!(leaf.op, Operator::NotIn | Operator::Ne) {
                self.not(inside)
            } else {
                inside
            };
        }
        match ask(question(leaf, reading)) {
            Ok(asked) => self.asked(&asked, slot, leaf, reading),
            // Refused by the checks.
            Err(_) => self.add(Expression::Unknown),
        }
    }

    /// The slot of the leaf's subject; none when the audience may not see what it is compared with.
    fn subject(&mut self, leaf: &model::Leaf) -> Option<SlotId> {
        if let Some(unit) = &leaf.unit {
            return Some(self.unit(unit));
        }
        let attribute = declared(self.ruleset, leaf);
        if self.is_hidden(attribute) {
            return None;
        }
        let known_at = place(attribute);
        let name = leaf.attribute.clone().unwrap_or_default();
        let source = match &leaf.group {
            Some(group) => Source::GroupAttribute(group.clone(), name),
            None => Source::Attribute(name),
        };
        Some(self.slot(source, known_at))
    }

    fn asked(
        &mut self,
        asked: &Asked,
        slot: SlotId,
        leaf: &model::Leaf,
        reading: Reading,
    ) -> ExpressionId {
        let mut each = |parts: &[Asked]| -> Vec<ExpressionId> {
            let parts = parts.iter();
            parts
                .map(|part| self.asked(part, slot, leaf, reading))
                .collect()
        };
        match asked {
            Asked::All(parts) => {
                let parts = each(parts);
                self.all(parts)
            }
            Asked::Any(parts) => {
                let parts = each(parts);
                self.any(parts)
            }
            Asked::Not(part) => {
                let part = self.asked(part, slot, leaf, reading);
                self.not(part)
            }
            Asked::Test(test) => self.test(test, slot, leaf, reading.bits(&leaf.op, test)),
            Asked::Bound(test, more) => {
                let dialect = reading.bits(&leaf.op, test) | more;
                self.test(test, slot, leaf, dialect)
            }
        }
    }

    fn test(
        &mut self,
        test: &Test,
        slot: SlotId,
        leaf: &model::Leaf,
        dialect: u32,
    ) -> ExpressionId {
        let is_fancy = dialect & bits::LENIENT != 0;
        let is_public = self.audience == Audience::Public;
        let test = match test {
            // Another flavour keeps its own meaning where its engine is.
            Test::Regex(pattern) => match portable(pattern).filter(|_| !is_fancy || is_public) {
                Some(same_everywhere) => Test::Regex(same_everywhere),
                None if is_public => return self.add(Expression::Unknown),
                None => Test::Regex(spell(pattern).unwrap_or_else(|| pattern.clone())),
            },
            test => test.clone(),
        };
        let asks_whole_array = matches!(test, Test::Exists | Test::IsNull | Test::Truthy(_));
        let folds = matches!(
            test,
            Test::TextIn(_) | Test::Prefix(_) | Test::Suffix(_) | Test::Contains(_)
        );
        self.add(Expression::Leaf(Leaf {
            slot,
            test,
            ignore_case: leaf.ci && folds,
            every_element: leaf.elements == Elements::All && !asks_whole_array,
            when_missing: dialect & bits::OPPOSITE != 0,
            dialect,
        }))
    }

    pub(super) fn unit_in_list(&mut self, id: &str) -> ExpressionId {
        let list = self.ruleset.lists.get(id);
        let slot = self.unit(list.and_then(|list| list.unit.as_deref()).unwrap_or("user"));
        self.in_list(slot, id)
    }

    pub(super) fn in_list(&mut self, slot: SlotId, id: &str) -> ExpressionId {
        let Some(list) = self.ruleset.lists.get(id) else {
            return self.never();
        };
        self.members(slot, id, list.values.iter().map(String::as_str))
    }

    /// Ids written into a condition leave the server only as hashes.
    fn hidden_members(&mut self, leaf: &'a model::Leaf, slot: SlotId) -> Option<ExpressionId> {
        if self.audience == Audience::Server || leaf.unit.is_none() || !names_ids(&leaf.op) {
            return None;
        }
        let members = match leaf.value.as_ref()? {
            Value::Array(members) => members.as_slice(),
            member @ Value::String(_) => std::slice::from_ref(member),
            _ => return None,
        };
        // A hash has no upper and lower case; but nothing is in an empty array.
        if leaf.ci && !members.is_empty() {
            return Some(self.add(Expression::Unknown));
        }
        // A unit is text: other members never match.
        Some(self.members(slot, "", members.iter().filter_map(Value::as_str)))
    }

    /// Membership in a list, whose hashes are salted with the environment and the list's id.
    pub(super) fn members<'t>(
        &mut self,
        slot: SlotId,
        id: &str,
        texts: impl Iterator<Item = &'t str>,
    ) -> ExpressionId {
        let salt = format!("{}/{id}", self.ruleset.environment);
        let seeds = [0, 1].map(|seed| murmur3_x86_32(salt.as_bytes(), seed));
        let hash = |text: &str| {
            let [high, low] = seeds.map(|seed| murmur3_x86_32(text.as_bytes(), seed));
            u64::from(high) << 32 | u64::from(low)
        };
        let mut hashes: Vec<u64> = texts.map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let list = List { seeds, hashes };
        let lists = &mut self.lowered.program.lists;
        let place = lists
            .iter()
            .position(|known| *known == list)
            .unwrap_or_else(|| {
                lists.push(list);
                self.lowered.lists.push(id.to_owned());
                lists.len() - 1
            });
        self.add(Expression::Leaf(Leaf {
            slot,
            test: Test::InList(index(place)),
            ignore_case: false,
            every_element: false,
            when_missing: false,
            dialect: 0,
        }))
    }

    /// What is asked of another flag.
    pub(super) fn flag_is(&mut self, key: &str, test: &model::FlagTest) -> ExpressionId {
        let Some(flag) = self.ruleset.flags.get(key) else {
            return self.never();
        };
        let Some(id) = self.flags.get(key).copied() else {
            return self.add(Expression::Unknown);
        };
        let mut outcomes: Vec<Outcome> = if let Some(names) = &test.variants {
            names
                .iter()
                .map(|name| super::variant(flag, name))
                .collect()
        } else if let Some(test) = &test.value {
            let question = Question::from(test);
            let holds = |value: &Value| constant::holds(question, value);
            let variants = flag.variants.values().enumerate();
            let variants = variants.filter(|(_, value)| holds(value));
            let null = holds(&Value::Null).then_some(Outcome::Null);
            variants
                .map(|(i, _)| Outcome::Variant(index(i)))
                .chain(null)
                .collect()
        } else {
            let on = self.add(Expression::FlagIs {
                flag: id,
                outcomes: FlagTest::On,
            });
            let wants_off = test.is == Some(model::FlagState::Disabled);
            return if wants_off { self.not(on) } else { on };
        };
        outcomes.sort_unstable();
        outcomes.dedup();
        if outcomes.is_empty() {
            return self.never();
        }
        self.add(Expression::FlagIs {
            flag: id,
            outcomes: FlagTest::OneOf(outcomes),
        })
    }

    /// A demand on another flag.
    pub(super) fn demand(&mut self, demand: &model::Prerequisite) -> ExpressionId {
        let has_demands = |flag: &model::Flag| !flag.prerequisites.is_empty();
        let other = self.ruleset.flags.get(&demand.flag);
        if demand.chain == model::Chain::Forbid && other.is_some_and(has_demands) {
            return self.never();
        }
        self.flag_is(&demand.flag, &demand.test)
    }

    pub(super) fn pin(&mut self, pin: &model::Pin, scope: Scope<'_>) -> ExpressionId {
        if let Some(model::UnitReference::Attribute { attribute, .. }) = &pin.unit
            && self.is_hidden(declared_as(&self.ruleset.attributes, attribute))
        {
            return self.add(Expression::Unknown);
        }
        let slot = match &pin.unit {
            Some(unit) => self.unit_reference(unit),
            None => self.unit(scope.unit),
        };
        match (&pin.list, &pin.values) {
            (Some(list), _) => self.in_list(slot, list),
            (None, Some(values)) => self.members(slot, "", values.iter().map(String::as_str)),
            (None, None) => self.never(),
        }
    }
}
