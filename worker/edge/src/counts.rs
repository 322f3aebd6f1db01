//! What this isolate has counted since it began.

use std::cell::RefCell;

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Memory,
    Cache,
    Kv,
    R2,
    Project,
}

/// Which part of the API a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Config,
    Evaluate,
    Events,
    Stream,
    Other,
}

const SOURCES: [Source; 5] = [
    Source::Memory,
    Source::Cache,
    Source::Kv,
    Source::R2,
    Source::Project,
];
const ROUTES: [(Route, &str); 5] = [
    (Route::Config, "config"),
    (Route::Evaluate, "evaluate"),
    (Route::Events, "events"),
    (Route::Stream, "stream"),
    (Route::Other, "other"),
];

/// Everything that is counted.
#[derive(Default)]
struct Counts {
    /// By route, then by the first digit of the status.
    answers: [[u64; 6]; ROUTES.len()],
    documents: [u64; SOURCES.len()],
    stale: u64,
}

thread_local! {
    static COUNTS: RefCell<Counts> = RefCell::default();
}

impl Source {
    /// The word for it in logs and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Source::Memory => "memory",
            Source::Cache => "cache",
            Source::Kv => "kv",
            Source::R2 => "r2",
            Source::Project => "project",
        }
    }
}

impl Route {
    /// The part that an address belongs to.
    pub(crate) fn of(path: &str) -> Route {
        let mut segments = path.trim_matches('/').split('/');
        match (segments.next(), segments.next()) {
            (Some("v1"), Some("config")) => Route::Config,
            (Some("v1"), Some("evaluate")) => Route::Evaluate,
            (Some("v1"), Some("events")) => Route::Events,
            (Some("v1"), Some("stream")) => Route::Stream,
            _ => Route::Other,
        }
    }
}

/// A request was answered.
pub(crate) fn answered(route: Route, status: u16) {
    COUNTS.with_borrow_mut(|counts| {
        let class = usize::from(status / 100);
        let row = counts.answers.get_mut(route as usize);
        if let Some(count) = row.and_then(|row| row.get_mut(class)) {
            *count += 1;
        }
    });
}

/// A document was found.
pub(crate) fn document_from(source: Source) {
    COUNTS.with_borrow_mut(|counts| {
        if let Some(count) = counts.documents.get_mut(source as usize) {
            *count += 1;
        }
    });
}

/// Something was served that nobody could confirm.
pub(crate) fn stale() {
    COUNTS.with_borrow_mut(|counts| counts.stale += 1);
}

/// All counts as `(metric, labels, value)`.
pub(crate) fn all() -> Vec<(&'static str, String, u64)> {
    COUNTS.with_borrow(|counts| {
        let mut lines = Vec::new();
        for ((_, route), row) in ROUTES.iter().zip(&counts.answers) {
            for (class, count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
                let labels = format!("route=\"{route}\",status=\"{class}xx\"");
                lines.push(("pennon_edge_requests_total", labels, *count));
            }
        }
        for (source, count) in SOURCES.iter().zip(&counts.documents) {
            let labels = format!("source=\"{}\"", source.name());
            lines.push(("pennon_edge_documents_total", labels, *count));
        }
        lines.push(("pennon_edge_stale_total", String::new(), counts.stale));
        lines
    })
}
