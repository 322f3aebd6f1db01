//! What the edge knows about whoever asks, from the platform and not from the asker.

use worker::worker_sys::web_sys::Request;

use crate::platform;
use crate::settings::Settings;

/// Header that stands for the country where `PENNON_DEV_COUNTRY` allows it.
const DEV_COUNTRY: &str = "X-Pennon-Country";
/// Names of attributes, and of the properties of `request.cf` that they are read from.
const FROM_PLATFORM: [(&str, &str); 4] = [
    ("region", "regionCode"),
    ("city", "city"),
    ("continent", "continent"),
    ("timezone", "timezone"),
];

/// The attributes that the edge fills in: `country`, `region`, `city`, `continent`, `timezone` and
/// `device_class`.
///
/// # Shape
///
/// All but the last are the platform's reading of the connection. `device_class` is `mobile`,
/// `tablet`, `desktop` or `bot`, read from what the browser says of itself: an application cannot
/// put another one into its context, but a person can choose another user agent.
pub(crate) struct Trusted<'a> {
    request: &'a Request,
    settings: &'a Settings,
}

impl<'a> Trusted<'a> {
    /// Of a request that came to the Worker; nothing is read before it is asked for.
    pub(crate) fn of(request: &'a Request, settings: &'a Settings) -> Trusted<'a> {
        Trusted { request, settings }
    }

    /// What the edge knows under the name of an attribute.
    pub(crate) fn value(&self, attribute: &str) -> Option<String> {
        match attribute {
            "device_class" => Some(self.device_class().to_owned()),
            "country" => self.dev_country().or_else(|| self.platform("country")),
            _ => {
                let (_, property) = FROM_PLATFORM.iter().find(|(name, _)| *name == attribute)?;
                self.platform(property)
            }
        }
    }

    fn platform(&self, property: &str) -> Option<String> {
        platform::cf(self.request, property)
    }

    fn dev_country(&self) -> Option<String> {
        let is_allowed = self.settings.allows_dev_country;
        let country = is_allowed.then(|| self.header(DEV_COUNTRY)).flatten();
        country.filter(|code| is_country(code))
    }

    fn device_class(&self) -> &'static str {
        let agent = self.header("User-Agent").unwrap_or_default();
        let is_mobile = self.header("Sec-CH-UA-Mobile");
        device_class(&agent, is_mobile.map(|value| value.trim() == "?1"))
    }

    fn header(&self, name: &str) -> Option<String> {
        platform::header(self.request, name)
    }
}

/// Two capital letters (ISO 3166), or what the platform says instead of one: `T1`, `XX`.
fn is_country(code: &str) -> bool {
    let is_symbol = |symbol: u8| symbol.is_ascii_uppercase() || symbol.is_ascii_digit();
    code.len() == 2 && code.bytes().all(is_symbol)
}

/// The class of a device, by the words that its user agent has for itself.
fn device_class(agent: &str, is_mobile: Option<bool>) -> &'static str {
    let agent = agent.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| agent.contains(word));
    if says(&["bot", "crawler", "spider", "slurp"]) {
        "bot"
    } else if says(&["ipad", "tablet", "kindle", "silk/"])
        || (says(&["android"]) && !says(&["mobile"]) && is_mobile != Some(true))
    {
        "tablet"
    } else if is_mobile == Some(true) || says(&["mobi", "iphone", "ipod", "android"]) {
        "mobile"
    } else {
        "desktop"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_agents_tell_their_class() {
        const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148";
        const IPAD: &str = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148";
        const PIXEL: &str =
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130 Mobile Safari/537.36";
        const GALAXY_TAB: &str =
            "Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/130 Safari/537.36";
        const MAC: &str =
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130 Safari/537.36";
        for (agent, is_mobile, class) in [
            (IPHONE, None, "mobile"),
            (IPAD, None, "tablet"),
            (PIXEL, None, "mobile"),
            (PIXEL, Some(true), "mobile"),
            (GALAXY_TAB, Some(false), "tablet"),
            (MAC, Some(false), "desktop"),
            (MAC, None, "desktop"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", None, "bot"),
            ("", None, "desktop"),
        ] {
            assert_eq!(device_class(agent, is_mobile), class, "{agent}");
        }
    }

    #[test]
    fn countries_are_two_symbols() {
        for (code, is_one) in [
            ("SE", true),
            ("T1", true),
            ("se", false),
            ("SWE", false),
            ("", false),
        ] {
            assert_eq!(is_country(code), is_one, "{code}");
        }
    }
}
