//! Nobody waits for ever.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{Delay, Error, Result};

/// The outcome of `work`.
///
/// # Errors
///
/// Its own, and one when it takes longer than `limit`; what it does may happen all the same.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    match select(pin!(work), pin!(Delay::from(limit))).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => {
            let message = format!("no answer within {} ms", limit.as_millis());
            Err(Error::RustError(message))
        }
    }
}
