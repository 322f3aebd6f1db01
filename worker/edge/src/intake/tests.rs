use pennon_api::{Delivery, EnvironmentRecord, EventCopy};
use serde_json::{Value, json};

use super::*;
use crate::error::FailureKind;

const BATCH: &str = "0192f1d0-7c3e-7b1a-9c53-3f1e5a0b7c11";
const EVENT: &str = "0192f1d0-6a01-7d3c-8e1f-0a2b3c4d5e6f";
const RECEIVED_AT: u64 = 1_764_060_010_000;
const SENT_AT: u64 = 1_764_060_005_000;
const AT: u64 = 1_764_060_000_000;

fn environment() -> EnvironmentRecord {
    serde_json::from_value(json!({
        "schema": 1, "environment": "env_demo", "project": "p", "revision": 1, "published_at": 0,
        "public": { "snapshot": "", "plan": "", "names": "" },
        "server": { "snapshot": "", "plan": "", "names": "" },
        "units": ["user", "device"], "shards": 4, "pepper": "00"
    }))
    .unwrap()
}

fn exposure() -> Value {
    json!({ "id": EVENT, "type": "exposure", "at": AT, "units": { "user": "u-17" },
            "flag": "new-checkout", "variant": "on" })
}

fn track() -> Value {
    json!({ "id": EVENT, "type": "track", "at": AT, "units": { "user": "u-17" }, "name": "paid" })
}

fn batch(events: &[Value]) -> Value {
    json!({ "id": BATCH, "sent_at": SENT_AT, "events": events })
}

fn read_text(text: &str) -> Result<Deliveries, Failure> {
    read_bytes(text.as_bytes())
}

fn read_bytes(body: &[u8]) -> Result<Deliveries, Failure> {
    read_in(&environment(), None, body)
}

/// Reads what somebody sends of whom the edge knows something, or nothing.
fn read_in(
    environment: &EnvironmentRecord,
    sender: Option<&[(&str, &str)]>,
    body: &[u8],
) -> Result<Deliveries, Failure> {
    read_against(environment, sender, None, body)
}

fn read_against(
    environment: &EnvironmentRecord,
    sender: Option<&[(&str, &str)]>,
    plan: Option<Known<'_>>,
    body: &[u8],
) -> Result<Deliveries, Failure> {
    let known = sender.map(|known| {
        let known = known.iter();
        known
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    });
    let reception = Reception {
        environment,
        received_at: RECEIVED_AT,
        sender: known,
        known: plan,
    };
    let mut body = body.to_vec();
    mend(&mut body);
    read(&body, &reception)
}

fn read_events(events: &[Value]) -> Deliveries {
    read_text(&batch(events).to_string()).unwrap()
}

/// Replaces one field of a value; null takes it away.
fn with(mut value: Value, field: &str, new: Value) -> Value {
    let object = value.as_object_mut().unwrap();
    if new.is_null() {
        object.remove(field);
    } else {
        object.insert(field.to_owned(), new);
    }
    value
}

fn line(parts: &[Delivery]) -> Value {
    let copies = parts.iter().flat_map(|part| &part.copies);
    let lines: Vec<&String> = copies.filter_map(|copy| copy.line.as_ref()).collect();
    assert_eq!(lines.len(), 1, "one copy writes the log");
    serde_json::from_str(lines[0]).unwrap()
}

mod batches {
    use super::*;

    #[track_caller]
    fn check_refused(body: &[u8], kind: FailureKind) {
        let failure = read_bytes(body).unwrap_err();
        assert_eq!(failure.kind(), kind, "{failure}");
    }

    #[test]
    fn what_cannot_be_read_is_refused_as_a_whole() {
        check_refused(b"", FailureKind::InvalidJson);
        check_refused(b"{", FailureKind::InvalidJson);
        check_refused(b"{\"id\":\"\xff\"}", FailureKind::InvalidUtf8);
        check_refused(b"[]", FailureKind::InvalidBatch);
        check_refused(b"null", FailureKind::InvalidBatch);
        for (field, value) in [
            ("id", json!(null)),
            ("id", json!("x")),
            ("id", json!("0192f1d0-7c3e-4b1a-9c53-3f1e5a0b7c11")),
            ("sent_at", json!(null)),
            ("sent_at", json!(-1)),
            ("sent_at", json!(8.7e15)),
            ("sent_at", json!("2026-01-01")),
            ("client", json!("x".repeat(65))),
            ("dropped", json!(-1)),
            ("dropped", json!(1_u64 << 53)),
            ("events", json!({})),
            ("events", json!(null)),
        ] {
            let body = with(batch(&[]), field, value).to_string();
            check_refused(body.as_bytes(), FailureKind::InvalidBatch);
        }
    }

