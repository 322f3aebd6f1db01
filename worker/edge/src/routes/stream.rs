//! `GET /v1/stream`: the push connection. The contract is `docs/push.md`.

use pennon_api::{EnvironmentRecord, Newest, StreamConnection};
use worker::Response;
use worker::worker_sys::web_sys::Request;

use crate::authorise::{authorise, key_in_query};
use crate::beacon::region_of;
use crate::error::{Failure, FailureKind};
use crate::platform;
use crate::respond::Answer;
use crate::store::{hub, record};
use crate::visit::Visit;

/// Lets a client in whose key opens an environment, and hands its connection to the hub near by.
pub(crate) async fn get(request: &Request, visit: &Visit) -> Result<Answer, Failure> {
    let upgrade = platform::header(request, "Upgrade").unwrap_or_default();
    if !upgrade.eq_ignore_ascii_case("websocket") {
        let message = "this address wants a WebSocket: send `Upgrade: websocket`";
        return Err(Failure::new(FailureKind::UpgradeRequired, message));
    }
    let key = authorise(visit, key_in_query(&visit.head.url)).await?;
    visit.settings.streams.check(visit, &key, request).await?;
    // A hub that has heard from the project knows better; stores that are down keep nobody out.
    let environment = record::environment(visit, &key).await;
    let newest = environment.map(|current| newest_of(&current.record));
    let connection = StreamConnection {
        project: key.project.clone(),
        environment: key.environment.clone(),
        region: region_of(request),
        key: key.key.clone(),
        kind: key.kind,
        expires_at: key.expires_at,
        origin: platform::header(request, "Origin"),
        held: held_in_query(&visit.head.url),
        newest: newest.unwrap_or_default(),
    };
    let socket = hub::connect(visit, &connection).await?;
    Ok(Answer::socket(Response::from_websocket(socket)?))
}

fn newest_of(record: &EnvironmentRecord) -> Newest {
    Newest {
        revision: record.revision,
        public: record.public.snapshot.clone(),
        server: record.server.snapshot.clone(),
    }
}

/// The revision that the client says it holds; 0 when it says none.
fn held_in_query(url: &str) -> u64 {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = query.split('&');
    let held = pairs.find_map(|pair| pair.strip_prefix("held="));
    held.and_then(|held| held.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::held_in_query;

    #[test]
    fn the_held_revision_is_a_number_or_none() {
        let cases = [
            ("https://edge/v1/stream", 0),
            ("https://edge/v1/stream?key=pk_a&held=7", 7),
            ("https://edge/v1/stream?held=7&key=pk_a", 7),
            ("https://edge/v1/stream?held=-1", 0),
            ("https://edge/v1/stream?upheld=7", 0),
        ];
        for (url, held) in cases {
            assert_eq!(held_in_query(url), held, "{url}");
        }
    }
}
