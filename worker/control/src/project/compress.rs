//! Compressed copies of snapshots, made once so that the edge never has to.

use wasm_bindgen::prelude::*;
use worker::js_sys::{Object, Reflect, Uint8Array};
use worker::{Error, Result};

#[wasm_bindgen(module = "node:zlib")]
extern "C" {
    /// The platform's own: many times faster than WebAssembly, and no byte of the script.
    #[wasm_bindgen(js_name = brotliCompressSync, catch)]
    fn brotli_compress(bytes: &[u8], options: &JsValue)
    -> std::result::Result<Uint8Array, JsValue>;

    #[wasm_bindgen(js_name = gzipSync, catch)]
    fn gzip_compress(bytes: &[u8]) -> std::result::Result<Uint8Array, JsValue>;
}

/// `BROTLI_PARAM_QUALITY` and `BROTLI_PARAM_SIZE_HINT` of the library.
const QUALITY: u32 = 1;
const SIZE_HINT: u32 = 5;

/// The bytes in gzip.
///
/// # Errors
///
/// Those of the platform.
pub(super) fn gzip(body: &[u8]) -> Result<Vec<u8>> {
    Ok(gzip_compress(body).map_err(Error::from)?.to_vec())
}

/// The bytes in brotli.
///
/// # Errors
///
/// Those of the platform.
pub(super) fn brotli(body: &[u8]) -> Result<Vec<u8>> {
    let parameters = Object::new();
    let size = u32::try_from(body.len()).unwrap_or(u32::MAX);
    for (parameter, value) in [(QUALITY, quality(body.len())), (SIZE_HINT, size)] {
        Reflect::set(&parameters, &parameter.into(), &value.into()).map_err(Error::from)?;
    }
    let options = Object::new();
    Reflect::set(&options, &"params".into(), &parameters).map_err(Error::from)?;
    let compressed = brotli_compress(body, &options).map_err(Error::from)?;
    Ok(compressed.to_vec())
}

/// The best that takes less than about 100 ms: whoever publishes waits for it.
fn quality(n: usize) -> u32 {
    match n {
        0..65_536 => 11,
        65_536..1_048_576 => 9,
        _ => 5,
    }
}
