//! Deliveries that were tried too often, as files in the bucket.

use pennon_api::Delivery;
use serde::Serialize;
use worker::{Bucket, Env, Error, Result};

use super::deliver;
use crate::credential::sha256_hex;

/// Deliveries in one answer.
const PAGE: u32 = 200;
/// Shards remember ids for 8 days. What is younger than 7 may be delivered again without a doubt.
const SAFE_MS: u64 = 7 * 24 * 60 * 60 * 1000;
/// Digits of the content's hash in a name.
const HASH_LENGTH: usize = 16;

/// One delivery that failed, as admins see it.
#[derive(Debug, Serialize)]
pub(crate) struct DeadLetter {
    /// Its file, in the folder of the environment.
    pub(crate) name: String,
    /// Epoch milliseconds at which the edge received its batch.
    pub(crate) received_at: u64,
    /// How large it is.
    pub(crate) bytes: u64,
}

/// What came of a replay.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Replay {
    /// How many were delivered, and are gone.
    pub(crate) replayed: u64,
    /// Those that failed again, and why.
    pub(crate) failed: Vec<FailedReplay>,
    /// Whether there are more.
    pub(crate) more: bool,
}

/// One delivery that failed again.
#[derive(Debug, Serialize)]
pub(crate) struct FailedReplay {
    pub(crate) name: String,
    pub(crate) error: String,
}

/// The dead letters of one environment.
pub(crate) struct DeadLetters<'a> {
    pub(crate) env: &'a Env,
    /// Id of the environment.
    pub(crate) environment: &'a str,
}

/// Where the dead letters of an environment are; ends with a slash.
pub(crate) fn folder(environment: &str) -> String {
    format!("dead/{environment}/")
}

/// Keeps a message of the dead queue. The name is made of the content, so one that comes twice is
/// one file.
pub(super) async fn keep(env: &Env, text: &str) -> Result<()> {
    let hash = sha256_hex(text.as_bytes());
    let hash = hash.get(..HASH_LENGTH).unwrap_or_default();
    let name = match serde_json::from_str::<Delivery>(text) {
        Ok(delivery) => {
            let folder = folder(&delivery.environment);
            format!("{folder}{:013}-{hash}.json", delivery.received_at)
        }
        Err(_) => format!("dead/unreadable/{hash}.json"),
    };
    let bucket = env.bucket("ARCHIVE")?;
    let confirmed = bucket.put(&name, text.to_owned()).execute().await?;
    confirmed
        .map(drop)
        .ok_or_else(|| Error::from(format!("the bucket did not take `{name}`")))
}

impl DeadLetters<'_> {
    /// The oldest of them, and whether there are more.
    pub(crate) async fn list(&self) -> Result<(Vec<DeadLetter>, bool)> {
        let folder = folder(self.environment);
        let bucket = self.bucket()?;
        let list = bucket.list().prefix(&folder).limit(PAGE);
        let found = list.execute().await?;
        let objects = found.objects();
        let letters = objects.iter().filter_map(|object| {
            let name = object.key().strip_prefix(&folder)?.to_owned();
            let received_at = name.split('-').next()?.parse().ok()?;
            Some(DeadLetter {
                name,
                received_at,
                bytes: object.size(),
            })
        });
        Ok((letters.collect(), found.truncated()))
    }

    /// Delivers the oldest of them once more; `is_forced` those too that may be counted twice.
    pub(crate) async fn replay(&self, now: u64, is_forced: bool) -> Result<Replay> {
        let (letters, more) = self.list().await?;
        let mut replay = Replay {
            more,
            ..Replay::default()
        };
        for letter in letters {
            let is_safe = now.saturating_sub(letter.received_at) < SAFE_MS;
            let outcome = if is_safe || is_forced {
                self.replay_one(&letter.name).await
            } else {
                Err(Error::from(
                    "older than 7 days: the shards may have forgotten that they know it",
                ))
            };
            match outcome {
                Ok(()) => replay.replayed += 1,
                Err(error) => replay.failed.push(FailedReplay {
                    name: letter.name,
                    error: error.to_string(),
                }),
            }
        }
        Ok(replay)
    }

    async fn replay_one(&self, name: &str) -> Result<()> {
        let bucket = self.bucket()?;
        let name = format!("{}{name}", folder(self.environment));
        let Some(object) = bucket.get(&name).execute().await? else {
            return Ok(());
        };
        let body = object
            .body()
            .ok_or_else(|| Error::from("the file has no content"))?;
        let delivery: Delivery = serde_json::from_slice(&body.bytes().await?)?;
        deliver(self.env, &delivery).await?;
        bucket.delete(&name).await
    }

    fn bucket(&self) -> Result<Bucket> {
        self.env.bucket("ARCHIVE")
    }
}
