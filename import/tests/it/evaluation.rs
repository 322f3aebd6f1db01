use pennon_core::Place;
use pennon_import::posthog::{Options, Request, context, import};
use pennon_ruleset::{Audience, Decider, compile};
use proptest::prelude::*;
use serde_json::Value;

use crate::definitions::{payload, request};
use crate::oracle::Oracle;
use crate::random::NOVEMBER;

const PLACES: [Place; 3] = [Place::Client, Place::Edge, Place::Server];

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn an_imported_ruleset_decides_as_it_reads(
        text in payload(),
        requests in prop::collection::vec(request(), 1..6),
    ) {
        let options = Options { environment: "env_test".to_owned() };
        let ruleset = import(&text, &options).unwrap().ruleset;
        let json: Value = serde_json::to_value(&ruleset).unwrap();
        for audience in [Audience::Public, Audience::Server] {
            let decider = Decider::load(&compile(&ruleset, audience).unwrap().plan).unwrap();
            for request in &requests {
                let context = context(Request::new(request));
                for (here, place) in (0..).zip(PLACES) {
                    let is_public = audience == Audience::Public;
                    let oracle = Oracle {
                        ruleset: &json, context: &context, now_ms: NOVEMBER, here, is_public,
                    };
                    for key in ruleset.flags.keys() {
                        #[expect(clippy::cast_precision_loss, reason = "the time is small")]
                        let found = decider.decide(&context, key, NOVEMBER as f64, place);
                        let Some(expected) = oracle.decide(key) else { continue };
                        prop_assert_eq!(
                            (&found.value, &found.variant, &found.rule),
                            (&expected.value, &expected.variant, &expected.rule),
                            "{} {:?} {:?} {}", key, audience, place, context
                        );
                    }
                }
            }
        }
    }
}
