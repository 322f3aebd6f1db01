//! What an isolate remembers between requests. It is bounded, and losing it costs time only.

mod bounded;

use std::cell::RefCell;
use std::rc::Rc;

use pennon_api::{EnvironmentRecord, KeyRecord};

use crate::evaluator::Evaluator;
use bounded::Bounded;

/// Records of one kind.
const MAX_RECORDS: usize = 4096;
/// Keys that do not exist: anybody can make up new ones, so they have a place of their own.
const MAX_UNKNOWN_KEYS: usize = 1024;
/// Bytes of documents, and how many.
const MAX_DOCUMENT_BYTES: usize = 16 * 1024 * 1024;
const MAX_DOCUMENTS: usize = 512;
/// Bytes of loaded plans, and how many.
const MAX_PLAN_BYTES: usize = 24 * 1024 * 1024;
const MAX_PLANS: usize = 64;

/// A record with the time when a source confirmed it, or the knowledge that there is none.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(crate) record: Option<Rc<T>>,
    /// Epoch milliseconds when a source said so.
    pub(crate) read_at: u64,
    /// Epoch milliseconds of the last attempt to read it again.
    pub(crate) tried_at: u64,
    /// Whether nobody answered that attempt.
    pub(crate) has_failed: bool,
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Held {
            record: self.record.clone(),
            ..*self
        }
    }
}

struct Memory {
    keys: Bounded<Held<KeyRecord>>,
    unknown_keys: Bounded<Held<KeyRecord>>,
    environments: Bounded<Held<EnvironmentRecord>>,
    documents: Bounded<Rc<[u8]>>,
    plans: Bounded<Rc<Evaluator>>,
    /// The record whose documents were served last, for each environment.
    served: Bounded<Rc<EnvironmentRecord>>,
    /// Epoch milliseconds of what must not happen too often.
    times: Bounded<u64>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::new(Memory {
        keys: Bounded::new(MAX_RECORDS, usize::MAX),
        unknown_keys: Bounded::new(MAX_UNKNOWN_KEYS, usize::MAX),
        environments: Bounded::new(MAX_RECORDS, usize::MAX),
        documents: Bounded::new(MAX_DOCUMENTS, MAX_DOCUMENT_BYTES),
        plans: Bounded::new(MAX_PLANS, MAX_PLAN_BYTES),
        served: Bounded::new(MAX_RECORDS, usize::MAX),
        times: Bounded::new(MAX_RECORDS, usize::MAX),
    });
}

/// Records that isolates remember by name.
pub(crate) trait Remembered: Sized {
    /// What is held under a name, however old.
    fn recall(name: &str) -> Option<Held<Self>>;
    /// Holds it until something newer comes.
    fn remember(name: &str, held: Held<Self>);
}

impl Remembered for KeyRecord {
    fn recall(name: &str) -> Option<Held<Self>> {
        MEMORY.with_borrow_mut(|memory| {
            let known = memory.keys.get(name);
            known.or_else(|| memory.unknown_keys.get(name))
        })
    }

    fn remember(name: &str, held: Held<Self>) {
        MEMORY.with_borrow_mut(|memory| {
            if held.record.is_some() {
                memory.keys.put(name, held, 0);
            } else {
                memory.keys.remove(name);
                memory.unknown_keys.put(name, held, 0);
            }
        });
    }
}

impl Remembered for EnvironmentRecord {
    fn recall(name: &str) -> Option<Held<Self>> {
        MEMORY.with_borrow_mut(|memory| memory.environments.get(name))
    }

    fn remember(name: &str, held: Held<Self>) {
        MEMORY.with_borrow_mut(|memory| memory.environments.put(name, held, 0));
    }
}

/// The document of that name.
pub(crate) fn recall_document(name: &str) -> Option<Rc<[u8]>> {
    MEMORY.with_borrow_mut(|memory| memory.documents.get(name))
}

/// Holds a document, and forgets those that were not asked for longest.
pub(crate) fn remember_document(name: &str, bytes: &Rc<[u8]>) {
    MEMORY.with_borrow_mut(|memory| memory.documents.put(name, bytes.clone(), bytes.len()));
}

/// The loaded plan of the snapshot with that hash.
pub(crate) fn recall_plan(snapshot: &str) -> Option<Rc<Evaluator>> {
    MEMORY.with_borrow_mut(|memory| memory.plans.get(snapshot))
}

/// Holds a loaded plan, and forgets those that were not asked for longest.
pub(crate) fn remember_plan(snapshot: &str, plan: &Rc<Evaluator>) {
    MEMORY.with_borrow_mut(|memory| memory.plans.put(snapshot, plan.clone(), plan.weight()));
}

/// The record of the environment whose documents could be served last.
pub(crate) fn recall_served(environment: &str) -> Option<Rc<EnvironmentRecord>> {
    MEMORY.with_borrow_mut(|memory| memory.served.get(environment))
}

/// Holds it for the day when newer documents cannot be had.
pub(crate) fn remember_served(record: &Rc<EnvironmentRecord>) {
    MEMORY.with_borrow_mut(|memory| {
        let held = memory.served.get(&record.environment);
        if !held.is_some_and(|held| Rc::ptr_eq(&held, record)) {
            memory.served.put(&record.environment, record.clone(), 0);
        }
    });
}

/// Whether something happened less than `limit_ms` before `now`, in epoch milliseconds.
pub(crate) fn is_recent(topic: &str, now: u64, limit_ms: u64) -> bool {
    last_time(topic).is_some_and(|last| now.saturating_sub(last) < limit_ms)
}

/// When something happened last, in epoch milliseconds.
pub(crate) fn last_time(topic: &str) -> Option<u64> {
    MEMORY.with_borrow_mut(|memory| memory.times.get(topic))
}

/// Holds when something happened, in epoch milliseconds.
pub(crate) fn remember_time(topic: &str, now: u64) {
    MEMORY.with_borrow_mut(|memory| memory.times.put(topic, now, 0));
}
