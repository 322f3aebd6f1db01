//! What a hub keeps in its database: its place, the kills of the last day, and keys.

use pennon_api::{Beacon, HubMessage, KillDelta, Newest, OriginPattern};
use serde::{Deserialize, Serialize};
use worker::Result;

use crate::store::{Db, Row, integer, optional_integer, text};

/// How long a kill is told to who connects. Whoever was away longer fetches a snapshot first.
const KILL_MS: u64 = 86_400_000;
/// How long a hub knows better than the edge what a key opens; isolates trust records for seconds.
const KEY_MS: u64 = 3_600_000;

/// Where a hub is, and what it has told last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Name of the Project object.
    pub(crate) project: String,
    /// Id of the environment.
    pub(crate) environment: String,
    pub(crate) region: String,
    #[serde(default)]
    pub(super) newest: Newest,
    /// Epoch milliseconds of the project's last full answer; 0 for none.
    #[serde(skip)]
    pub(super) asked_at: u64,
}

/// The place, once somebody has said it.
pub(super) fn place(db: &Db) -> Result<Option<Place>> {
    let sql = "SELECT project, environment, region, revision, public, server, asked_at FROM place";
    db.row(sql, vec![], |row| {
        Ok(Place {
            project: row.text(0)?,
            environment: row.text(1)?,
            region: row.text(2)?,
            newest: Newest {
                revision: row.integer(3)?,
                public: row.text(4)?,
                server: row.text(5)?,
            },
            asked_at: row.integer(6)?,
        })
    })
}

/// Settles in a place; a hub that has one stays there.
pub(super) fn settle(db: &Db, place: &Place) -> Result<()> {
    let sql =
        "INSERT INTO place (id, project, environment, region, revision, public, server, asked_at)
        VALUES (1, ?, ?, ?, 0, '', '', 0) ON CONFLICT (id) DO NOTHING";
    let bindings = vec![
        text(&place.project),
        text(&place.environment),
        text(&place.region),
    ];
    db.run(sql, bindings)
}

/// Remembers the newest snapshots; revisions only grow.
pub(super) fn set_newest(db: &Db, newest: &Newest) -> Result<()> {
    let sql = "UPDATE place SET revision = ?1, public = ?2, server = ?3 WHERE revision < ?1";
    let bindings = vec![
        integer(newest.revision),
        text(&newest.public),
        text(&newest.server),
    ];
    db.run(sql, bindings)
}

/// Remembers when the project said all it knows.
pub(super) fn set_asked(db: &Db, now: u64) -> Result<()> {
    db.run("UPDATE place SET asked_at = ?", vec![integer(now)])
}

/// Remembers a kill, unless a newer one of its flag is known; says whether it was news.
pub(super) fn put_kill(db: &Db, delta: &KillDelta, public: bool, now: u64) -> Result<bool> {
    let oldest = now.saturating_sub(KILL_MS);
    db.run("DELETE FROM kill WHERE at < ?", vec![integer(oldest)])?;
    let sql = "SELECT revision FROM kill WHERE flag = ?";
    let known = db.row(sql, vec![text(&delta.flag)], |row| row.integer(0))?;
    if known.is_some_and(|known| known >= delta.revision) {
        return Ok(false);
    }
    let sql = "INSERT OR REPLACE INTO kill (flag, revision, delta, public, at)
        VALUES (?, ?, ?, ?, ?)";
    let bindings = vec![
        text(&delta.flag),
        integer(delta.revision),
        text(&serde_json::to_string(delta)?),
        integer(u64::from(public)),
        integer(now),
    ];
    db.run(sql, bindings)?;
    Ok(true)
}

/// Kills above a revision that an audience may hear of, ascending.
pub(super) fn kills(db: &Db, above: u64, is_public: bool) -> Result<Vec<KillDelta>> {
    let sql = "SELECT delta FROM kill WHERE revision > ? AND public >= ? ORDER BY revision, flag";
    let audience = u64::from(is_public);
    db.rows(sql, vec![integer(above), integer(audience)], |row| {
        row.json(0)
    })
}

/// What isolates of the edge ask for.
pub(super) fn beacon(db: &Db) -> Result<Beacon> {
    Ok(Beacon {
        revision: place(db)?.map_or(0, |place| place.newest.revision),
        kills: kills(db, 0, false)?,
    })
}

/// What was said about a key.
#[derive(Debug, Clone)]
pub(super) struct KeyNews {
    pub(super) revoked: bool,
    /// Epoch milliseconds.
    pub(super) expires_at: Option<u64>,
    pub(super) origins: Vec<String>,
}

impl KeyNews {
    /// Whether the key opens nothing any more.
    pub(super) fn is_over(&self, now: u64) -> bool {
        self.revoked || self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// Whether a page of this origin may use the key; what comes from no page always may.
    pub(super) fn allows(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let mut patterns = self.origins.iter();
        self.origins.is_empty()
            || patterns.any(|text| {
                OriginPattern::parse(text).is_some_and(|pattern| pattern.matches(origin))
            })
    }
}

/// Remembers what was said about a key.
pub(super) fn put_key(db: &Db, key: &str, news: &KeyNews, now: u64) -> Result<()> {
    let oldest = now.saturating_sub(KEY_MS);
    db.run("DELETE FROM access_key WHERE at < ?", vec![integer(oldest)])?;
    let sql = "INSERT OR REPLACE INTO access_key (key, revoked, expires_at, origins, at)
        VALUES (?, ?, ?, ?, ?)";
    let bindings = vec![
        text(key),
        integer(u64::from(news.revoked)),
        optional_integer(news.expires_at),
        text(&serde_json::to_string(&news.origins)?),
        integer(now),
    ];
    db.run(sql, bindings)
}

/// What was said about a key, if it was lately.
pub(super) fn key(db: &Db, key: &str) -> Result<Option<KeyNews>> {
    let sql = "SELECT revoked, expires_at, origins FROM access_key WHERE key = ?";
    db.row(sql, vec![text(key)], |row: &Row| {
        Ok(KeyNews {
            revoked: row.integer(0)? != 0,
            expires_at: row.optional_integer(1)?,
            origins: row.json(2)?,
        })
    })
}

/// Everything that a message about a key says.
pub(super) fn key_news(message: &HubMessage) -> Option<(&str, KeyNews)> {
    let HubMessage::Key {
        key,
        revoked,
        expires_at,
        origins,
    } = message
    else {
        return None;
    };
    let news = KeyNews {
        revoked: *revoked,
        expires_at: *expires_at,
        origins: origins.clone(),
    };
    Some((key, news))
}
