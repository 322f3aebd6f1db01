/// Which web origins a client key may be used from: one entry of its list.
///
/// Shape: `*` is any origin; `https://*.shop.example` is every name below the host, at any depth and
/// without the host itself; anything else is that one origin. Scheme and port are always exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginPattern<'a> {
    kind: Kind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    Any,
    Exact(&'a str),
    /// `https://` and `.shop.example`, the port included.
    Below(&'a str, &'a str),
}

impl<'a> OriginPattern<'a> {
    /// Reads an entry; nothing when a star stands where it means nothing.
    ///
    /// Whether the rest is an origin that a browser sends is told by [`sample`](Self::sample).
    pub fn parse(text: &'a str) -> Option<Self> {
        let kind = match text.split_once('*') {
            None => Kind::Exact(text),
            Some(("", "")) => Kind::Any,
            Some((scheme, host)) => {
                let is_name = |host: &str| host.starts_with(|c: char| c.is_ascii_alphanumeric());
                let is_below =
                    scheme.ends_with("://") && host.strip_prefix('.').is_some_and(is_name);
                if !is_below || host.contains('*') {
                    return None;
                }
                Kind::Below(scheme, host)
            }
        };
        Some(Self { kind })
    }

    /// Whether the value of an `Origin` header is one of those that are meant.
    ///
    /// Example:
    /// ```
    /// let pattern = pennon_api::OriginPattern::parse("https://*.shop.example").unwrap();
    /// assert!(pattern.matches("https://pay.shop.example"));
    /// assert!(!pattern.matches("https://shop.example"));
    /// ```
    pub fn matches(&self, origin: &str) -> bool {
        match self.kind {
            Kind::Any => true,
            Kind::Exact(text) => text == origin,
            Kind::Below(scheme, host) => origin
                .strip_prefix(scheme)
                .and_then(|rest| rest.strip_suffix(host))
                .is_some_and(|labels| labels.split('.').all(is_label)),
        }
    }

    /// One of the origins that are meant, by which the entry can be checked; nothing for `*`.
    pub fn sample(&self) -> Option<String> {
        match self.kind {
            Kind::Any => None,
            Kind::Exact(text) => Some(text.to_owned()),
            Kind::Below(scheme, host) => Some(format!("{scheme}a{host}")),
        }
    }
}

/// Whether a text is a part of a host's name as browsers spell it.
fn is_label(text: &str) -> bool {
    let is_allowed =
        |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_');
    !text.is_empty() && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_alone_or_for_whole_labels() {
        for text in [
            "**",
            "*.a",
            "*://a",
            "https://*",
            "https://*.",
            "https://*.:8443",
            "https://a*.b",
            "https://a.*.b",
            "https://*.*.b",
            "https://a:*",
        ] {
            assert_eq!(OriginPattern::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_below_a_host_are_matched_and_nothing_else() {
        let pattern = OriginPattern::parse("https://*.shop.example:8443").unwrap();
        assert_eq!(
            pattern.sample().as_deref(),
            Some("https://a.shop.example:8443")
        );
        for origin in [
            "https://a.shop.example:8443",
            "https://a.b-c.shop.example:8443",
        ] {
            assert!(pattern.matches(origin), "{origin}");
        }
        for origin in [
            "",
            "null",
            "https://shop.example:8443",
            "https://.shop.example:8443",
            "https://a..shop.example:8443",
            "https://ashop.example:8443",
            "https://a.shop.example",
            "http://a.shop.example:8443",
            "https://evil.example/.shop.example:8443",
            "https://evil.example:1.shop.example:8443",
            "https://A.shop.example:8443",
        ] {
            assert!(!pattern.matches(origin), "{origin}");
        }
    }

    #[test]
    fn a_star_alone_is_any_and_no_star_is_one() {
        assert!(OriginPattern::parse("*").is_some_and(|any| any.matches("null")));
        let one = OriginPattern::parse("https://shop.example").unwrap();
        assert!(one.matches("https://shop.example"));
        assert!(!one.matches("https://a.shop.example"));
    }
}
