//! Carrying erasures through: every shard is asked until it has answered, also after a crash.
//!
//! 1. *finding*: every shard forgets the subjects it is told, and says which others it knew them as;
//!    with those all are asked again, until nobody knows one more.
//! 2. *files*: the shards rewrite their files, and get rid of what was on its way between them.
//! 3. *closing*: all are through, so that nothing can come late; they forget whom it was about.

use std::time::Duration;

use futures_util::future::join_all;
use pennon_api::{ErasureOrder, ErasurePhase, ErasureState, ErasureStep};
use serde::de::DeserializeOwned;
use worker::{Date, Env, Error, Result};

use crate::log;
use crate::shard_call;
use crate::store::Db;
use crate::store::environments::{self, EnvironmentRow};
use crate::store::erasures::{self, ErasureRow};
use crate::timeout::within;

/// Erasures that are worked on side by side.
const AT_ONCE: u32 = 20;
/// How long a shard may take.
const LIMIT: Duration = Duration::from_secs(10);
/// The first and the longest pause between two attempts.
const PAUSES_MS: (u64, u64) = (500, 60_000);

/// Takes every erasure as far as the shards let it.
///
/// # Errors
///
/// Those of the database; a shard that does not answer is asked again later.
pub(super) async fn drive_all(env: &Env, db: &Db, now: u64) -> Result<()> {
    let due = erasures::due(db, now, AT_ONCE)?;
    let driven = join_all(due.into_iter().map(|row| attempt((env, db), row)));
    driven.await.into_iter().collect()
}

async fn attempt((env, db): (&Env, &Db), mut row: ErasureRow) -> Result<()> {
    if let Err(error) = drive((env, db), &mut row).await {
        let message = format!("somebody is not forgotten yet: {error}");
        log::put_off("", &row.environment, &message);
    }
    let (first, longest) = PAUSES_MS;
    let pause = first.checked_shl(row.tries.min(16)).unwrap_or(longest);
    let due_at = Date::now().as_millis().saturating_add(pause.min(longest));
    row.tries = row.tries.saturating_add(1);
    erasures::put(db, &row, due_at)
}

/// Goes on until a phase cannot be ended now.
async fn drive((env, db): (&Env, &Db), row: &mut ErasureRow) -> Result<()> {
    while row.phase != ErasurePhase::Done {
        // Doublings go on meanwhile, so the number of shards is looked up again for each phase.
        let environment = environments::get(db, &row.environment)?;
        let environment = environment.ok_or_else(|| Error::from("the environment is gone"))?;
        let shards = Shards {
            env,
            environment: &environment,
        };
        let is_over = match row.phase {
            ErasurePhase::Finding => shards.find(row).await?,
            ErasurePhase::Files => shards.look(row).await?,
            _ => shards.close(row).await?,
        };
        if !is_over {
            return Ok(());
        }
        advance(row);
        erasures::put(db, row, Date::now().as_millis())?;
    }
    Ok(())
}

fn advance(row: &mut ErasureRow) {
    row.tries = 0;
    row.phase = match row.phase {
        ErasurePhase::Finding => ErasurePhase::Files,
        ErasurePhase::Files => ErasurePhase::Closing,
        ErasurePhase::Closing | ErasurePhase::Done => {
            row.subjects.clear();
            row.done_at = Some(Date::now().as_millis());
            ErasurePhase::Done
        }
    };
}

struct Shards<'a> {
    env: &'a Env,
    environment: &'a EnvironmentRow,
}

impl Shards<'_> {
    /// Asks all shards until none of them knows the person under one more id. There is no limit to
    /// how many that are: each round finds at least one.
    async fn find(&self, row: &mut ErasureRow) -> Result<bool> {
        loop {
            let order = |shard| ErasureOrder {
                id: row.id.clone(),
                environment: self.environment.id.clone(),
                pepper: self.environment.pepper.clone(),
                shard,
                shards: self.environment.shards,
                subjects: row.subjects.clone(),
            };
            let answers = (0..self.environment.shards).map(async |shard| {
                let body = serde_json::to_string(&order(shard))?;
                self.ask::<ErasureStep>(shard, "/erase", Some(body)).await
            });
            let mut found = row.subjects.clone();
            let mut failure = None;
            for (shard, answer) in (0..).zip(join_all(answers).await) {
                match answer {
                    Ok(step) => {
                        row.hear(shard, step.state);
                        found.extend(step.subjects);
                    }
                    Err(error) => failure = Some(error),
                }
            }
            let is_complete = found == row.subjects;
            row.subjects = found;
            if let Some(failure) = failure {
                return Err(failure);
            }
            if is_complete {
                return Ok(true);
            }
        }
    }

    async fn look(&self, row: &mut ErasureRow) -> Result<bool> {
        let path = format!("/erase?id={}", row.id);
        self.hear_all(row, &path, None).await
    }

    async fn close(&self, row: &mut ErasureRow) -> Result<bool> {
        let path = format!("/erase/close?id={}", row.id);
        self.hear_all(row, &path, Some(String::new())).await
    }

    /// Whether all of them are done.
    async fn hear_all(
        &self,
        row: &mut ErasureRow,
        path: &str,
        body: Option<String>,
    ) -> Result<bool> {
        let shards = 0..self.environment.shards;
        let answers = shards.map(|shard| self.ask::<ErasureState>(shard, path, body.clone()));
        let mut is_over = true;
        for (shard, state) in (0..).zip(join_all(answers).await) {
            let state = state?;
            is_over &= state.done;
            row.hear(shard, state);
        }
        Ok(is_over)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        shard: u32,
        path: &str,
        body: Option<String>,
    ) -> Result<T> {
        let name = format!("{}/{shard}", self.environment.id);
        let answer = within(LIMIT, shard_call::ask(self.env, "", &name, path, body)).await;
        answer?.json().await
    }
}
