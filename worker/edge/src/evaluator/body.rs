//! Reads a question's JSON straight into the slots of a plan: no tree of values is built.

mod item;

use std::cell::{Cell, RefCell};
use std::fmt;

use pennon_core::Context;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::tree::{ATTRIBUTES, GROUPS, Tree, UNITS};
use crate::error::{Failure, FailureKind};

/// The longest body.
pub(crate) const MAX_BODY_BYTES: usize = 65_536;
/// Flags that one question may name.
const MAX_KEYS: usize = 1_000;

/// Fills the context, and returns the keys of the flags in question; all, when none are named.
///
/// # Errors
///
/// 400, with the place where the body differs from what it should be.
pub(super) fn read(
    body: &[u8],
    tree: &Tree,
    context: &mut Context,
) -> Result<Option<Vec<String>>, Failure> {
    if std::str::from_utf8(body).is_err() {
        let message = "the body is not UTF-8";
        return Err(Failure::new(FailureKind::InvalidUtf8, message));
    }
    let sink = Sink {
        tree,
        context: RefCell::new(context),
        seen: RefCell::new(vec![false; tree.len()]),
        path: Cell::new(""),
        has_context: Cell::new(false),
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let keys = json
        .deserialize_map(Top(&sink))
        .and_then(|keys| json.end().map(|()| keys));
    match keys {
        Ok(keys) if sink.has_context.get() => Ok(keys),
        Ok(_) => {
            let message = "a question needs a `context`, which may be empty";
            Err(Failure::new(FailureKind::InvalidBody, message).at("/context"))
        }
        Err(error) if error.is_data() => {
            Err(Failure::new(FailureKind::InvalidBody, error.to_string()).at(sink.path.get()))
        }
        Err(error) => Err(Failure::new(
            FailureKind::InvalidJson,
            format!("the body is not JSON: {error}"),
        )),
    }
}

/// Where values go.
struct Sink<'a> {
    tree: &'a Tree,
    context: RefCell<&'a mut Context>,
    /// Names that have had a value: JSON may repeat them, and then nobody knows which one is meant.
    seen: RefCell<Vec<bool>>,
    /// JSON pointer to what is being read.
    path: Cell<&'static str>,
    has_context: Cell<bool>,
}

impl Sink<'_> {
    fn claim<E: Error>(&self, node: u32) -> Result<(), E> {
        let at = usize::try_from(node).unwrap_or(usize::MAX);
        match self.seen.borrow_mut().get_mut(at) {
            Some(seen) if *seen => Err(E::custom("a name occurs twice")),
            Some(seen) => {
                *seen = true;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// The whole body.
struct Top<'s, 'a>(&'s Sink<'a>);

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = Option<Vec<String>>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with a `context`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = None;
        while let Some(field) = map.next_key_seed(FieldOf(&["context", "flags"]))? {
            match field {
                Some("context") => {
                    self.0.path.set("/context");
                    if self.0.has_context.replace(true) {
                        return Err(A::Error::custom("`context` occurs twice"));
                    }
                    map.next_value_seed(ContextSeed(self.0))?;
                }
                Some(_) => {
                    self.0.path.set("/flags");
                    keys = map.next_value_seed(KeysSeed)?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(keys)
    }
}

/// One of a few names, or none of them.
struct FieldOf(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for FieldOf {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldOf {
    type Value = Option<&'static str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|field| **field == name).copied())
    }
}

/// `context`.
struct ContextSeed<'s, 'a>(&'s Sink<'a>);

impl<'de> DeserializeSeed<'de> for ContextSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ContextSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with `units`, `attributes` and `groups`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        const PARTS: [(&str, u32, &str); 3] = [
            ("units", UNITS, "/context/units"),
            ("attributes", ATTRIBUTES, "/context/attributes"),
            ("groups", GROUPS, "/context/groups"),
        ];
        while let Some(field) = map.next_key_seed(FieldOf(&["units", "attributes", "groups"]))? {
            match PARTS.iter().find(|(name, ..)| Some(*name) == field) {
                Some((_, node, path)) => {
                    self.0.path.set(path);
                    self.0.claim(*node)?;
                    map.next_value_seed(PartSeed(self.0, *node))?;
                    self.0.path.set("/context");
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// `units`, `attributes` or `groups`; null is nothing.
struct PartSeed<'s, 'a>(&'s Sink<'a>, u32);

impl<'de> DeserializeSeed<'de> for PartSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PartSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        item::read_children(self.0, self.1, map)
    }
}

/// `flags`: keys, or null for all.
struct KeysSeed;

impl<'de> DeserializeSeed<'de> for KeysSeed {
    type Value = Option<Vec<String>>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeysSeed {
    type Value = Option<Vec<String>>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array of keys of flags")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut keys: Vec<String> = Vec::new();
        while let Some(key) = seq.next_element::<String>()? {
            if keys.len() >= MAX_KEYS {
                let message = format!("a question names at most {MAX_KEYS} flags");
                return Err(A::Error::custom(message));
            }
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(Some(keys))
    }
}
