/// The credential of an `Authorization` header of the scheme `Bearer`, which any case spells (RFC 9110, 11.1).
///
/// Example:
/// ```
/// assert_eq!(pennon_api::bearer("bearer at_1"), Some("at_1"));
/// assert_eq!(pennon_api::bearer("Basic at_1"), None);
/// ```
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, credential) = header.trim().split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("Bearer")
        .then(|| credential.trim())
}
