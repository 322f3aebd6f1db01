//! `If-Match` and `If-None-Match`: for which stored version a change is meant.

use crate::error::ApiError;

/// The stored state that a change was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Whatever is stored.
    Any,
    /// It exists, in any version (`If-Match: *`).
    Exists,
    /// It does not exist yet (`If-None-Match: *`).
    Absent,
    /// It exists in one of these versions (`If-Match: "7"`).
    Versions(Vec<u32>),
}

impl Basis {
    /// Reads both headers.
    ///
    /// # Errors
    ///
    /// 400 `invalid_precondition` when a header is not one that this API gives out.
    pub(crate) fn parse(
        if_match: Option<&str>,
        if_none_match: Option<&str>,
    ) -> Result<Self, ApiError> {
        match (if_match.map(str::trim), if_none_match.map(str::trim)) {
            (None, None) => Ok(Self::Any),
            (Some("*"), None) => Ok(Self::Exists),
            (None, Some("*")) => Ok(Self::Absent),
            (Some(tags), None) => tags
                .split(',')
                .map(|tag| version_of(tag.trim()))
                .collect::<Option<Vec<u32>>>()
                .map(Self::Versions)
                .ok_or_else(|| invalid("`If-Match` must be `*` or an ETag such as `\"7\"`")),
            (None, Some(_)) => Err(invalid("`If-None-Match` must be `*` here")),
            (Some(_), Some(_)) => Err(invalid("send `If-Match` or `If-None-Match`, not both")),
        }
    }

    /// Compares with what is stored.
    ///
    /// # Errors
    ///
    /// 412 `version_conflict`, which names the stored version.
    pub(crate) fn check(&self, current: Option<u32>) -> Result<(), ApiError> {
        let holds = match (self, current) {
            (Self::Any, _) | (Self::Exists, Some(_)) | (Self::Absent, None) => true,
            (Self::Versions(versions), Some(current)) => versions.contains(&current),
            _ => false,
        };
        if holds {
            Ok(())
        } else {
            Err(ApiError::version_conflict(current, self.conflict(current)))
        }
    }

    fn conflict(&self, current: Option<u32>) -> String {
        match (self, current) {
            (Self::Absent, Some(current)) => {
                format!("it exists already, in version {current}; `If-None-Match: *` only creates")
            }
            (_, Some(current)) => {
                format!("the stored version is {current}, not the one you named")
            }
            (Self::Versions(_), None) => {
                "it does not exist, so it has no version to match".to_owned()
            }
            (_, None) => "it does not exist; `If-Match: *` only changes what does".to_owned(),
        }
    }
}

/// The `ETag` of a version.
pub(crate) fn etag(version: u32) -> String {
    format!("\"{version}\"")
}

/// A weak tag is never equal under the strong comparison that `If-Match` asks for, so it is refused.
fn version_of(tag: &str) -> Option<u32> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

fn invalid(message: &str) -> ApiError {
    ApiError::bad_request("invalid_precondition", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let cases: [(Option<&str>, Option<&str>, Option<Basis>); 11] = [
            (None, None, Some(Basis::Any)),
            (Some("*"), None, Some(Basis::Exists)),
            (None, Some("*"), Some(Basis::Absent)),
            (Some("\"7\""), None, Some(Basis::Versions(vec![7]))),
            (
                Some(" \"6\" , \"7\""),
                None,
                Some(Basis::Versions(vec![6, 7])),
            ),
            (Some("7"), None, None),
            (Some("W/\"7\""), None, None),
            (Some("\"seven\""), None, None),
            (Some(""), None, None),
            (None, Some("\"7\""), None),
            (Some("*"), Some("*"), None),
        ];
        for (if_match, if_none_match, expected) in cases {
            let found = Basis::parse(if_match, if_none_match).ok();
            assert_eq!(found, expected, "{if_match:?} {if_none_match:?}");
        }
    }

    #[test]
    fn a_basis_holds_or_conflicts() {
        let cases = [
            (Basis::Any, None, true),
            (Basis::Any, Some(3), true),
            (Basis::Exists, None, false),
            (Basis::Exists, Some(3), true),
            (Basis::Absent, None, true),
            (Basis::Absent, Some(3), false),
            (Basis::Versions(vec![2, 3]), Some(3), true),
            (Basis::Versions(vec![2]), Some(3), false),
            (Basis::Versions(vec![2]), None, false),
        ];
        for (basis, current, holds) in cases {
            assert_eq!(basis.check(current).is_ok(), holds, "{basis:?} {current:?}");
        }
    }

    #[test]
    fn a_conflict_says_what_was_asked_for() {
        let cases = [
            (Basis::Absent, Some(4), "it exists already, in version 4"),
            (Basis::Exists, None, "it does not exist; `If-Match: *`"),
            (Basis::Versions(vec![3]), Some(4), "not the one you named"),
            (Basis::Versions(vec![3]), None, "no version to match"),
        ];
        for (basis, current, part) in cases {
            let error = basis.check(current).unwrap_err();
            assert_eq!(error.summary(), (412, "version_conflict"));
            assert!(
                error.message().contains(part),
                "{basis:?}: {}",
                error.message()
            );
        }
    }
}
