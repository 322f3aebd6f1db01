//! `GET …/environments/{environment}/exposures`: added up from all Shard objects.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use pennon_api::{Exposures, FlagExposures, ShardTotals, VariantExposures};
use worker::{Date, Env, ObjectNamespace, Response, ResponseBuilder, Url};

use super::environments::Units;
use crate::call::within_limit;
use crate::error::ApiError;
use crate::incoming::Incoming;
use crate::policy::Actor;

/// Pulls the absolute totals of every shard and adds them up.
///
/// # Errors
///
/// 503 `shards_unavailable` when a shard does not answer: a sum without it would be wrong.
pub(crate) async fn show(
    incoming: Incoming,
    env: &Env,
    actor: Actor,
    (project, environment): (&str, &str),
) -> Result<Response, ApiError> {
    let flag = incoming.call.query.get("flag").cloned();
    let path = ["environments", environment, "units"];
    let mut answer = incoming.hand_to_project(env, actor, project, &path).await?;
    if answer.status_code() != 200 {
        return Ok(answer);
    }
    let units: Units = answer.json().await?;
    let shards = env.durable_object("SHARD")?;
    let asked = flag.as_deref();
    let pulls = (0..units.shards).map(|shard| pull(&shards, (&units.environment, shard), asked));
    let totals = try_join_all(pulls).await?;
    let body = Exposures {
        flags: add_up(&totals, &units.by_flag, flag.as_deref()),
        as_of: Date::now().as_millis(),
    };
    let builder = ResponseBuilder::new().with_header("Cache-Control", "no-store")?;
    Ok(builder.from_json(&body)?)
}

async fn pull(
    shards: &ObjectNamespace,
    (environment, shard): (&str, u32),
    flag: Option<&str>,
) -> Result<ShardTotals, ApiError> {
    let stub = shards.get_by_name(&format!("{environment}/{shard}"))?;
    let unavailable = |cause: String| {
        ApiError::shards_unavailable(format!("shard {shard} of {environment}: {cause}"))
    };
    let mut url = Url::parse("https://shard/totals?only=exposures")
        .map_err(|error| unavailable(error.to_string()))?;
    if let Some(flag) = flag {
        url.query_pairs_mut().append_pair("flag", flag);
    }
    let answer = within_limit(stub.fetch_with_str(url.as_str())).await;
    let mut answer = answer.map_err(|_| unavailable("no answer".to_owned()))?;
    if answer.status_code() != 200 {
        return Err(unavailable(format!("status {}", answer.status_code())));
    }
    answer
        .json()
        .await
        .map_err(|error| unavailable(error.to_string()))
}

/// Each subject is counted by the shard of its own unit; an event that names several units is
/// counted once for each unit type, so only cells of the unit that the flag buckets are its own.
fn add_up(
    totals: &[ShardTotals],
    units: &BTreeMap<String, String>,
    only: Option<&str>,
) -> Vec<FlagExposures> {
    let mut exposed: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    let mut mixed: BTreeMap<&str, i64> = BTreeMap::new();
    for cell in totals.iter().flat_map(|shard| &shard.cells) {
        let key = &cell.key;
        let is_own = units.get(&key.flag).map_or("user", String::as_str) == key.unit;
        let is_asked = only.is_none_or(|flag| flag == key.flag);
        if !is_own || !is_asked || key.dimension != "total" {
            continue;
        }
        match key.metric.as_str() {
            "exposed" => {
                let variants = exposed.entry(&key.flag).or_default();
                *variants.entry(&key.variant).or_default() += cell.n;
            }
            "mixed" => *mixed.entry(&key.flag).or_default() += cell.n,
            _ => {}
        }
    }
    exposed
        .into_iter()
        .map(|(flag, variants)| FlagExposures {
            flag: flag.to_owned(),
            variants: variants
                .into_iter()
                .map(|(variant, exposed)| VariantExposures {
                    variant: variant.to_owned(),
                    exposed: count(exposed),
                })
                .collect(),
            mixed: count(mixed.get(flag).copied().unwrap_or(0)),
        })
        .collect()
}

/// Only a single shard can be below 0, after a resharding; the sum of all is not.
fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pennon_api::{CellKey, ShardCell};

    fn cell(flag: &str, unit: &str, variant: &str, metric: &str, n: i64) -> ShardCell {
        let key = CellKey {
            flag: flag.into(),
            unit: unit.into(),
            epoch: 0,
            stratum: String::new(),
            variant: variant.into(),
            metric: metric.into(),
            dimension: "total".into(),
            level: String::new(),
            day: 20_000,
        };
        ShardCell {
            key,
            n,
            sums: String::new(),
        }
    }

    fn shard(cells: Vec<ShardCell>) -> ShardTotals {
        ShardTotals {
            shard: Some(0),
            revision: 1,
            as_of: 0,
            cells,
            dropped: 0,
            pending: 0,
            aside: 0,
            levels: vec![],
        }
    }

    #[test]
    fn shards_and_days_add_up_for_the_flags_own_unit() {
        let totals = [
            shard(vec![
                cell("a", "user", "on", "exposed", 3),
                cell("a", "user", "on", "exposed", 2),
                cell("a", "device", "on", "exposed", 50),
                cell("d", "device", "x", "exposed", 7),
                cell("d", "user", "x", "exposed", 70),
            ]),
            shard(vec![
                cell("a", "user", "off", "exposed", 4),
                cell("a", "user", "on", "mixed", 1),
                cell("a", "user", "on", "revenue", 9),
            ]),
        ];
        let units = BTreeMap::from([("d".to_owned(), "device".to_owned())]);
        let flags = add_up(&totals, &units, None);
        let text = serde_json::to_value(&flags).unwrap();
        let expected = serde_json::json!([
            { "flag": "a", "mixed": 1, "variants": [
                { "variant": "off", "exposed": 4 }, { "variant": "on", "exposed": 5 } ] },
            { "flag": "d", "mixed": 0, "variants": [ { "variant": "x", "exposed": 7 } ] },
        ]);
        assert_eq!(text, expected);
        assert_eq!(add_up(&totals, &units, Some("d")).len(), 1);
        assert!(add_up(&totals, &units, Some("nope")).is_empty());
    }
}
