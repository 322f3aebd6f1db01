//! Deliveries that a shard could not take when they came: brought to it later, or kept for a person
//! to look at. The contract is `docs/events.md`.

mod dead;
mod delivery;

use std::time::Duration;

use worker::{Date, Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder, Result};

use crate::log;

pub(crate) use dead::{DeadLetter, DeadLetters, folder};
pub(crate) use delivery::deliver;

/// Queue of what was tried too often, as `wrangler.jsonc` names it.
const DEAD_QUEUE: &str = "pennon-overflow-dead";
/// The shortest and the longest pause between two attempts.
const PAUSES: (Duration, Duration) = (Duration::from_secs(10), Duration::from_hours(1));
/// A variable that sets one pause for all, in seconds; for tests.
const PAUSE: &str = "PENNON_RETRY_SECONDS";

/// Takes each message on its own: one that fails holds no other back.
pub(crate) async fn consume(batch: MessageBatch<String>, env: &Env) -> Result<()> {
    let is_dead = batch.queue() == DEAD_QUEUE;
    for message in batch.raw_iter() {
        let text = message.body().as_string().unwrap_or_default();
        let taken = if is_dead {
            dead::keep(env, &text).await
        } else {
            delivery::deliver_text(env, &text).await
        };
        match taken {
            Ok(()) => message.ack(),
            Err(error) => {
                let queue = batch.queue();
                log::put_off("", &queue, &format!("a message has to wait: {error}"));
                let age = Date::now()
                    .as_millis()
                    .saturating_sub(message.timestamp().as_millis());
                let options = QueueRetryOptionsBuilder::new()
                    .with_delay_seconds(pause_seconds(env, Duration::from_millis(age)))
                    .build();
                message.retry_with_options(&options);
            }
        }
    }
    Ok(())
}

/// A message waits as long again as it has waited already: each pause is twice the one before.
fn pause_seconds(env: &Env, age: Duration) -> u32 {
    let fixed = env.var(PAUSE).ok();
    let fixed = fixed.and_then(|value| value.to_string().parse().ok());
    fixed.unwrap_or_else(|| {
        let (shortest, longest) = PAUSES;
        u32::try_from(age.clamp(shortest, longest).as_secs()).unwrap_or(u32::MAX)
    })
}
