//! The few crossings into JavaScript that every request makes, see `platform.js`.

use worker::js_sys::{Promise, Reflect};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsValue};
use worker::worker_sys::web_sys;

#[wasm_bindgen(module = "/src/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = head)]
    fn head_text(request: &web_sys::Request) -> String;

    /// The promise of a body of at most `max` bytes, or of nothing when there are more.
    pub(crate) fn body(request: &web_sys::Request, max: usize, drained: usize) -> Promise;

    /// An answer with a text, as the platform sends it.
    pub(crate) fn text(
        status: u16,
        is_json: bool,
        lines: &str,
        text: Option<&str>,
    ) -> web_sys::Response;

    /// An answer with bytes.
    pub(crate) fn bytes(
        status: u16,
        is_compressed: bool,
        lines: &str,
        bytes: Option<&[u8]>,
    ) -> web_sys::Response;
}

/// What the platform says of a request under a name of `request.cf`; nothing, where it says nothing.
pub(crate) fn cf(request: &web_sys::Request, name: &str) -> Option<String> {
    let cf = Reflect::get(request, &JsValue::from_str("cf")).ok()?;
    if !cf.is_object() {
        return None;
    }
    let value = Reflect::get(&cf, &JsValue::from_str(name)).ok()?;
    value.as_string().filter(|text| !text.is_empty())
}

/// A line of a request's head.
pub(crate) fn header(request: &web_sys::Request, name: &str) -> Option<String> {
    request.headers().get(name).ok().flatten()
}

/// What is read of a request at once.
///
/// # Shape
///
/// Header lines that are absent are empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    /// Epoch milliseconds of the arrival.
    pub(crate) now: u64,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) authorization: String,
    pub(crate) origin: String,
    pub(crate) if_none_match: String,
}

impl Head {
    /// Reads the head of a request that came at `now`, in epoch milliseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "JavaScript's times are whole numbers of this century"
    )]
    pub(crate) fn of(request: &web_sys::Request, now: f64) -> Head {
        let text = head_text(request);
        // No line of a head can hold the end of a line.
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or_default().to_owned();
        Head {
            now: now as u64,
            method: next(),
            url: next(),
            authorization: next(),
            origin: next(),
            if_none_match: next(),
        }
    }

    /// The path of the address, without its query.
    pub(crate) fn path(&self) -> &str {
        let after_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let start = after_scheme.find('/').unwrap_or(after_scheme.len());
        let path = after_scheme.get(start..).unwrap_or_default();
        path.split(['?', '#']).next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn the_path_is_what_stands_between_host_and_query() {
        for (url, path) in [
            ("https://edge.example/v1/config/pk_a?x=1", "/v1/config/pk_a"),
            ("http://127.0.0.1:8787/", "/"),
            ("http://127.0.0.1:8787", ""),
            ("http://h/a?b=/c#d", "/a"),
        ] {
            let head = Head {
                url: url.to_owned(),
                ..Head::default()
            };
            assert_eq!(head.path(), path);
        }
    }
}