    #[test]
    fn too_many_events_are_told_apart_from_bad_ones() {
        let body = batch(&vec![json!(1); MAX_EVENTS + 1]).to_string();
        check_refused(body.as_bytes(), FailureKind::TooManyEvents);
        assert_eq!(
            read_events(&vec![json!(1); MAX_EVENTS]).rejected.len(),
            MAX_EVENTS
        );
    }

    #[test]
    fn depth_harms_nobody() {
        let deep = "[".repeat(100_000);
        check_refused(deep.as_bytes(), FailureKind::InvalidBatch);
        let closed = format!("{deep}{}", "]".repeat(100_000));
        let unknown = batch(&[])
            .to_string()
            .replacen('{', &format!("{{\"x\":{closed},"), 1);
        assert_eq!(read_text(&unknown).unwrap().events, 0);
    }

    #[test]
    fn what_the_client_gave_up_is_handed_on_once() {
        let body = with(batch(&[]), "dropped", json!(3)).to_string();
        let parts = read_text(&body).unwrap().parts;
        assert_eq!(
            parts.iter().map(|part| part.dropped).collect::<Vec<_>>(),
            [3]
        );

        let many: Vec<Value> = (0..50)
            .map(|n| with(track(), "units", json!({ "user": format!("u{n}") })))
            .collect();
        let body = with(batch(&many), "dropped", json!(3)).to_string();
        let parts = read_text(&body).unwrap().parts;
        assert_eq!(parts.len(), 4);
        // The batch's id ends with 0x5a0b7c11, which is 1 mod 4, whatever is in it.
        let told: Vec<(u32, u64)> = parts
            .iter()
            .map(|part| (part.shard, part.dropped))
            .collect();
        assert_eq!(told, [(0, 0), (1, 3), (2, 0), (3, 0)]);
        let cut: Vec<Delivery> = parts.iter().flat_map(|part| part.recut(8)).collect();
        let told: Vec<(u32, u64)> = cut
            .iter()
            .filter(|part| part.dropped > 0)
            .map(|part| (part.shard, part.dropped))
            .collect();
        assert_eq!(told, [(1, 3)]);
    }
}

mod events {
    use super::*;

    #[track_caller]
    fn check_rejected(event: Value, code: &str) {
        let deliveries = read_events(&[track(), event, track()]);
        let rejected = serde_json::to_value(&deliveries.rejected).unwrap();
        assert_eq!(rejected.as_array().unwrap().len(), 1, "{rejected}");
        assert_eq!(rejected[0]["code"], code, "{rejected}");
        assert_eq!(rejected[0]["index"], 1);
        assert_eq!(deliveries.events, 2, "its neighbours are taken");
    }

    #[test]
    fn a_bad_event_is_left_out_with_its_reason() {
        check_rejected(json!(7), "invalid_event");
        check_rejected(json!([]), "invalid_event");
        check_rejected(with(track(), "id", json!("x")), "invalid_id");
        check_rejected(with(track(), "id", json!(null)), "invalid_id");
        check_rejected(with(track(), "type", json!("click")), "unknown_type");
        check_rejected(with(track(), "type", json!(null)), "unknown_type");
        check_rejected(with(track(), "at", json!("yesterday")), "invalid_time");
        check_rejected(with(track(), "at", json!(-5)), "invalid_time");
        check_rejected(with(track(), "name", json!(null)), "missing_field");
        check_rejected(with(track(), "name", json!("")), "invalid_field");
        check_rejected(
            with(track(), "name", json!("x".repeat(257))),
            "invalid_field",
        );
        check_rejected(with(track(), "value", json!("12")), "invalid_field");
        check_rejected(with(track(), "properties", json!([1])), "invalid_field");
        check_rejected(with(exposure(), "variant", json!(null)), "missing_field");
        check_rejected(with(exposure(), "variant", json!(true)), "invalid_field");
        check_rejected(with(exposure(), "epoch", json!(-1)), "invalid_field");
        check_rejected(with(exposure(), "revision", json!(1.5)), "invalid_field");
        check_rejected(with(track(), "type", json!("identify")), "invalid_units");
        check_rejected(with(track(), "type", json!("enrol")), "missing_field");
        check_rejected(with(track(), "type", json!("answer")), "missing_field");
    }

