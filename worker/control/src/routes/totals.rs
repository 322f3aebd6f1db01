//! `GET …/environments/{environment}/totals`: all shards added up.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use pennon_api::{FixedLevels, LevelTable, ShardCell, ShardState, ShardTotals, Totals, TotalsCell};
use pennon_tally::{Cells, folded, leading};
use worker::{ObjectNamespace, Result, Url};

use crate::call::Answer;
use crate::error::ApiError;
use crate::log;
use crate::project::ProjectRequest;
use crate::store::level_tables::{self, Place};
use crate::store::shard_totals::Source;
use crate::store::{Db, reshardings, shard_totals};
use crate::timeout::within;

/// How long a shard may take to tell its totals.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
/// Age at which the levels of a dimension are fixed.
const FIXED_AFTER_MS: u64 = 24 * 60 * 60 * 1000;
/// Subjects at which they are fixed, if that comes first.
const FIXED_FROM: i64 = 10_000;

/// What is known of all shards.
struct Pulled {
    /// By number; absent where nothing is known.
    shards: Vec<Option<ShardTotals>>,
    missing: Vec<u32>,
}

/// Pulls the absolute totals of every shard and adds them up; `?flag=` for one flag, `?exact=true`
/// for the shards' own words.
///
/// A shard that does not answer is named, and its last known totals are in.
pub(crate) async fn show(request: &ProjectRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    let row = request.environment(key)?;
    let under_way = reshardings::get(request.db, key)?;
    let shards = under_way.map_or(row.shards, |under_way| under_way.shards);
    let flag = request.call.query.get("flag").map(String::as_str);
    let pulled = pull_all(request, (&row.id, flag.unwrap_or_default()), shards).await?;
    if request
        .call
        .query
        .get("exact")
        .is_some_and(|exact| exact == "true")
    {
        let known: Vec<&ShardTotals> = pulled.shards.iter().flatten().collect();
        let body = serde_json::json!({ "shards": known, "missing": pulled.missing });
        return Answer::ok(&body);
    }
    let place = (request.db, row.id.as_str(), request.now);
    Answer::ok(&add_up(place, &pulled, flag)?)
}

async fn pull_all(
    request: &ProjectRequest<'_>,
    (environment, flag): (&str, &str),
    shards: u32,
) -> Result<Pulled, ApiError> {
    let namespace = request.env().durable_object("SHARD")?;
    let source = |shard| Source {
        environment,
        shard,
        flag,
    };
    let mut known = Vec::new();
    for shard in 0..shards {
        known.push(shard_totals::newest(request.db, source(shard))?);
    }
    let pulls = known.iter().zip(0..);
    let pulls = pulls.map(|(known, shard)| pull(&namespace, source(shard), known.as_ref()));
    let told = join_all(pulls).await;
    let mut missing = Vec::new();
    for ((shard, told), known) in (0..).zip(told).zip(&mut known) {
        match told {
            Ok(None) => {}
            Ok(Some(told)) => {
                // Two looks at once may end in another order than they began.
                if known
                    .as_ref()
                    .is_none_or(|known| known.revision <= told.revision)
                {
                    keep(request, source(shard), &told);
                    *known = Some(told);
                }
            }
            Err(error) => {
                let name = format!("{environment}/{shard}");
                log::source_failed(&request.call.request, &name, &format!("no totals: {error}"));
                missing.push(shard);
                let all = Source {
                    flag: "",
                    ..source(shard)
                };
                let all = shard_totals::newest(request.db, all)?;
                *known = [known.take(), all]
                    .into_iter()
                    .flatten()
                    .max_by_key(|known| known.revision);
            }
        }
    }
    Ok(Pulled {
        shards: known,
        missing,
    })
}

/// Keeps what a shard has told, for the day when it does not answer. Flags of which nothing is
/// counted are not kept, since anybody can make them up.
fn keep(request: &ProjectRequest<'_>, source: Source<'_>, told: &ShardTotals) {
    if !source.flag.is_empty() && told.cells.is_empty() {
        return;
    }
    let kept = request
        .db
        .transaction(|| shard_totals::put(request.db, source, told));
    if let Err(error) = kept {
        let name = format!("{}/{}", source.environment, source.shard);
        let message = format!("its totals are not kept: {error}");
        log::source_failed(&request.call.request, &name, &message);
    }
}

