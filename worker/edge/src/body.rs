//! Bodies of requests, of which no more is kept than may be.

use worker::js_sys::Uint8Array;
use worker::wasm_bindgen::JsCast as _;
use worker::wasm_bindgen_futures::JsFuture;
use worker::worker_sys::web_sys::Request;
use worker::{Error, Result};

use crate::platform;

/// A body that is perhaps still on its way.
pub(crate) struct Body<'a> {
    request: &'a Request,
    /// What came with the request.
    read: Option<Vec<u8>>,
}

impl<'a> Body<'a> {
    /// The body of a request, with its bytes where they were read already.
    pub(crate) fn of(request: &'a Request, read: Option<Vec<u8>>) -> Body<'a> {
        Body { request, read }
    }

    /// At most `max` bytes; nothing when there are more.
    ///
    /// What is too long is read on without being kept, so that the client has sent it and listens
    /// to the answer, and cut off after `drained` bytes, where that stops being polite.
    pub(crate) async fn bytes(self, max: usize, drained: usize) -> Result<Option<Vec<u8>>> {
        if let Some(bytes) = self.read {
            return Ok((bytes.len() <= max).then_some(bytes));
        }
        let read = JsFuture::from(platform::body(self.request, max, drained)).await;
        let bytes = read.map_err(Error::from)?;
        Ok(bytes.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec))
    }
}
