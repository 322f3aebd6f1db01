//! Compressed copies of a snapshot, and the tags that tell them apart.

use pennon_api::AudienceRecord;
use worker::worker_sys::web_sys::Request;

use crate::platform;

/// A compression that publishing prepares, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

const ALL: [Encoding; 2] = [Encoding::Brotli, Encoding::Gzip];

impl Encoding {
    /// Those that whoever asks can read, the best first.
    ///
    /// In front of the Worker the platform puts its own `Accept-Encoding`, and what the client said
    /// into `request.cf`.
    pub(crate) fn accepted_by(request: &Request) -> Vec<Encoding> {
        let client = platform::cf(request, "clientAcceptEncoding");
        let accepted = client.or_else(|| platform::header(request, "Accept-Encoding"));
        accepted_in(&accepted.unwrap_or_default())
    }

    /// Its name in HTTP.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gzip",
        }
    }

    /// What a compressed copy's name in the stores ends in.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Encoding::Brotli => ".br",
            Encoding::Gzip => ".gz",
        }
    }

    /// SHA-256 of the compressed snapshot, where there is one.
    pub(crate) fn hash_in(self, audience: &AudienceRecord) -> Option<&str> {
        let compressed = audience.encoded.as_ref()?;
        Some(match self {
            Encoding::Brotli => &compressed.br,
            Encoding::Gzip => &compressed.gzip,
        })
    }

    fn tag_suffix(self) -> &'static str {
        match self {
            Encoding::Brotli => "-br",
            Encoding::Gzip => "-gz",
        }
    }
}

/// The strong tag of a snapshot: each representation has its own (RFC 9110, 8.8.3).
pub(crate) fn tag(hash: &str, encoding: Option<Encoding>) -> String {
    let suffix = encoding.map_or("", Encoding::tag_suffix);
    ["\"", hash, suffix, "\""].concat()
}

/// The tag among those of `If-None-Match` that stands for the snapshot, in whichever
/// representation; `*` stands for the plain one.
pub(crate) fn matching_tag(known: &str, hash: &str) -> Option<String> {
    known.split(',').find_map(|known| {
        let bare = known.trim().trim_start_matches("W/").trim_matches('"');
        if bare == "*" || bare == hash {
            return Some(tag(hash, None));
        }
        let suffix = bare.strip_prefix(hash)?;
        let encoding = ALL.into_iter().find(|one| one.tag_suffix() == suffix)?;
        Some(tag(hash, Some(encoding)))
    })
}

/// Reads `Accept-Encoding` (RFC 9110, 12.5.3); a star alone promises nothing that can be sent.
fn accepted_in(header: &str) -> Vec<Encoding> {
    let accepts = |encoding: &Encoding| {
        header.split(',').any(|part| {
            let mut words = part.split(';').map(str::trim);
            let is_named = words
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case(encoding.name()));
            let is_refused = words
                .filter_map(|word| word.strip_prefix("q="))
                .any(|weight| {
                    weight
                        .trim()
                        .bytes()
                        .all(|byte| matches!(byte, b'0' | b'.'))
                });
            is_named && !is_refused
        })
    };
    ALL.into_iter().filter(accepts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_client_accepts() {
        use Encoding::{Brotli, Gzip};
        for (header, accepted) in [
            ("gzip, deflate, br", &[Brotli, Gzip][..]),
            ("GZIP;q=0.5", &[Gzip]),
            ("br;q=0, gzip", &[Gzip]),
            ("br; q=0.000, gzip; q=0", &[]),
            ("identity", &[]),
            ("*", &[]),
            ("", &[]),
            ("brotli", &[]),
        ] {
            assert_eq!(accepted_in(header), accepted, "{header}");
        }
    }

    #[test]
    fn any_representation_of_a_snapshot_is_known() {
        for (known, tag) in [
            ("\"abc\"", Some("\"abc\"")),
            ("W/\"abc\"", Some("\"abc\"")),
            ("\"x\", \"abc-br\"", Some("\"abc-br\"")),
            ("W/\"abc-gz\"", Some("\"abc-gz\"")),
            ("*", Some("\"abc\"")),
            ("\"abc-zz\"", None),
            ("\"abcd\"", None),
            ("", None),
        ] {
            assert_eq!(matching_tag(known, "abc").as_deref(), tag, "{known}");
        }
    }
}
