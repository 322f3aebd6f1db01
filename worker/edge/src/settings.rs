//! What the Worker is bound to.

use std::cell::RefCell;
use std::rc::Rc;

use worker::{Bucket, Env, KvStore, ObjectNamespace, Queue};

use crate::error::{Failure, FailureKind};
use crate::limits::Limits;

/// The bindings of `wrangler.jsonc`.
pub(crate) struct Settings {
    /// Published records and documents, near by and a little late.
    pub(crate) snapshots: KvStore,
    /// The same, consistent everywhere.
    pub(crate) archive: Bucket,
    /// The owners of the truth, in the control Worker's script.
    pub(crate) projects: ObjectNamespace,
    /// The owners of subjects, in the control Worker's script.
    pub(crate) shards: ObjectNamespace,
    /// The holders of push connections, in the control Worker's script.
    pub(crate) hubs: ObjectNamespace,
    /// Whether a header may say which country a request comes from: on a developer's machine.
    pub(crate) allows_dev_country: bool,
    /// Whoever knows this may read the counts of an isolate; nobody, when it is not set.
    pub(crate) metrics_token: Option<String>,
    /// How many batches may be sent.
    pub(crate) events: Limits,
    /// How many questions may be asked.
    pub(crate) questions: Limits,
    /// How many push connections may be opened.
    pub(crate) streams: Limits,
    /// Where parts of batches wait that a shard cannot take; only where queues are on disk.
    pub(crate) overflow: Option<Queue>,
}

/// The variable that says that what a queue has taken is safe. On a workerd of one's own, queues
/// live in memory.
const DURABLE_QUEUES: &str = "PENNON_DURABLE_QUEUES";

thread_local! {
    static SETTINGS: RefCell<Option<Rc<Settings>>> = const { RefCell::new(None) };
}

impl Settings {
    /// Looks the bindings up, once in the life of an isolate.
    ///
    /// # Errors
    ///
    /// Names the first binding that is missing.
    pub(crate) fn of(env: &Env) -> Result<Rc<Settings>, Failure> {
        if let Some(settings) = SETTINGS.with_borrow(Clone::clone) {
            return Ok(settings);
        }
        let settings = Rc::new(Settings {
            snapshots: env.kv("SNAPSHOTS").map_err(|_| missing("SNAPSHOTS"))?,
            archive: env.bucket("ARCHIVE").map_err(|_| missing("ARCHIVE"))?,
            projects: env
                .durable_object("PROJECT")
                .map_err(|_| missing("PROJECT"))?,
            shards: env.durable_object("SHARD").map_err(|_| missing("SHARD"))?,
            hubs: env.durable_object("HUB").map_err(|_| missing("HUB"))?,
            allows_dev_country: variable(env, "PENNON_DEV_COUNTRY").as_deref() == Some("true"),
            metrics_token: variable(env, "PENNON_METRICS_TOKEN"),
            events: Limits::of(env, "EVENTS_BY_KEY", "EVENTS_BY_ADDRESS"),
            questions: Limits::of(env, "EVALUATE_BY_KEY", "EVALUATE_BY_ADDRESS"),
            streams: Limits::of(env, "STREAM_BY_KEY", "STREAM_BY_ADDRESS"),
            overflow: overflow(env)?,
        });
        SETTINGS.set(Some(settings.clone()));
        Ok(settings)
    }
}

/// A variable or secret that may be absent.
fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
}

fn overflow(env: &Env) -> Result<Option<Queue>, Failure> {
    if variable(env, DURABLE_QUEUES).as_deref() != Some("true") {
        return Ok(None);
    }
    let queue = env.queue("OVERFLOW").map_err(|_| missing("OVERFLOW"))?;
    Ok(Some(queue))
}

fn missing(binding: &str) -> Failure {
    let message = format!("the binding `{binding}` is missing from wrangler.jsonc");
    Failure::new(FailureKind::Internal, message)
}
