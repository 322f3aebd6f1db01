//! The cache of the location: shared by its isolates, gone when it likes.

use worker::{Cache, Response, Result};

/// Header with the epoch milliseconds at which the copy was read from a store.
const READ_AT: &str = "X-Read-At";

/// A copy.
pub(super) struct Copy {
    pub(super) bytes: Vec<u8>,
    /// Epoch milliseconds when a store gave it.
    pub(super) read_at: u64,
}

/// The copy of a record or document.
pub(super) async fn get(name: &str) -> Result<Option<Copy>> {
    let Some(mut response) = Cache::default().get(address(name), false).await? else {
        return Ok(None);
    };
    let read_at = response.headers().get(READ_AT)?;
    Ok(Some(Copy {
        bytes: response.bytes().await?,
        read_at: read_at.and_then(|at| at.parse().ok()).unwrap_or(0),
    }))
}

/// Leaves a copy for at most so long.
pub(super) async fn put(name: &str, copy: Copy, max_age_seconds: u32) -> Result<()> {
    let response = Response::from_bytes(copy.bytes)?;
    let headers = response.headers();
    headers.set(
        "Cache-Control",
        &format!("public, max-age={max_age_seconds}"),
    )?;
    headers.set(READ_AT, &copy.read_at.to_string())?;
    Cache::default().put(address(name), response).await
}

/// The Cache API wants a URL; this host exists nowhere else.
fn address(name: &str) -> String {
    format!("https://stores.pennon.invalid/{name}")
}
