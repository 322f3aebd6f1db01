//! Numbers whose text a JSON value does not keep: `1e2`, `1.50`, and those with too many digits.

use serde_json::{Map, Value};

/// The texts of numbers that `serde_json` would print otherwise, by JSON pointer.
///
/// INVARIANT: the text is JSON.
pub(crate) fn lost(text: &str) -> Map<String, Value> {
    let mut reader = Reader {
        rest: text,
        at: String::new(),
        lost: Map::new(),
    };
    reader.value();
    reader.lost
}

/// JSON text of a value, with the numbers at these pointers as they were written.
pub(crate) fn print(value: &Value, numbers: &Map<String, Value>) -> String {
    let mut out = String::new();
    write(value, &mut String::new(), numbers, &mut out);
    out
}

fn write(value: &Value, at: &mut String, numbers: &Map<String, Value>, out: &mut String) {
    match value {
        Value::Array(elements) => {
            out.push('[');
            for (i, element) in elements.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                inside(&i.to_string(), at, |at| write(element, at, numbers, out));
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (i, (name, value)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                inside(name, at, |at| write(value, at, numbers, out));
            }
            out.push('}');
        }
        Value::Number(number) => match numbers.get(at.as_str()).and_then(Value::as_str) {
            // Only as long as it is still that number.
            Some(text)
                if serde_json::from_str(text).ok() == Some(Value::Number(number.clone())) =>
            {
                out.push_str(text);
            }
            _ => out.push_str(&number.to_string()),
        },
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// Does something one step deeper.
fn inside(token: &str, at: &mut String, then: impl FnOnce(&mut String)) {
    let len = at.len();
    at.push('/');
    at.push_str(&token.replace('~', "~0").replace('/', "~1"));
    then(at);
    at.truncate(len);
}

struct Reader<'a> {
    rest: &'a str,
    at: String,
    lost: Map<String, Value>,
}

impl<'a> Reader<'a> {
    fn value(&mut self) {
        match self.peek() {
            Some('{') => self.group('}', true),
            Some('[') => self.group(']', false),
            Some('"') => {
                self.text();
            }
            _ => self.scalar(),
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn skip(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn group(&mut self, end: char, has_names: bool) {
        self.skip(1);
        let mut index = 0;
        while self.peek().is_some_and(|next| next != end) {
            let token = if has_names {
                let name = self.text();
                self.peek();
                self.skip(1);
                name
            } else {
                index.to_string()
            };
            index += 1;
            let mut at = std::mem::take(&mut self.at);
            inside(&token, &mut at, |at| {
                self.at.clone_from(at);
                self.value();
            });
            self.at = at;
            if self.peek() == Some(',') {
                self.skip(1);
            }
        }
        self.skip(1);
    }

    fn text(&mut self) -> String {
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find(|(_, letter)| {
            let ends = *letter == '"' && !is_escaped;
            is_escaped = *letter == '\\' && !is_escaped;
            ends
        });
        let len = end.map_or(self.rest.len(), |(at, _)| at + 1);
        serde_json::from_str(self.skip(len)).unwrap_or_default()
    }

    fn scalar(&mut self) {
        let is_part = |letter: char| !matches!(letter, ',' | ']' | '}') && !letter.is_whitespace();
        let len = self.rest.find(|letter| !is_part(letter));
        let text = self.skip(len.unwrap_or(self.rest.len()));
        if let Ok(Value::Number(number)) = serde_json::from_str(text)
            && number.to_string().as_str() != text
        {
            self.lost.insert(self.at.clone(), Value::from(text));
        }
    }
}
