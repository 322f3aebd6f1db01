//! What is new in an environment, as its hub near by knows it: the newest revision and the kills of
//! the last day.
//!
//! An isolate asks at most once a second while it is busy, and uses no answer that is older than
//! [`USABLE_MS`] as long as the hub answers: so old may a kill be that it has not heard of. Hubs
//! are objects of ours that only Workers of ours reach, so what they say is taken on trust here;
//! clients outside check signatures.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use pennon_api::{Beacon, KeyRecord};
use worker::Date;
use worker::worker_sys::web_sys::Request;

use crate::platform;
use crate::settings::Settings;
use crate::store::hub::{self, HubPlace};
use crate::visit::Visit;

/// Until then nobody asks again.
const FRESH_MS: u64 = 1_000;
/// Until then an answer is used while somebody asks; afterwards requests wait for the new one.
const USABLE_MS: u64 = 3_000;
/// How long a hub that did not answer is left alone.
const PAUSE_MS: u64 = 2_000;
/// Environments before all of them are forgotten.
const MAX_ENVIRONMENTS: usize = 1024;
/// The name of the region where the platform does not say on which continent it is.
const NOWHERE: &str = "local";

#[derive(Debug, Clone, Default)]
struct Held {
    beacon: Rc<Beacon>,
    /// Epoch milliseconds of the last answer.
    read_at: u64,
    /// Epoch milliseconds of the last question that somebody has asked.
    tried_at: u64,
    has_failed: bool,
}

thread_local! {
    static HELD: RefCell<HashMap<String, Held>> = RefCell::default();
}

/// The part of the world that a request comes from.
pub(crate) fn region_of(request: &Request) -> String {
    platform::cf(request, "continent").unwrap_or_else(|| NOWHERE.to_owned())
}

/// Brings what is known of an environment within its bounds. A hub that does not answer takes
/// nothing away: what was known stays, and revisions are found by looking into the stores.
pub(crate) async fn refresh(request: &Request, visit: &Visit, key: &KeyRecord) {
    let held = held(&key.environment);
    let tried_ms = visit.now.saturating_sub(held.tried_at);
    let read_ms = visit.now.saturating_sub(held.read_at);
    let pause_ms = if held.has_failed { PAUSE_MS } else { FRESH_MS };
    if tried_ms < pause_ms {
        return;
    }
    let place = HubPlace {
        project: key.project.clone(),
        environment: key.environment.clone(),
        region: region_of(request),
    };
    if read_ms < USABLE_MS {
        // Others use it meanwhile and do not ask, too.
        let tried_at = visit.now;
        put(&key.environment, Held { tried_at, ..held });
        let settings = visit.settings.clone();
        visit
            .ctx
            .wait_until(async move { ask(&settings, &place).await });
    } else {
        ask(&visit.settings, &place).await;
    }
}

/// The newest revision that this isolate has heard of.
pub(crate) fn newest_revision(environment: &str) -> Option<u64> {
    let revision = held(environment).beacon.revision;
    (revision > 0).then_some(revision)
}

/// What the hub has told, kills of the last day among it.
pub(crate) fn told(environment: &str) -> Rc<Beacon> {
    held(environment).beacon
}

async fn ask(settings: &Settings, place: &HubPlace) {
    let answer = hub::beacon(settings, place).await;
    let now = Date::now().as_millis();
    let held = held(&place.environment);
    let held = match answer {
        Ok(heard) => Held {
            beacon: Rc::new(merged(&held.beacon, heard)),
            read_at: now,
            tried_at: now,
            has_failed: false,
        },
        Err(_) => Held {
            tried_at: now,
            has_failed: true,
            ..held
        },
    };
    put(&place.environment, held);
}

/// What two answers say together: they may overtake each other, and each is right about what it
/// knows. Revisions only grow, and of the kills of one flag the newest holds.
fn merged(held: &Beacon, heard: Beacon) -> Beacon {
    let mut kills = heard.kills;
    for known in &held.kills {
        match kills.iter_mut().find(|kill| kill.flag == known.flag) {
            Some(kill) if kill.revision < known.revision => *kill = known.clone(),
            Some(_) => {}
            None => kills.push(known.clone()),
        }
    }
    kills.sort_by_key(|kill| kill.revision);
    Beacon {
        revision: heard.revision.max(held.revision),
        kills,
    }
}

fn held(environment: &str) -> Held {
    HELD.with_borrow(|all| all.get(environment).cloned().unwrap_or_default())
}

fn put(environment: &str, held: Held) {
    HELD.with_borrow_mut(|all| {
        if all.len() >= MAX_ENVIRONMENTS && !all.contains_key(environment) {
            all.clear();
        }
        all.insert(environment.to_owned(), held);
    });
}

#[cfg(test)]
mod tests {
    use super::merged;
    use pennon_api::{Beacon, KillDelta};

    fn beacon(revision: u64, kills: &[(&str, u64, bool)]) -> Beacon {
        let delta = |(flag, revision, killed): &(&str, u64, bool)| KillDelta {
            environment: "env".to_owned(),
            revision: *revision,
            flag: (*flag).to_owned(),
            killed: *killed,
            key_id: String::new(),
            signature: String::new(),
        };
        Beacon {
            revision,
            kills: kills.iter().map(delta).collect(),
        }
    }

    #[test]
    fn answers_that_overtake_each_other_lose_no_kill() {
        let newer = beacon(4, &[("a", 3, false), ("b", 6, true)]);
        for older in [
            beacon(4, &[("a", 2, true)]),
            beacon(3, &[("a", 2, true)]),
            beacon(4, &[]),
        ] {
            assert_eq!(merged(&newer, older.clone()), newer);
            assert_eq!(merged(&older, newer.clone()), newer);
        }
        let (one, other) = (beacon(4, &[("a", 5, true)]), beacon(3, &[("b", 4, true)]));
        let both = beacon(4, &[("b", 4, true), ("a", 5, true)]);
        assert_eq!(merged(&one, other.clone()), both);
        assert_eq!(merged(&other, one), both);
    }
}
