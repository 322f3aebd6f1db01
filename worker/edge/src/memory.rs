//! What an isolate remembers between requests. It is bounded, and losing it costs time only.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use pennon_api::{EnvironmentRecord, KeyRecord};

/// Records of one kind before all of them are forgotten.
const MAX_RECORDS: usize = 4096;
/// Bytes of documents before the oldest are forgotten.
const MAX_DOCUMENT_BYTES: usize = 16 * 1024 * 1024;

/// A record, or the knowledge that there is none, with the time of the last look.
#[derive(Debug, Clone)]
pub(crate) struct Held<T> {
    pub(crate) record: Option<Rc<T>>,
    pub(crate) read_at: u64,
}

/// Immutable bytes under the name that contains their hash.
type Document = (String, Rc<[u8]>);

#[derive(Default)]
struct Memory {
    keys: HashMap<String, Held<KeyRecord>>,
    environments: HashMap<String, Held<EnvironmentRecord>>,
    documents: Vec<Document>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
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
        MEMORY.with_borrow(|memory| memory.keys.get(name).cloned())
    }

    fn remember(name: &str, held: Held<Self>) {
        MEMORY.with_borrow_mut(|memory| put(&mut memory.keys, name, held));
    }
}

impl Remembered for EnvironmentRecord {
    fn recall(name: &str) -> Option<Held<Self>> {
        MEMORY.with_borrow(|memory| memory.environments.get(name).cloned())
    }

    fn remember(name: &str, held: Held<Self>) {
        MEMORY.with_borrow_mut(|memory| put(&mut memory.environments, name, held));
    }
}

/// The document of that name.
pub(crate) fn recall_document(name: &str) -> Option<Rc<[u8]>> {
    MEMORY.with_borrow(|memory| {
        let mut documents = memory.documents.iter();
        let found = documents.find(|(held, _)| held == name);
        found.map(|(_, bytes)| bytes.clone())
    })
}

/// Holds a document, and forgets the oldest ones when there are too many bytes.
pub(crate) fn remember_document(name: &str, bytes: Rc<[u8]>) {
    MEMORY.with_borrow_mut(|memory| {
        memory.documents.retain(|(held, _)| held != name);
        memory.documents.push((name.to_owned(), bytes));
        let mut total: usize = memory.documents.iter().map(|(_, bytes)| bytes.len()).sum();
        memory.documents.retain(|(_, bytes)| {
            let is_kept = total <= MAX_DOCUMENT_BYTES;
            if !is_kept {
                total -= bytes.len();
            }
            is_kept
        });
    });
}

fn put<T>(records: &mut HashMap<String, T>, name: &str, record: T) {
    if records.len() >= MAX_RECORDS && !records.contains_key(name) {
        records.clear();
    }
    records.insert(name.to_owned(), record);
}
