//! Gzip by the platform: its streams compress natively, many times faster than WebAssembly.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Error, Result};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = js_sys::Object)]
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> std::result::Result<CompressionStream, JsValue>;

    #[wasm_bindgen(extends = js_sys::Object)]
    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> std::result::Result<DecompressionStream, JsValue>;

    /// A `Response` is the shortest way from bytes to a stream and back.
    #[wasm_bindgen(js_name = Response)]
    type Content;
    #[wasm_bindgen(constructor, catch, js_class = "Response")]
    fn new(content: &JsValue) -> std::result::Result<Content, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Content) -> Option<ByteStream>;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Content) -> std::result::Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(js_name = ReadableStream)]
    type ByteStream;
    #[wasm_bindgen(method, catch, js_name = pipeThrough)]
    fn pipe_through(
        this: &ByteStream,
        through: &js_sys::Object,
    ) -> std::result::Result<ByteStream, JsValue>;
}

/// The bytes in one gzip member.
///
/// # Errors
///
/// Those of the platform.
pub(crate) async fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let stream = CompressionStream::new("gzip")?;
    through(bytes, &stream).await
}

/// The bytes that a gzip file holds.
///
/// # Errors
///
/// When it is not gzip, or is cut off.
pub(crate) async fn decompress(bytes: &[u8]) -> Result<Vec<u8>> {
    let stream = DecompressionStream::new("gzip")?;
    through(bytes, &stream).await
}

async fn through(bytes: &[u8], stream: &js_sys::Object) -> Result<Vec<u8>> {
    let content = Content::new(&Uint8Array::from(bytes).into())?;
    let body = content
        .body()
        .ok_or_else(|| Error::from("bytes have no stream"))?;
    let changed = Content::new(&body.pipe_through(stream)?.into())?;
    let buffer = JsFuture::from(changed.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec())
}
