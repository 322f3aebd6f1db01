//! Reads JSON text and notices what an ordinary reader swallows: fields that occur twice.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::report::{At, Code, Report};

/// Reads a part of a ruleset, such as one flag, before it is put into its place: the value of the text, and a
/// problem for every field that occurs twice in its object, of which the last is in the value.
///
/// Nesting is limited by `serde_json` (128 levels), so no text can exhaust the stack.
///
/// # Errors
///
/// Text that is not JSON; it is the last problem.
///
/// Example:
/// ```
/// let (value, twice) = pennon_ruleset::read_json(r#"{ "on": true, "on": false }"#)?;
/// assert_eq!(value["on"], false);
/// assert_eq!(twice.problems[0].path, "/on");
/// # Ok::<(), pennon_ruleset::Report>(())
/// ```
pub fn read(text: &str) -> Result<(Value, Report), Report> {
    let report = RefCell::new(Report::default());
    let mut input = serde_json::Deserializer::from_str(text);
    let seed = Seed {
        at: At::Root,
        report: &report,
    };
    let value = seed
        .deserialize(&mut input)
        .and_then(|value| input.end().map(|()| value));
    match value {
        Ok(value) => Ok((value, report.into_inner())),
        Err(error) => {
            let mut report = report.into_inner();
            let help = "mend the JSON text at that line and column";
            report.error(Code::Syntax, &At::Root, format!("not JSON: {error}"), help);
            Err(report)
        }
    }
}

struct Seed<'a> {
    at: At<'a>,
    report: &'a RefCell<Report>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        loop {
            let at = self.at.index(elements.len());
            match input.next_element_seed(Seed {
                at,
                report: self.report,
            })? {
                Some(element) => elements.push(element),
                None => return Ok(Value::Array(elements)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = input.next_key::<String>()? {
            let at = self.at.field(&name);
            let value = input.next_value_seed(Seed {
                at,
                report: self.report,
            })?;
            if fields.contains_key(&name) {
                let message = format!("the field `{name}` occurs twice");
                let help = "keep one of the two";
                self.report
                    .borrow_mut()
                    .error(Code::DuplicateKey, &at, message, help);
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}
