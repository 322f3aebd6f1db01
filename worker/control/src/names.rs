//! What keys, names and reasons may look like.

use pennon_api::OriginPattern;

use crate::error::ApiError;

/// Checks the key of a project or an environment: it stands in addresses and in object names.
///
/// # Errors
///
/// 400 `invalid_key`.
pub(crate) fn check_key(key: &str) -> Result<(), ApiError> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if key.len() <= 64 && key.chars().all(is_allowed) && !key.starts_with('-') && !key.is_empty() {
        return Ok(());
    }
    let message = "a key is 1 to 64 of `a-z`, `0-9` and `-`, and begins with a letter or digit";
    Err(ApiError::bad_request("invalid_key", message).at("/key"))
}

/// Checks the key of a flag or a definition. Imported keys come in every spelling, so only what
/// cannot be shown or stored is refused.
///
/// # Errors
///
/// 400 `invalid_key`.
pub(crate) fn check_document_key(key: &str) -> Result<(), ApiError> {
    let is_shown = !key.trim().is_empty() && !key.chars().any(char::is_control);
    if is_shown && key.len() <= 256 {
        return Ok(());
    }
    let message = "a key is 1 to 256 bytes without control characters";
    Err(ApiError::bad_request("invalid_key", message))
}

/// Checks a name that people see.
///
/// # Errors
///
/// 400 `invalid_name`.
pub(crate) fn check_name(name: &str) -> Result<(), ApiError> {
    let n = name.trim().chars().count();
    if (1..=200).contains(&n) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let message = "a name is 1 to 200 characters on one line";
    Err(ApiError::bad_request("invalid_name", message).at("/name"))
}

/// Checks why somebody says they did something.
///
/// # Errors
///
/// 400 `invalid_reason`.
pub(crate) fn check_reason(reason: Option<&str>) -> Result<(), ApiError> {
    if reason.is_none_or(|reason| reason.chars().count() <= 1000) {
        return Ok(());
    }
    let message = "a reason is at most 1000 characters";
    Err(ApiError::bad_request("invalid_reason", message).at("/reason"))
}

/// Checks the web origins of a key: each is `*`, or scheme, host and port with nothing after, of
/// which the host may begin with `*.`.
///
/// # Errors
///
/// 400 `invalid_origin`, with the position of the origin in its list.
pub(crate) fn check_origins(origins: &[String]) -> Result<(), ApiError> {
    if origins.len() > 50 {
        let message = "at most 50 origins";
        return Err(ApiError::bad_request("invalid_origin", message).at("/origins"));
    }
    for (i, origin) in origins.iter().enumerate() {
        check_origin(origin).map_err(|error| error.at(format!("/origins/{i}")))?;
    }
    Ok(())
}

fn check_origin(origin: &str) -> Result<(), ApiError> {
    let Some(pattern) = OriginPattern::parse(origin) else {
        let message = format!(
            "`{origin}` has a `*` where it means nothing: `*` alone is any origin, and `https://*.shop.example` is every name below a host"
        );
        return Err(ApiError::bad_request("invalid_origin", message));
    };
    // An entry that is spelt otherwise than a browser spells its origin would never match.
    let is_sent = |sample: &str| {
        worker::Url::parse(sample).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == sample
        })
    };
    if pattern.sample().is_none_or(|sample| is_sent(&sample)) {
        return Ok(());
    }
    let message = format!(
        "`{origin}` is not an origin such as `https://shop.example`: scheme and host in lower case, a port only where it is not the scheme's own, nothing after"
    );
    Err(ApiError::bad_request("invalid_origin", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for key in ["a", "shop-2", "0"] {
            assert!(check_key(key).is_ok(), "{key}");
        }
        for key in ["", "-a", "Shop", "a_b", "a/b", "ü", &"a".repeat(65)] {
            assert!(check_key(key).is_err(), "{key}");
        }
        for key in ["New Checkout!", "ümlaut", "a/b", "a.b"] {
            assert!(check_document_key(key).is_ok(), "{key}");
        }
        for key in ["", "  ", "a\nb", &"a".repeat(257)] {
            assert!(check_document_key(key).is_err(), "{key}");
        }
    }

    #[test]
    fn origins() {
        for origin in [
            "https://shop.example",
            "http://127.0.0.1:5173",
            "*",
            "https://*.shop.example:8443",
        ] {
            assert!(check_origins(&[origin.to_owned()]).is_ok(), "{origin}");
        }
        for origin in [
            "shop.example",
            "https://shop.example/",
            "https://shop.example/a",
            "ftp://x.y",
            "https://*",
            "https://*.0.0.1",
            "https://*.Shop.example",
            "null",
        ] {
            assert!(check_origins(&[origin.to_owned()]).is_err(), "{origin}");
        }
    }
}