    #[test]
    fn units_are_checked() {
        for units in [
            json!(null),
            json!("u1"),
            json!({}),
            json!({ "user": "" }),
            json!({ "user": null }),
            json!({ "user": 1.5 }),
            json!({ "user": "x".repeat(257) }),
            json!({ "User": "u1" }),
            json!({ "": "u1" }),
            json!({ "a": "1", "b": "1", "c": "1", "d": "1", "e": "1", "f": "1", "g": "1",
                    "h": "1", "i": "1" }),
        ] {
            check_rejected(with(track(), "units", units), "invalid_units");
        }
        check_rejected(
            with(track(), "units", json!({ "company": "c1" })),
            "no_unit",
        );
    }

    #[test]
    fn size_and_depth_of_one_event_are_bounded() {
        let long = json!({ "text": "x".repeat(MAX_EVENT_BYTES) });
        check_rejected(with(track(), "properties", long), "event_too_large");
        let nested = |levels: usize| (2..levels).fold(json!({}), |inner, _| json!({ "in": inner }));
        let event = |levels| with(track(), "properties", nested(levels));
        check_rejected(event(MAX_EVENT_DEPTH + 1), "event_too_deep");
        assert_eq!(read_events(&[event(MAX_EVENT_DEPTH)]).events, 1);
        let brackets = with(track(), "name", json!("[[[[[[[[[[\"{{{{{{{{{"));
        assert_eq!(read_events(&[brackets]).events, 1);
    }

    #[test]
    fn the_rejection_carries_the_id_as_it_was_sent() {
        let rejected = read_events(&[with(track(), "id", json!("mine"))]).rejected;
        assert_eq!(serde_json::to_value(&rejected).unwrap()[0]["id"], "mine");
    }

    #[test]
    fn half_a_surrogate_pair_is_read_as_the_replacement_character() {
        for (sent, read_as) in [
            (r"a\ud800b", "a\u{fffd}b"),
            (r"a\udc00b", "a\u{fffd}b"),
            (r"\ud83d\ude00", "\u{1f600}"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
            (r"\\ud800", r"\ud800"),
        ] {
            let body = batch(&[track()]).to_string().replace("paid", sent);
            let deliveries = read_text(&body).unwrap();
            assert_eq!(line(&deliveries.parts)["name"], read_as, "{sent}");
        }
    }
}

mod copies {
    use super::*;

    #[test]
    fn the_log_line_has_what_is_known_and_nothing_else() {
        let sent = with(
            with(exposure(), "reason", json!("SPLIT")),
            "secret",
            json!("s3cret"),
        );
        let deliveries = read_events(&[with(sent, "rule", json!("r2"))]);
        assert_eq!(
            line(&deliveries.parts),
            json!({
                "id": EVENT, "type": "exposure", "at": 1_764_060_005_000_u64,
                "received_at": RECEIVED_AT, "environment": "env_demo", "batch": BATCH,
                "units": { "user": "u-17" }, "flag": "new-checkout", "variant": "on",
                "reason": "SPLIT", "rule": "r2"
            })
        );
    }

    #[test]
    fn there_is_one_copy_for_each_unit_type_in_use() {
        let units = json!({ "company": "c", "device": "d-4711", "user": "u-17" });
        let parts = read_events(&[with(exposure(), "units", units)]).parts;
        let mut copies: Vec<(u32, &str, bool)> = parts
            .iter()
            .flat_map(|part| part.copies.iter().map(move |copy| (part.shard, copy)))
            .map(|(shard, copy)| (shard, copy.unit_type.as_str(), copy.line.is_some()))
            .collect();
        copies.sort_unstable();
        // The worked number of docs/events.md: `u-17` is in shard 1; the first unit writes the log.
        assert_eq!(copies, [(1, "user", true), (2, "device", false)]);
    }

