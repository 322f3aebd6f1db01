//! What the Worker is bound to.

use std::cell::RefCell;
use std::rc::Rc;

use worker::{Bucket, Env, KvStore, ObjectNamespace};

use crate::error::{Failure, FailureKind};

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
}

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
        });
        SETTINGS.set(Some(settings.clone()));
        Ok(settings)
    }
}

fn missing(binding: &str) -> Failure {
    let message = format!("the binding `{binding}` is missing from wrangler.jsonc");
    Failure::new(FailureKind::Internal, message)
}
