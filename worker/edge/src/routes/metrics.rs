//! `GET /metrics`: what this isolate has counted, as Prometheus text.
//!
//! On Cloudflare a request meets one of many isolates, which come and go: these counts say something
//! only where there is one. What an installation has done is told by the control Worker's `/metrics`.

use std::fmt::Write as _;

use pennon_api::bearer;

use crate::counts;
use crate::error::{Failure, FailureKind};
use crate::key::sha256_hex;
use crate::respond::Answer;
use crate::visit::{Visit, isolate};

const HELP: [(&str, &str); 3] = [
    (
        "pennon_edge_requests_total",
        "Answers of this isolate by route and class of status.",
    ),
    (
        "pennon_edge_documents_total",
        "Documents found, by the source that had them.",
    ),
    (
        "pennon_edge_stale_total",
        "Answers that no source could confirm to be current.",
    ),
];

/// The counts, for whoever knows `PENNON_METRICS_TOKEN`; where it is not set, there is nothing here.
pub(crate) fn get(visit: &Visit) -> Result<Answer, Failure> {
    let Some(expected) = &visit.settings.metrics_token else {
        let message = "`PENNON_METRICS_TOKEN` is not set, so nobody may read the counts";
        return Err(Failure::new(FailureKind::NotFound, message));
    };
    let given = bearer(&visit.head.authorization).unwrap_or_default();
    // Hashes are compared, so that time tells nothing about the token.
    if sha256_hex(given.as_bytes()) != sha256_hex(expected.as_bytes()) {
        let message = "the token is not that of `PENNON_METRICS_TOKEN`";
        return Err(Failure::new(FailureKind::KeyUnknown, message));
    }
    let text = text(&counts::all(), isolate());
    Ok(Answer::text(text)
        .header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .header("Cache-Control", "no-store"))
}

fn text(counts: &[(&str, String, u64)], isolate: u32) -> String {
    let mut text = String::new();
    for (metric, help) in HELP {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} counter");
        for (_, labels, value) in counts.iter().filter(|(name, ..)| *name == metric) {
            let comma = if labels.is_empty() { "" } else { "," };
            let _ = writeln!(
                text,
                "{metric}{{isolate=\"{isolate:08x}\"{comma}{labels}}} {value}"
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_lines_of_prometheus() {
        let counts = [
            ("pennon_edge_stale_total", String::new(), 2),
            ("pennon_edge_documents_total", "source=\"kv\"".to_owned(), 7),
        ];
        let text = text(&counts, 0xab);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "pennon_edge_documents_total{isolate=\"000000ab\",source=\"kv\"} 7",
                "pennon_edge_stale_total{isolate=\"000000ab\"} 2",
            ]
        );
        assert_eq!(text.matches("# TYPE").count(), 3);
    }
}