    /// The unit types whose copies are counted, and the one whose copy has the line.
    fn roles(units: &Value, in_use: &[&str]) -> (Vec<String>, Vec<String>) {
        let environment = EnvironmentRecord {
            units: in_use.iter().map(ToString::to_string).collect(),
            ..environment()
        };
        let body = batch(&[with(exposure(), "units", units.clone())]).to_string();
        let parts = read_in(&environment, None, body.as_bytes()).unwrap().parts;
        let copies = || parts.iter().flat_map(|part| &part.copies);
        let types = |with: &dyn Fn(&EventCopy) -> bool| {
            let mut types: Vec<String> = copies()
                .filter(|copy| with(copy))
                .map(|copy| copy.unit_type.clone())
                .collect();
            types.sort();
            types
        };
        (
            types(&|copy| copy.exposure.is_some()),
            types(&|copy| copy.line.is_some()),
        )
    }

    #[test]
    fn the_copy_that_writes_the_log_depends_on_the_event_alone() {
        let cases = [
            (json!({ "device": "d", "user": "u" }), "user"),
            (json!({ "company": "c", "device": "d" }), "device"),
            (json!({ "team": "t", "company": "c" }), "company"),
            (json!({ "team": "t" }), "team"),
        ];
        let uses: [&[&str]; 5] = [
            &["user", "device", "company", "team"],
            &["team", "company", "device", "user"],
            &["team"],
            &["company", "team"],
            &["device", "team", "user"],
        ];
        for (units, bearer) in cases {
            for in_use in uses {
                let (mut counted, bearers) = roles(&units, in_use);
                let mut sent: Vec<String> = units.as_object().unwrap().keys().cloned().collect();
                sent.retain(|kind| in_use.contains(&kind.as_str()));
                sent.sort();
                counted.dedup();
                let is_refused = sent.is_empty();
                assert_eq!(counted, sent, "{units} {in_use:?}");
                let expected = if is_refused {
                    vec![]
                } else {
                    vec![bearer.to_owned()]
                };
                assert_eq!(bearers, expected, "{units} {in_use:?}");
            }
        }
    }

    #[test]
    fn an_integer_id_becomes_decimal_text() {
        let parts = read_events(&[with(track(), "units", json!({ "user": 42 }))]).parts;
        assert_eq!(parts[0].copies[0].unit_id, "42");
    }

    #[test]
    fn epoch_and_stage_reach_the_shard() {
        let sent = with(
            with(exposure(), "epoch", json!(2)),
            "stage",
            json!("internal"),
        );
        let parts = read_events(&[sent]).parts;
        let exposure = parts[0].copies[0].exposure.clone().unwrap();
        assert_eq!((exposure.epoch, exposure.stratum.as_str()), (2, "internal"));
    }
}

mod time {
    use super::*;

    const DAY_MS: u64 = 86_400_000;

    #[track_caller]
    fn check(sent_at: u64, at: u64, corrected: u64, is_skewed: bool) {
        let body = with(
            batch(&[with(track(), "at", json!(at))]),
            "sent_at",
            json!(sent_at),
        );
        let line = line(&read_text(&body.to_string()).unwrap().parts);
        assert_eq!(line["at"], corrected);
        assert_eq!(line.get("skewed").is_some(), is_skewed);
    }

    #[test]
    fn a_wrong_clock_is_corrected_and_the_result_clamped() {
        check(SENT_AT, AT, AT + 5_000, false);
        let year = 365 * DAY_MS;
        check(SENT_AT - year, AT - year, AT + 5_000, true);
        check(SENT_AT + year, AT + year, AT + 5_000, true);
        check(SENT_AT, SENT_AT + 60_000, RECEIVED_AT, false);
        check(
            SENT_AT,
            SENT_AT - 30 * DAY_MS,
            RECEIVED_AT - 7 * DAY_MS,
            false,
        );
    }
}

mod hostile {
    use super::*;

