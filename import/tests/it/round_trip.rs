use pennon_import::posthog::{Options, export, import};
use proptest::prelude::*;

use crate::definitions::payload;

fn options() -> Options {
    Options {
        environment: "env_test".to_owned(),
    }
}

proptest! {
    #[test]
    fn an_export_gives_back_what_came_in(text in payload()) {
        let imported = import(&text, &options()).unwrap();
        let exported = export(&imported.ruleset).unwrap();
        prop_assert_eq!(&exported.text, &text);
        prop_assert!(exported.edited.is_empty() && exported.removed.is_empty());
        // The ruleset is the same after it was written and read.
        let written = serde_json::to_string(&imported.ruleset).unwrap();
        let read = pennon_ruleset::parse(&written).unwrap();
        prop_assert_eq!(export(&read).unwrap(), exported);
    }
}

#[test]
fn numbers_keep_their_digits() {
    let text =
        r#"[{"key":"f","active":true,"x":[1e2,1.50,-0.0,12345678901234567890123,{"a/~":5E-1}]}]"#;
    let imported = import(text, &options()).unwrap();
    assert_eq!(export(&imported.ruleset).unwrap().text, text);
}

#[test]
fn edited_and_removed_flags_are_named() {
    let text =
        r#"{"flags":[{"key":"f","active":true},{"key":"g","active":true},{"key":"h"}],"x":1e0}"#;
    let mut ruleset = import(text, &options()).unwrap().ruleset;
    ruleset.flags.get_mut("f").unwrap().killed = true;
    ruleset.flags.shift_remove("g");
    let exported = export(&ruleset).unwrap();
    assert_eq!(exported.edited, ["f"]);
    assert_eq!(exported.removed, ["g"]);
    assert_eq!(
        exported.text,
        r#"{"flags":[{"key":"f","active":true},{"key":"h"}],"x":1.0}"#
    );
}

#[test]
fn a_ruleset_of_ours_has_nothing_to_export() {
    let ruleset = pennon_ruleset::parse(r#"{"schema":1,"environment":"e","flags":{}}"#).unwrap();
    assert!(export(&ruleset).is_err());
}
