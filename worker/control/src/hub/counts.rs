//! What a hub has done, for who watches it. The counts are in its database, so they survive the object.

use worker::Result;

use super::Hub;
use super::socket::Closing;
use crate::exposition::Sample;
use crate::store::{Db, integer, text};

/// Messages that went out, by the socket.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sent {
    Revision,
    Kill,
}

impl Sent {
    const ALL: [Self; 2] = [Self::Revision, Self::Kill];

    fn label(self) -> &'static str {
        match self {
            Self::Revision => "revision",
            Self::Kill => "kill",
        }
    }
}

const SENT: &str = "sent";
const CLOSED: &str = "closed";

/// Counts messages; one row is written, however many sockets there are.
pub(super) fn sent(db: &Db, message: Sent, n: usize) -> Result<()> {
    add(db, SENT, message.label(), n)
}

/// Counts sockets that the hub has closed.
pub(super) fn closed(db: &Db, why: Closing, n: usize) -> Result<()> {
    add(db, CLOSED, why.label(), n)
}

fn add(db: &Db, what: &str, label: &str, n: usize) -> Result<()> {
    if n == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO count (what, label, n) VALUES (?, ?, ?)
        ON CONFLICT (what, label) DO UPDATE SET n = n + excluded.n";
    db.run(sql, vec![text(what), text(label), integer(n as u64)])
}

fn read(db: &Db, what: &str, label: &str) -> Result<u64> {
    let sql = "SELECT n FROM count WHERE what = ? AND label = ?";
    let found = db.row(sql, vec![text(what), text(label)], |row| row.integer(0))?;
    Ok(found.unwrap_or(0))
}

impl Hub {
    /// All numbers.
    pub(super) fn samples(&self) -> Result<Vec<Sample>> {
        let db = self.db()?;
        let mut samples = vec![Sample::gauge(
            "pennon_hub_sockets",
            "Open push connections.",
            precise(self.sockets().len() as u64),
        )];
        for label in Sent::ALL.map(Sent::label) {
            let sample = Sample::counter(
                "pennon_hub_messages_sent_total",
                "Messages sent, one for each socket.",
                precise(read(db, SENT, label)?),
            );
            samples.push(sample.labelled(&[("type", label)]));
        }
        for label in Closing::ALL.map(Closing::label) {
            let sample = Sample::counter(
                "pennon_hub_sockets_closed_total",
                "Push connections that the hub has closed.",
                precise(read(db, CLOSED, label)?),
            );
            samples.push(sample.labelled(&[("reason", label)]));
        }
        Ok(samples)
    }
}

/// Counts are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn precise(number: u64) -> f64 {
    number as f64
}
