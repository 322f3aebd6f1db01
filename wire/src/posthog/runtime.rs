//! Where a request comes from (section 8.3.1).

/// The runtime of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// A browser or an app.
    Client,
    /// A server.
    Server,
    /// It asked for every flag.
    All,
}

const BROWSERS: [&str; 5] = ["Mozilla/", "Chrome/", "Safari/", "Firefox/", "Edge/"];
const SERVERS: [&str; 8] = [
    "python", "ruby", "php", "java", "go", "node", "dotnet", "elixir",
];
const TOOLS: [&str; 2] = ["python-requests/", "curl/"];
const APPS: [&str; 4] = ["android", "ios", "react-native", "flutter"];

/// Headers that only browsers send.
pub const BROWSER_HEADERS: [&str; 4] = ["origin", "referer", "sec-fetch-mode", "sec-fetch-site"];

/// The runtime that a request names, or that its headers show; `None` when neither says.
///
/// `has_header` is asked for [`BROWSER_HEADERS`], in lower case.
pub fn runtime(
    explicit: Option<&str>,
    user_agent: &str,
    has_header: impl Fn(&str) -> bool,
) -> Option<Runtime> {
    match explicit {
        Some("client") => return Some(Runtime::Client),
        Some("server") => return Some(Runtime::Server),
        Some(_) => return Some(Runtime::All),
        None => {}
    }
    let contains = |words: &[&str]| words.iter().any(|word| user_agent.contains(word));
    let is_sdk = |names: &[&str]| {
        user_agent
            .strip_prefix("posthog-")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(name, _)| names.contains(&name))
    };
    let is_browser_request = || BROWSER_HEADERS.iter().any(|name| has_header(name));
    if contains(&BROWSERS) {
        Some(Runtime::Client)
    } else if is_sdk(&SERVERS) || contains(&TOOLS) {
        Some(Runtime::Server)
    } else if is_sdk(&APPS) || is_browser_request() {
        Some(Runtime::Client)
    } else {
        None
    }
}
