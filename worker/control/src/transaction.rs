//! All of a block's writes, or none of them.

use wasm_bindgen::prelude::*;
use worker::{Error, Result, Storage};

#[wasm_bindgen]
extern "C" {
    /// The part of `DurableObjectStorage` that the `worker` crate does not bind.
    #[wasm_bindgen(extends = js_sys::Object)]
    type SynchronousStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SynchronousStorage,
        block: &mut dyn FnMut() -> std::result::Result<(), JsValue>,
    ) -> std::result::Result<(), JsValue>;
}

/// Runs `block` in one synchronous transaction of the object's `SQLite` database.
///
/// Writes without an `await` between them are committed together by the platform anyway, but an
/// error half-way would commit the first half: this rolls it back, and a trap in the block does
/// the same.
///
/// # Errors
///
/// Those of `block`, after the roll-back, and those of the platform.
pub(crate) fn transaction<T>(storage: &Storage, block: impl FnOnce() -> Result<T>) -> Result<T> {
    let raw: &SynchronousStorage = storage.as_raw().unchecked_ref();
    let mut pending = Some(block);
    let mut outcome = None;
    let committed = raw.transaction_sync(&mut || {
        let Some(block) = pending.take() else {
            return Err(JsValue::from_str("the platform ran a transaction twice"));
        };
        match block() {
            Ok(value) => {
                outcome = Some(value);
                Ok(())
            }
            Err(error) => Err(JsValue::from(error)),
        }
    });
    committed.map_err(Error::from)?;
    outcome.ok_or_else(|| Error::from("the platform did not run a transaction"))
}
