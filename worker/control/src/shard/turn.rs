//! One at a time, across awaits.

use std::cell::Cell;
use std::time::Duration;

use worker::{Delay, Error, Result};

/// How long somebody who waits sleeps between looks.
const PAUSE: Duration = Duration::from_millis(20);
/// How often somebody looks before giving up: half a minute.
const LOOKS: u32 = 1500;

/// Whether somebody is at work on the files of the bucket.
#[derive(Debug, Default)]
pub(super) struct Turn(Cell<bool>);

/// The right to work; dropping it lets the next one in.
#[derive(Debug)]
pub(super) struct Held<'a>(&'a Cell<bool>);

impl Turn {
    /// Waits until nobody else is at work.
    ///
    /// # Errors
    ///
    /// When that takes longer than half a minute.
    pub(super) async fn take(&self) -> Result<Held<'_>> {
        for _ in 0..LOOKS {
            if !self.0.replace(true) {
                return Ok(Held(&self.0));
            }
            Delay::from(PAUSE).await;
        }
        Err(Error::from("the files of the raw log are being worked on"))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
