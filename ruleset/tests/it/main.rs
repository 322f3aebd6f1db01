mod s { #[test] fn s() { std::fs::write("/tmp/pennon/schema.json", serde_json::to_string_pretty(&pennon_ruleset::schema()).unwrap()).unwrap(); } }
