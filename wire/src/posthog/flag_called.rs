//! The short form of `$feature_flag_called` (section 9.1).

use serde_json::{Map, Value};

/// What a short event keeps: the flag and its evaluation, the page, and who asked.
const KEPT: [&str; 50] = [
    "$feature_flag",
    "$feature_flag_response",
    "$feature_flag_id",
    "$feature_flag_version",
    "$feature_flag_reason",
    "$feature_flag_request_id",
    "$feature_flag_evaluated_at",
    "$feature_flag_has_experiment",
    "$feature_flag_definitions_loaded_at",
    "$feature_flag_error",
    "locally_evaluated",
    "$groups",
    "$process_person_profile",
    "$geoip_disable",
    "$current_url",
    "$pathname",
    "$referring_domain",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gclid",
    "gad_source",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "twclid",
    "li_fat_id",
    "mc_cid",
    "igshid",
    "ttclid",
    "rdt_cid",
    "epik",
    "qclid",
    "sccid",
    "irclid",
    "_kx",
    "$session_id",
    "$window_id",
    "$lib",
    "$lib_version",
    "$device_id",
    "$is_server",
    "token",
    "distinct_id",
    "$cookieless_mode",
];

/// The properties that a short event keeps, in their order.
pub fn minimal(properties: &Map<String, Value>) -> Map<String, Value> {
    let kept = properties
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
