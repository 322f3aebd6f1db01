//! Finds distributions of different flags that draw with one seed: whoever is early in one is early in all.

use std::collections::HashMap;

use crate::model::{Distribution, Flag, HashAlgorithm, Outcome, Ruleset};
use crate::report::{At, Code, Report};

pub(super) fn check(ruleset: &Ruleset, report: &mut Report) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    let flags = At::Root.field("flags");
    for (key, flag) in &ruleset.flags {
        let mut salts: Vec<&str> = distributions(flag)
            .filter_map(|node| salt(key, flag, node))
            .collect();
        salts.sort_unstable();
        salts.dedup();
        for salt in salts {
            if let Some(first) = seen.insert(salt, key) {
                let message =
                    format!("it draws with the salt `{salt}`, as the flag `{first}` does");
                let help =
                    "give one of them a salt of its own, unless they are meant to move together";
                let at = flags.field(key);
                let at = if flag.salt.is_some() {
                    at.field("salt")
                } else {
                    at
                };
                report.warning(Code::EqualSeeds, &at, message, help);
            }
        }
    }
}

fn distributions(flag: &Flag) -> impl Iterator<Item = &Distribution> {
    let rules = flag.rules.iter().flat_map(|rule| {
        let alternatives = rule
            .alternatives
            .iter()
            .map(|alternative| &alternative.outcome);
        rule.outcome.iter().chain(alternatives)
    });
    rules
        .chain(&flag.fallthrough)
        .filter_map(|outcome| match outcome {
            Outcome::Distribution(node) => Some(&node.distribution),
            _ => None,
        })
}

fn salt<'a>(key: &'a str, flag: &'a Flag, distribution: &'a Distribution) -> Option<&'a str> {
    let has_own_seed = distribution
        .hash
        .as_ref()
        .is_some_and(|hash| hash.algorithm != HashAlgorithm::Native || !hash.prefix.is_empty());
    let salt = distribution
        .salt
        .as_ref()
        .or(flag.salt.as_ref())
        .map_or(key, String::as_str);
    (!has_own_seed).then_some(salt)
}
