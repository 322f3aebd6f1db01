//! Bodies that clients really send, and those that nobody should.

use pennon_wire::posthog::{BodyHints, json};
use serde_json::json as value;

const FORM: &str = "application/x-www-form-urlencoded";

fn read(
    body: &str,
    content_type: &str,
    compression: Option<&str>,
) -> Result<serde_json::Value, u16> {
    let hints = BodyHints {
        content_type,
        compression,
    };
    json(body.as_bytes(), hints).map_err(|refusal| refusal.status)
}

#[test]
fn unpacks_every_packing() {
    let expected = value!({"token": "é"});
    let cases = [
        ("{\"token\":\"é\"}", "application/json", None),
        ("\u{feff} {\"token\":\"\\u00e9\"}\n", "text/plain", None),
        ("data=eyJ0b2tlbiI6IsOpIn0%3D", FORM, Some("base64")),
        ("ver=1&data=eyJ0b2tlbiI6IsOpIn0", FORM, None),
        ("data=%7B%22token%22%3A%22%C3%A9%22%7D", FORM, None),
        ("eyJ0b2tlbiI6IsOpIn0=", "text/plain", None),
        ("{\"token\":\"é\"}", "text/plain", Some("gzip-js")),
    ];
    for (body, content_type, compression) in cases {
        let read = read(body, content_type, compression);
        assert_eq!(read.as_ref(), Ok(&expected), "{body}");
    }
}

#[test]
fn a_space_of_a_form_was_a_plus() {
    // `{"a":"~~>"}` has a plus in its base64.
    assert_eq!(
        read("data=eyJhIjoifn4 In0", FORM, None),
        Ok(value!({"a": "~~>"}))
    );
}

#[test]
fn repairs_what_javascript_and_python_write_beyond_json() {
    let body = r#"{"a":NaN,"b":[-Infinity,Infinity],"NaN":"NaN \" Infinity","c":"\ud800x\\ud800\ud83d\ude00"}"#;
    let expected = value!({
        "a": null, "b": [null, null], "NaN": "NaN \" Infinity", "c": "\u{fffd}x\\ud800😀",
    });
    assert_eq!(read(body, "", None), Ok(expected));
    let broken = [b"{\"a\":\"".as_slice(), &[0xff], b"\"}"].concat();
    assert_eq!(
        json(&broken, BodyHints::default()).unwrap(),
        value!({"a": "\u{fffd}"})
    );
}

#[test]
fn refuses_what_is_none_of_them() {
    for (body, compression) in [
        ("", None),
        ("{\"a\":", None),
        ("hello there", None),
        ("data=", None),
        ("{}", Some("lz64")),
        ("\"\\u\"", None),
        ("{\"a\":\"\\ud8\"}", None),
    ] {
        assert_eq!(read(body, "", compression), Err(400), "{body}");
    }
}
