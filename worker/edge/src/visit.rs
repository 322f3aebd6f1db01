//! One request on its way through the Worker, and what every step of answering it may need.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use worker::Context;

use crate::chance;
use crate::platform::Head;
use crate::settings::Settings;

thread_local! {
    static ISOLATE: Cell<Option<u32>> = const { Cell::new(None) };
    static VISITS: Cell<u32> = const { Cell::new(0) };
}

/// What a request is answered with, beside itself.
pub(crate) struct Visit {
    pub(crate) settings: Rc<Settings>,
    pub(crate) ctx: Context,
    pub(crate) id: VisitId,
    pub(crate) head: Head,
    /// Epoch milliseconds of its arrival.
    pub(crate) now: u64,
}

impl Visit {
    pub(crate) fn new(settings: Rc<Settings>, ctx: Context, head: Head) -> Visit {
        Visit {
            settings,
            ctx,
            id: VisitId::next(),
            now: head.now,
            head,
        }
    }
}

/// Header that carries it to clients and to objects.
pub(crate) const REQUEST_ID: &str = "X-Request-Id";

/// The name of a request in answers and logs: the isolate's random number, and a count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VisitId {
    isolate: u32,
    count: u32,
}

impl VisitId {
    /// Names the request that just came.
    pub(crate) fn next() -> VisitId {
        let count = VISITS.get().wrapping_add(1);
        VISITS.set(count);
        VisitId {
            isolate: isolate(),
            count,
        }
    }
}

/// The random number of this isolate. Chance is allowed only inside requests, so it is drawn by the
/// first one.
pub(crate) fn isolate() -> u32 {
    ISOLATE.get().unwrap_or_else(|| {
        let isolate = chance::number();
        ISOLATE.set(Some(isolate));
        isolate
    })
}

impl fmt::Display for VisitId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:08x}-{:x}", self.isolate, self.count)
    }
}
