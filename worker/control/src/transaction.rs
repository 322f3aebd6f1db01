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
/// Writes without an `await` between them reach the disk together anyway, but an error half-way
/// leaves the first half written (seen on workerd 1.20261023): this rolls it back, and a trap in
/// the block does the same.
///
/// # Errors
///
/// Those of `block`, after the roll-back, and those of the platform.
pub(crate) fn transaction<T>(storage: &Storage, block: impl FnOnce() -> Result<T>) -> Result<T> {
    let raw: &SynchronousStorage = storage.as_raw().unchecked_ref();
    let mut block = Some(block);
    let mut outcome = None;
    let committed = raw.transaction_sync(&mut || {
        outcome = block.take().map(|block| block());
        match &outcome {
            Some(Ok(_)) => Ok(()),
            // What is thrown only makes the platform roll back; the error itself stays in Rust.
            _ => Err(JsValue::from_str("rolled back")),
        }
    });
    match (committed, outcome) {
        (Ok(()), Some(outcome)) | (Err(_), Some(outcome @ Err(_))) => outcome,
        (Err(error), _) => Err(Error::from(error)),
        (Ok(()), None) => Err(Error::from("the platform did not run a transaction")),
    }
}
