use std::path::Path;

/// `docs/ruleset.schema.json`; written anew when `PENNON_WRITE_SCHEMA` is set.
#[test]
fn the_published_schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ruleset.schema.json");
    let current = serde_json::to_string_pretty(&pennon_ruleset::schema()).unwrap() + "\n";
    if std::env::var_os("PENNON_WRITE_SCHEMA").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == current,
        "docs/ruleset.schema.json is stale: run `PENNON_WRITE_SCHEMA=1 cargo test -p pennon-ruleset schema`"
    );
}
