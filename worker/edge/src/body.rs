//! Bodies of requests, of which no more is kept than may be.

use futures_util::StreamExt as _;
use worker::{Request, Result};

/// Reads at most `max` bytes; nothing when there are more.
///
/// What is too long is read on without being kept, so that the client has sent it and listens to
/// the answer, and cut off after `drained` bytes, where that stops being polite.
pub(crate) async fn read(
    request: &mut Request,
    max: usize,
    drained: usize,
) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    let Ok(mut stream) = request.stream() else {
        return Ok(Some(bytes));
    };
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        total = total.saturating_add(chunk.len());
        if total > drained {
            break;
        }
        if total <= max {
            bytes.extend(chunk);
        }
    }
    Ok((total <= max).then_some(bytes))
}