    /// A generator that needs no crate: xorshift, the same numbers in every run.
    fn next(state: &mut u64) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        usize::try_from(*state >> 33).unwrap()
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_and_nothing_else() {
        const DAMAGE: &[u8] = b"\\\"{}[]:,0ud\xff\x00e-";
        let units = json!({ "user": "u-17", "device": 7 });
        let sent = batch(&[with(exposure(), "units", units), track()]).to_string();
        let mut state = 0x5eed;
        for _ in 0..20_000 {
            let mut body = sent.clone().into_bytes();
            for _ in 0..=next(&mut state) % 3 {
                let at = next(&mut state) % body.len();
                body[at] = DAMAGE[next(&mut state) % DAMAGE.len()];
            }
            body.truncate(body.len() - next(&mut state) % 3 * 7);
            if let Ok(deliveries) = read_bytes(&body) {
                let seen = deliveries.events + deliveries.rejected.len();
                assert!(seen <= 2, "an event was made up");
            }
        }
    }
}

mod counting {
    use super::*;
    use std::collections::BTreeMap;

    fn counting() -> EnvironmentRecord {
        let dimensions = json!([
            { "key": "country", "source": "edge" }, { "key": "plan", "source": "properties" },
            { "key": "trial", "source": "properties" } ]);
        let body = json!({ "metrics": [], "dimensions": dimensions, "units": ["user"] });
        EnvironmentRecord {
            definitions: Some(
                serde_json::from_value(json!({ "hash": "00ff", "body": body })).unwrap(),
            ),
            ..environment()
        }
    }

    fn read_one(event: &Value, sender: Option<&[(&str, &str)]>) -> Vec<Delivery> {
        let body = batch(std::slice::from_ref(event)).to_string();
        let read = read_in(&counting(), sender, body.as_bytes()).unwrap();
        assert_eq!(read.rejected, []);
        read.parts
    }

    #[track_caller]
    fn check_levels(properties: Value, sender: Option<&[(&str, &str)]>, expected: &Value) {
        let parts = read_one(&with(exposure(), "properties", properties), sender);
        let levels: BTreeMap<String, String> = serde_json::from_value(expected.clone()).unwrap();
        let copy = &parts[0].copies[0];
        assert_eq!(copy.exposure.as_ref().unwrap().levels, levels);
        let line = line(&parts);
        assert_eq!(line.get("levels").unwrap_or(&json!({})), expected);
        assert_eq!(line.get("properties"), None);
        assert_eq!(line["definitions"], "00ff");
        assert_eq!(parts[0].definitions, "00ff");
    }

    #[test]
    fn of_what_an_exposure_says_only_the_configured_dimensions_are_kept() {
        let sender = Some(&[("country", "SE"), ("city", "Lund")][..]);
        let said =
            json!({ "plan": "pro", "trial": true, "e-mail": "a@b.example", "country": "US" });
        check_levels(
            said.clone(),
            sender,
            &json!({ "country": "SE", "plan": "pro", "trial": "true" }),
        );
        check_levels(
            said,
            None,
            &json!({ "country": "US", "plan": "pro", "trial": "true" }),
        );
        check_levels(
            json!({ "plan": "x".repeat(65), "trial": [1] }),
            None,
            &json!({}),
        );
        check_levels(json!({ "plan": 2.5 }), None, &json!({ "plan": "2.5" }));
        check_levels(json!(null), Some(&[][..]), &json!({}));
    }

    #[test]
    fn what_was_done_travels_with_each_copy() {
        let event = with(track(), "value", json!(2.5));
        let event = with(event, "units", json!({ "user": "u-17", "device": "d" }));
        let parts = read_one(&event, None);
        let copies: Vec<_> = parts.iter().flat_map(|part| &part.copies).collect();
        assert_eq!(copies.len(), 2);
        for copy in copies {
            let track = copy.track.as_ref().unwrap();
            assert_eq!((track.name.as_str(), track.value), ("paid", Some(2.5)));
        }
    }

