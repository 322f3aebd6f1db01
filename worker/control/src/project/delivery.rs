//! From the outbox to the stores that the edge reads.

use std::cell::Cell;
use std::time::Duration;

use worker::{Env, Storage, console_warn};

use crate::store::{Db, outbox};

/// Binding of the KV namespace.
const SNAPSHOTS: &str = "SNAPSHOTS";
/// Binding of the bucket.
const ARCHIVE: &str = "ARCHIVE";

/// The longest pause between two attempts.
const MAX_DELAY: Duration = Duration::from_mins(5);

/// Makes sure that somebody will deliver even when this process dies now.
///
/// The alarm is set in the same turn as the commit, so both become durable together.
pub(crate) async fn arm(storage: &Storage) -> worker::Result<()> {
    storage.set_alarm(Duration::from_secs(1)).await
}

/// Delivers in order what is due, and leaves an alarm behind when it could not finish.
///
/// `is_running` keeps a second caller out: two at once could overwrite a newer pointer with an
/// older one. The one that runs sees what others have added meanwhile.
pub(crate) async fn deliver(
    (env, storage, db): (&Env, &Storage, &Db),
    is_running: &Cell<bool>,
) -> worker::Result<()> {
    if is_running.replace(true) {
        // Whoever came because of an alarm has used it up, and the one that runs may die.
        return arm(storage).await;
    }
    let outcome = drain(env, storage, db).await;
    is_running.set(false);
    outcome
}

async fn drain(env: &Env, storage: &Storage, db: &Db) -> worker::Result<()> {
    while let Some(row) = outbox::first(db)? {
        match write_to_both(env, &row.target, &row.body).await {
            Ok(()) => outbox::confirm(db, row.seq)?,
            Err(error) => {
                console_warn!(
                    "cannot write {} yet, attempt {}: {error}",
                    row.target,
                    row.tries + 1
                );
                outbox::count_failure(db, row.seq)?;
                return storage.set_alarm(delay(row.tries)).await;
            }
        }
    }
    storage.delete_alarm().await
}

/// The bucket first: it is strongly consistent, so the edge asks it when KV may be behind.
async fn write_to_both(env: &Env, target: &str, body: &[u8]) -> worker::Result<()> {
    env.bucket(ARCHIVE)?
        .put(target, body.to_vec())
        .execute()
        .await?;
    let put = env.kv(SNAPSHOTS)?.put_bytes(target, body)?;
    put.execute().await?;
    Ok(())
}

/// 1, 2, 4, … seconds.
fn delay(tries: u32) -> Duration {
    let seconds = 1_u64.checked_shl(tries).unwrap_or(u64::MAX);
    Duration::from_secs(seconds).min(MAX_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let seconds: Vec<u64> = [0, 1, 2, 8, 9, 63, 64].map(|n| delay(n).as_secs()).to_vec();
        assert_eq!(seconds, [1, 2, 4, 256, 300, 300, 300]);
    }
}
