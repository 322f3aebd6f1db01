/// The opaque tag of an `If-None-Match` header: weak, strong or bare (section 8.4).
pub fn etag(header: &str) -> Option<&str> {
    let tag = header.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let tag = tag
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .unwrap_or(tag)
        .trim();
    (!tag.is_empty() && tag != "\"").then_some(tag)
}
