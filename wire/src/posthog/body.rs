//! How bodies of `POST` requests are packed (section 8.2).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::Refusal;

/// Clients leave out padding, and some set bits that it makes meaningless.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

const UNREADABLE: Refusal =
    Refusal::new(400, "the body is no JSON in any packing that is known here");

/// What a request says about its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct BodyHints<'a> {
    /// Header `content-type`.
    pub content_type: &'a str,
    /// Query parameter `compression`.
    pub compression: Option<&'a str>,
}

/// Whether a body is compressed, which no header needs to say: posthog-js sends gzip as plain text.
pub fn is_gzip(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b])
}

/// Reads the JSON of a body that is decompressed already.
///
/// Text that is no UTF-8 is repaired, and so are `NaN` and `Infinity`, which become `null`.
///
/// # Errors
///
/// 400 for a `compression` that is unknown, or for a body that cannot be read.
pub fn json(body: &[u8], hints: BodyHints<'_>) -> Result<Value, Refusal> {
    let is_packed = match hints.compression {
        None | Some("" | "gzip" | "gzip-js") => false,
        Some("base64") => true,
        Some(_) => {
            return Err(Refusal::new(
                400,
                "`compression` is gzip, gzip-js or base64",
            ));
        }
    };
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with(['{', '[']) {
        return lenient(text).ok_or(UNREADABLE);
    }
    let is_form = hints
        .content_type
        .starts_with("application/x-www-form-urlencoded");
    let field = text
        .split('&')
        .find_map(|field| field.strip_prefix("data="));
    let packed = match field {
        Some(field) => percent_decode_str(field).decode_utf8_lossy(),
        None if is_packed || is_form => text.into(),
        None => return base64_json(text).ok_or(UNREADABLE),
    };
    if packed.starts_with(['{', '[']) {
        return lenient(&packed).ok_or(UNREADABLE);
    }
    base64_json(&packed).ok_or(UNREADABLE)
}

/// A form turns `+` into a space where a client did not escape it.
fn base64_json(text: &str) -> Option<Value> {
    let text: String = text
        .chars()
        .map(|sign| if sign == ' ' { '+' } else { sign })
        .filter(|sign| !matches!(sign, '\r' | '\n'))
        .collect();
    let bytes = BASE64.decode(text).ok()?;
    lenient(&String::from_utf8_lossy(&bytes))
}

/// JSON, with what JavaScript and Python write beyond it read as `null` or U+FFFD.
fn lenient(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&repaired(text)))
        .ok()
}

/// The text with numbers that JSON does not have replaced by `null`, and lone surrogates by U+FFFD.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, quoted) = rest.split_at(at);
        out.push_str(&without_odd_numbers(before));
        let end = end_of_string(quoted);
        let (string, after) = quoted.split_at(end);
        push_string(&mut out, string);
        rest = after;
    }
    out.push_str(&without_odd_numbers(rest));
    out
}

fn without_odd_numbers(text: &str) -> String {
    text.replace("-Infinity", "null")
        .replace("Infinity", "null")
        .replace("NaN", "null")
}

/// Where a string that begins with its quote ends, behind the closing one.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

/// Copies a string; `\uD800` without its other half becomes `\uFFFD`.
fn push_string(out: &mut String, string: &str) {
    let mut rest = string;
    while let Some(at) = rest.find("\\u") {
        // An escaped backslash before the `u` makes it a letter.
        let (before, escape) = rest.split_at(at);
        let is_letter = before
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        out.push_str(before);
        let taken = match (is_letter, unit(escape), escape.get(6..).and_then(unit)) {
            (true, _, _) | (_, None, _) => 2,
            (_, Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (_, Some(0xd800..=0xdfff), _) => {
                out.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            _ => 6,
        };
        let (kept, after) = escape.split_at_checked(taken).unwrap_or((escape, ""));
        out.push_str(kept);
        rest = after;
    }
    out.push_str(rest);
}

/// The UTF-16 unit of an escape `\uXXXX` at the beginning of a text.
fn unit(escape: &str) -> Option<u16> {
    u16::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok()
}