/// A shard's totals; nothing when they have not changed since.
async fn pull(
    shards: &ObjectNamespace,
    source: Source<'_>,
    known: Option<&ShardTotals>,
) -> Result<Option<ShardTotals>> {
    // What is on its way is no change of the revision.
    let since = known
        .filter(|known| known.pending == 0)
        .map_or(0, |known| known.revision);
    let stub = shards.get_by_name(&format!("{}/{}", source.environment, source.shard))?;
    let mut url = Url::parse("https://shard/totals")?;
    url.query_pairs_mut()
        .append_pair("since", &since.to_string());
    if !source.flag.is_empty() {
        url.query_pairs_mut().append_pair("flag", source.flag);
    }
    within(PATIENCE, async {
        let mut answer = stub.fetch_with_str(url.as_str()).await?;
        match answer.status_code() {
            304 => Ok(None),
            200 => answer.json().await.map(Some),
            status => Err(worker::Error::RustError(format!("it answers {status}"))),
        }
    })
    .await
}

fn add_up(
    (db, environment, now): (&Db, &str, u64),
    pulled: &Pulled,
    flag: Option<&str>,
) -> Result<Totals, ApiError> {
    let known = || pulled.shards.iter().flatten();
    let is_asked = |cell: &&ShardCell| flag.is_none_or(|flag| flag == cell.key.flag);
    let cells = known().flat_map(|shard| &shard.cells).filter(is_asked);
    let cells = Cells::from_rows(cells).map_err(ApiError::internal)?;
    let levels = levels((db, environment, now), &cells)?;
    let tables: Vec<LevelTable> = levels.iter().map(|fixed| fixed.table.clone()).collect();
    let state = |(shard, known): (u32, &Option<ShardTotals>)| ShardState {
        shard,
        revision: known.as_ref().map_or(0, |known| known.revision),
        as_of: known.as_ref().map_or(0, |known| known.as_of),
    };
    Ok(Totals {
        cells: folded(&cells, &tables)
            .iter()
            .map(|(key, cell)| TotalsCell {
                key: key.clone(),
                n: cell.n,
                sums: cell.sums.to_numbers(),
            })
            .collect(),
        shards: (0..).zip(&pulled.shards).map(state).collect(),
        missing: pulled.missing.clone(),
        dropped: known().map(|shard| shard.dropped).sum(),
        pending: known().map(|shard| shard.pending).sum(),
        aside: known().map(|shard| shard.aside).sum(),
        levels,
        as_of: now,
    })
}

/// Which levels stand by themselves: the largest as long as that may change, then those that were
/// the largest when it was fixed.
fn levels(
    (db, environment, now): (&Db, &str, u64),
    cells: &Cells,
) -> Result<Vec<FixedLevels>, ApiError> {
    let stored = level_tables::all(db, environment)?;
    let subjects = subjects(cells);
    let mut shown = Vec::new();
    for table in leading(cells) {
        let place: Place = (table.flag.clone(), table.epoch, table.dimension.clone());
        let row = stored.get(&place);
        if let Some(levels) = row.and_then(|row| row.levels.clone()) {
            let table = LevelTable { levels, ..table };
            shown.push(FixedLevels { table, version: 1 });
            continue;
        }
        let seen_at = row.map_or(now, |row| row.seen_at);
        let n = subjects.get(&(table.flag.as_str(), table.epoch)).copied();
        let is_due = n.unwrap_or(0) >= FIXED_FROM || now.saturating_sub(seen_at) >= FIXED_AFTER_MS;
        if row.is_none() {
            level_tables::see(db, environment, &place, now)?;
        }
        if is_due {
            level_tables::fix(db, environment, &place, &table.levels)?;
        }
        let version = u32::from(is_due);
        shown.push(FixedLevels { table, version });
    }
    Ok(shown)
}

/// How many subjects met each flag in each epoch, of the unit type that has the most.
fn subjects(cells: &Cells) -> BTreeMap<(&str, u32), i64> {
    let mut by_unit: BTreeMap<(&str, u32, &str), i64> = BTreeMap::new();
    for (key, cell) in cells.iter() {
        if key.metric == "exposed" && key.dimension == "total" {
            *by_unit
                .entry((&key.flag, key.epoch, &key.unit))
                .or_default() += cell.n;
        }
    }
    let mut largest = BTreeMap::new();
    for ((flag, epoch, _), n) in by_unit {
        let most: &mut i64 = largest.entry((flag, epoch)).or_default();
        *most = n.max(*most);
    }
    largest
}