    #[test]
    fn a_previous_id_gets_a_copy_that_names_the_new_one() {
        let identify = json!({ "id": EVENT, "type": "identify", "at": AT,
            "units": { "user": "u-17" }, "previous": { "user": "anon-1" } });
        let parts = read_one(&identify, None);
        let copies: Vec<_> = parts.iter().flat_map(|part| &part.copies).collect();
        let (now, before): (Vec<&EventCopy>, Vec<&EventCopy>) =
            copies.into_iter().partition(|copy| copy.merge.is_none());
        assert_eq!((now.len(), before.len()), (1, 1));
        let merge = before[0].merge.as_ref().unwrap();
        assert_eq!((merge.into.as_str(), merge.hash), ("u-17", now[0].hash));
        assert_eq!(before[0].unit_id, "anon-1");
        assert_eq!(before[0].id, now[0].id);
        assert!(before[0].line.is_none());
        assert_eq!(line(&parts)["previous"], json!({ "user": "anon-1" }));

        for (previous, is_taken) in [
            (json!({ "user": "u-17" }), false),
            (json!({ "device": "d" }), false),
            (json!({ "user": "" }), false),
            (json!({ "user": 7 }), true),
            (json!([]), false),
        ] {
            let event = with(identify.clone(), "previous", previous);
            let read = read_text(&batch(&[event]).to_string()).unwrap();
            assert_eq!(read.rejected.is_empty(), is_taken);
        }
    }
}

mod known {
    use super::*;

    fn read_known(events: &[Value]) -> Deliveries {
        let missing = |flag: &str, variant: &str| match (flag, variant) {
            ("new-checkout", "on" | "off") => None,
            ("new-checkout", _) => Some(Missing::Variant),
            _ => Some(Missing::Flag),
        };
        let plan = Some(Known {
            revision: 7,
            missing: &missing,
        });
        let body = batch(events).to_string();
        read_against(&environment(), None, plan, body.as_bytes()).unwrap()
    }

    #[test]
    fn what_the_plan_does_not_have_is_logged_and_counts_nowhere() {
        for (event, code) in [
            (exposure(), None),
            (
                with(exposure(), "flag", json!("nope")),
                Some("unknown_flag"),
            ),
            (
                with(exposure(), "variant", json!("nope")),
                Some("unknown_variant"),
            ),
            (with(track(), "flag", json!("nope")), None),
        ] {
            let read = read_known(std::slice::from_ref(&event));
            assert_eq!((read.events, read.rejected.len()), (1, 0));
            let told = serde_json::to_value(&read.uncounted).unwrap();
            assert_eq!(
                told[0].get("code"),
                code.map(Value::from).as_ref(),
                "{event}"
            );
            assert_eq!(
                line(&read.parts).get("uncounted"),
                code.map(Value::from).as_ref()
            );
            let counts = |copy: &EventCopy| copy.exposure.is_some() || copy.track.is_some();
            assert_eq!(read.parts[0].copies.iter().any(counts), code.is_none());
        }
    }

    #[test]
    fn a_decision_of_a_newer_plan_asks_for_a_look() {
        let decided = |flag: &str, revision: u64| {
            let event = with(exposure(), "flag", json!(flag));
            with(event, "revision", json!(revision))
        };
        let claim = |is_said, revision| Some(Claim { is_said, revision });
        let unsaid = with(exposure(), "flag", json!("nope"));
        for (events, expected) in [
            (vec![decided("new-checkout", 9)], None),
            (vec![decided("nope", 7)], None),
            (vec![unsaid.clone()], claim(false, 8)),
            (
                vec![
                    decided("nope", 8),
                    decided("other", 9),
                    decided("nope", 3),
                    unsaid,
                ],
                claim(true, 9),
            ),
        ] {
            assert_eq!(read_known(&events).claim, expected, "{events:?}");
        }
    }

    #[test]
    fn names_that_totals_use_themselves_are_refused() {
        let read = read_events(&[
            with(exposure(), "variant", json!("__multiple__")),
            with(exposure(), "epoch", json!(u32::MAX)),
            with(exposure(), "epoch", json!(u32::MAX - 1)),
        ]);
        let told = serde_json::to_value(&read.rejected).unwrap();
        assert_eq!(told.as_array().unwrap().len(), 2, "{told}");
        assert_eq!(
            (&told[0]["code"], &told[1]["code"]),
            (&json!("invalid_field"), &json!("invalid_field"))
        );
    }
}
