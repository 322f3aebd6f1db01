//! What the core asks of the Worker.
//!
//! Two answers of the standard library are given in other ways, since their tables would be a
//! twentieth of the Worker: numbers are read by the JSON reader that is here anyway, and the
//! platform folds case.

use pennon_core::{Host, TextTest};
use pennon_ruleset::StdHost;

/// The host of tools and servers for patterns, and the platform for everything else.
#[derive(Default)]
pub(super) struct EdgeHost(StdHost);

impl Host for EdgeHost {
    fn matches(&self, id: u32, pattern: &[u8], text: &[u8]) -> Option<bool> {
        self.0.matches(id, pattern, text)
    }

    fn test_folded(&self, how: TextTest, text: &[u8], operand: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let text = lower_case(text);
        how.holds(text.as_bytes(), operand)
    }

    fn parse_number(&self, text: &[u8]) -> Option<f64> {
        number(std::str::from_utf8(text).ok()?)
    }

    fn random(&self) -> u32 {
        crate::chance::number()
    }
}

#[cfg(target_arch = "wasm32")]
fn lower_case(text: &str) -> String {
    worker::js_sys::JsString::from(text).to_lower_case().into()
}

#[cfg(not(target_arch = "wasm32"))]
fn lower_case(text: &str) -> String {
    text.to_lowercase()
}

/// Reads what `str::parse` reads as a double: the text is brought into the form of JSON.
fn number(text: &str) -> Option<f64> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => ("-", text.get(1..)?),
        b'+' => ("", text.get(1..)?),
        _ => ("", text),
    };
    let infinite = f64::INFINITY.copysign(if sign.is_empty() { 1.0 } else { -1.0 });
    if unsigned.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN.copysign(infinite));
    }
    if unsigned.eq_ignore_ascii_case("inf") || unsigned.eq_ignore_ascii_case("infinity") {
        return Some(infinite);
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let is_exponent = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        !digits.is_empty() && is_digits(digits)
    };
    if !exponent.is_none_or(is_exponent) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let part = if part.is_empty() { "0" } else { part };
    let json = [sign, whole, ".", part, "e", exponent.unwrap_or("0")].concat();
    // What is left to refuse is beyond the largest double.
    Some(serde_json::from_slice(json.as_bytes()).unwrap_or(infinite))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in [
            "0",
            "-0",
            "1",
            "+1",
            "-1",
            "007",
            "1.5",
            "1.",
            ".5",
            "-.5",
            "1e3",
            "1E3",
            "1e+3",
            "1e-3",
            "1.e2",
            ".5e-2",
            "0.1",
            "1e308",
            "1e309",
            "-1e309",
            "1e-400",
            "9007199254740993",
            "18446744073709551616",
            "123456789012345678901234567890",
            "4.35",
            "2.2250738585072011e-308",
            "",
            "+",
            "-",
            ".",
            "e3",
            "1e",
            "1e+",
            "+-1",
            "--1",
            "1 ",
            " 1",
            "1_000",
            "0x10",
            "1.2.3",
            "1e1e1",
            "inf",
            "-infinity",
            "+Inf",
            "NaN",
            "-nan",
            "infinit",
            "inf1",
            "١",
            "1e1.5",
            "null",
            "\"1\"",
            "[1]",
        ] {
            let expected: Option<f64> = text.parse().ok();
            let read = number(text);
            assert_eq!(read.map(f64::to_bits), expected.map(f64::to_bits), "{text}");
        }
    }
}
