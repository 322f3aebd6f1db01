use pennon_ruleset::{Audience, Decider, Details, Place, compile, parse};
use proptest::prelude::*;
use serde_json::Value;

use crate::oracle::{Answer, Oracle};
use crate::random::{NOVEMBER, context, ruleset};

const PLACES: [Place; 3] = [Place::Client, Place::Edge, Place::Server];

fn answer(details: Details) -> Answer {
    let reason = match (details.detail, details.reason) {
        (Some(word), _) => word,
        (None, "STATIC") => "static",
        (None, "DEFAULT") => "default",
        (None, "TARGETING_MATCH") => "match",
        (None, "SPLIT") => "split",
        (None, other) => panic!("a reason without a word: {other}"),
    };
    let Details {
        value,
        variant,
        rule,
        exposure,
        ..
    } = details;
    Answer {
        value,
        variant,
        reason,
        rule,
        exposure,
    }
}

/// Compares every flag, for both audiences, at every place.
fn compare(ruleset: &Value, context: &Value, now_ms: i64) -> Result<(), TestCaseError> {
    let parsed =
        parse(&ruleset.to_string()).map_err(|report| TestCaseError::fail(report.to_string()))?;
    for audience in [Audience::Public, Audience::Server] {
        let compiled =
            compile(&parsed, audience).map_err(|report| TestCaseError::fail(report.to_string()))?;
        let decider = Decider::load(&compiled.plan).unwrap();
        for (here, place) in (0..).zip(PLACES) {
            let is_public = audience == Audience::Public;
            let oracle = Oracle {
                ruleset,
                context,
                now_ms,
                here,
                is_public,
            };
            #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
            let all = decider.decide_all(context, now_ms as f64, place);
            for key in ruleset["flags"].as_object().unwrap().keys() {
                let expected = oracle.decide(key);
                let found = all.get(key).cloned().map(answer);
                prop_assert_eq!(
                    &found,
                    &expected,
                    "{} {:?} {:?}: {}",
                    key,
                    audience,
                    place,
                    context
                );
                #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
                let alone = decider.decide(context, key, now_ms as f64, place);
                prop_assert_eq!(
                    all.get(key).is_none(),
                    alone.error_code == Some("FLAG_NOT_FOUND")
                );
                if let Some(of_all) = all.get(key) {
                    prop_assert_eq!(&alone, of_all);
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn a_compiled_plan_decides_as_the_ruleset_reads(
        ruleset in ruleset(true),
        contexts in prop::collection::vec(context(), 1..6),
        now_ms in prop::sample::select(vec![NOVEMBER, NOVEMBER - 1, NOVEMBER + 500, NOVEMBER + 86_400_000]),
    ) {
        for context in &contexts {
            compare(&ruleset, context, now_ms)?;
        }
    }
}
