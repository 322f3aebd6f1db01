//! One value of a context, on its way into the slots that want it.

use std::borrow::Cow;
use std::fmt;

use pennon_core::Element;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Sink;

/// Largest integer below which every integer is a double.
const SAFE: f64 = 9_007_199_254_740_992.0;

/// A value, as an array that it is an element of wants to know it.
pub(super) enum Item<'de> {
    Text(Cow<'de, str>),
    Number(f64),
    Boolean(bool),
    Null,
    Opaque,
}

/// Puts a value into the slots of a node, and what is inside it into those below.
pub(super) struct NodeSeed<'s, 'a> {
    sink: &'s Sink<'a>,
    node: Option<u32>,
    /// Whether the text is needed once more, by an array.
    keeps_text: bool,
}

/// Reads the members of an object into the nodes below a node.
pub(super) fn read_children<'de, A: MapAccess<'de>>(
    sink: &Sink<'_>,
    node: u32,
    mut map: A,
) -> Result<(), A::Error> {
    while let Some(child) = map.next_key_seed(ChildOf(sink, node))? {
        match child {
            Some(child) => {
                sink.claim(child)?;
                map.next_value_seed(NodeSeed {
                    sink,
                    node: Some(child),
                    keeps_text: false,
                })?;
            }
            None => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(())
}

/// The node of a name that anybody wants.
struct ChildOf<'s, 'a>(&'s Sink<'a>, u32);

impl<'de> DeserializeSeed<'de> for ChildOf<'_, '_> {
    type Value = Option<u32>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<u32>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for ChildOf<'_, '_> {
    type Value = Option<u32>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<u32>, E> {
        Ok(self.0.tree.child(self.1, name))
    }
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_, '_> {
    type Value = Item<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Item<'de>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_, '_> {
    type Value = Item<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Item<'de>, E> {
        if !self.is_unit() {
            self.put(Element::Null);
        }
        Ok(Item::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Item<'de>, E> {
        if self.is_unit() {
            self.put(Element::Opaque);
        } else {
            self.put(Element::Boolean(value));
        }
        Ok(Item::Boolean(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles")]
    fn visit_i64<E>(self, value: i64) -> Result<Item<'de>, E> {
        self.put_number(value as f64, || Some(value.to_string()));
        Ok(Item::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles")]
    fn visit_u64<E>(self, value: u64) -> Result<Item<'de>, E> {
        self.put_number(value as f64, || Some(value.to_string()));
        Ok(Item::Number(value as f64))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and below 2^53 where it is used"
    )]
    fn visit_f64<E>(self, value: f64) -> Result<Item<'de>, E> {
        // 1.0 is one, as JavaScript cannot tell it from 1.
        let is_whole = value.fract() == 0.0 && value.abs() < SAFE;
        self.put_number(value, || is_whole.then(|| (value as i64).to_string()));
        Ok(Item::Number(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Item<'de>, E> {
        self.put(Element::Text(text));
        Ok(Item::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Item<'de>, E> {
        self.put(Element::Text(text));
        if self.keeps_text {
            Ok(Item::Text(Cow::Owned(text.to_owned())))
        } else {
            Ok(Item::Opaque)
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Item<'de>, A::Error> {
        let tree = self.sink.tree;
        let node = self.node.and_then(|node| tree.node(node));
        let keeps_text = node.is_some_and(|node| !node.slots.is_empty() && !node.is_unit);
        let looks_inside = node.is_some_and(super::super::tree::Node::has_children);
        let mut items = Vec::new();
        for index in 0_usize.. {
            let inside = self.node.filter(|_| looks_inside);
            let child = inside.and_then(|node| tree.child(node, &index.to_string()));
            if let Some(child) = child {
                self.sink.claim(child)?;
            }
            let seed = NodeSeed {
                sink: self.sink,
                node: child,
                keeps_text,
            };
            match seq.next_element_seed(seed)? {
                Some(item) if keeps_text => items.push(item),
                Some(_) => {}
                None => break,
            }
        }
        self.put_array(&items);
        Ok(Item::Opaque)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item<'de>, A::Error> {
        self.put(Element::Opaque);
        match self.node {
            Some(node) => read_children(self.sink, node, map)?,
            None => while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {},
        }
        Ok(Item::Opaque)
    }
}

impl NodeSeed<'_, '_> {
    fn slots(&self) -> &[u32] {
        let node = self.node.and_then(|node| self.sink.tree.node(node));
        node.map_or(&[], |node| &node.slots)
    }

    fn is_unit(&self) -> bool {
        let node = self.node.and_then(|node| self.sink.tree.node(node));
        node.is_some_and(|node| node.is_unit)
    }

    fn put(&self, value: Element<'_>) {
        let mut context = self.sink.context.borrow_mut();
        for slot in self.slots() {
            match value {
                Element::Text(text) => context.set_text(*slot, text),
                Element::Number(number) => context.set_number(*slot, number),
                Element::Boolean(value) => context.set_boolean(*slot, value),
                Element::Null => context.set_null(*slot),
                Element::Opaque => context.set_opaque(*slot),
            }
        }
    }

    /// Ids are text: a number is one when it is whole.
    fn put_number(&self, number: f64, as_id: impl FnOnce() -> Option<String>) {
        if !self.is_unit() {
            return self.put(Element::Number(number));
        }
        match as_id() {
            Some(id) => self.put(Element::Text(&id)),
            None => self.put(Element::Opaque),
        }
    }

    fn put_array(&self, items: &[Item<'_>]) {
        if self.is_unit() {
            return self.put(Element::Opaque);
        }
        let elements: Vec<Element<'_>> = items.iter().map(Item::as_element).collect();
        for slot in self.slots() {
            self.sink.context.borrow_mut().set_array(*slot, &elements);
        }
    }
}

impl Item<'_> {
    fn as_element(&self) -> Element<'_> {
        match self {
            Item::Text(text) => Element::Text(text),
            Item::Number(number) => Element::Number(*number),
            Item::Boolean(value) => Element::Boolean(*value),
            Item::Null => Element::Null,
            Item::Opaque => Element::Opaque,
        }
    }
}
