//! Nobody waits for ever.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{Delay, Error, Result};

/// The outcome of `work`, or an error when it takes longer than `limit`.
///
/// The work is boxed: code for each kind of work would be a good part of the Worker.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    let work: Pin<Box<dyn Future<Output = Result<T>> + '_>> = Box::pin(work);
    match select(work, pin!(Delay::from(limit))).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => {
            let message = format!("no answer within {} ms", limit.as_millis());
            Err(Error::RustError(message))
        }
    }
}
