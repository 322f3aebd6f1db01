//! Forgetting what an environment's setting says is old enough.

use pennon_api::{EnvironmentRecord, Retained};
use worker::{Bucket, Result};

use super::archive::{FileName, folder, is_before, owner};
use super::books::Books;
use super::{contribution, split};
use crate::store::{Db, integer};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Names that one look at the bucket's list brings.
const LISTED: u32 = 500;
/// Subjects that expire in one block.
const SUBJECTS: u32 = 200;

/// Deletes this shard's files and subjects that are older than the environment wants to keep.
///
/// # Errors
///
/// Those of the bucket; what is done is done, and the rest follows the next time.
pub(super) async fn apply(db: &Db, bucket: &Bucket, now: u64) -> Result<Retained> {
    let Some((environment, number)) = owner(db)? else {
        return Ok(Retained::default());
    };
    let Some(record) = record(bucket, &environment).await? else {
        return Ok(Retained::default());
    };
    let mut retained = Retained::default();
    let limit = |days: u32| (now / DAY_MS).saturating_sub(u64::from(days));
    if let Some(days) = record.retention.raw_log_days {
        let folder = folder(&environment);
        retained.files = delete_files(bucket, (&folder, number), limit(days)).await?;
    }
    if let Some(days) = record.retention.subject_days {
        retained.subjects = expire(db, limit(days).saturating_mul(DAY_MS))?;
        contribution::export(db, bucket, (&environment, number)).await?;
    }
    Ok(retained)
}

/// What the environment was published with last.
async fn record(bucket: &Bucket, environment: &str) -> Result<Option<EnvironmentRecord>> {
    let object = bucket.get(format!("env/{environment}")).execute().await?;
    let Some(body) = object.as_ref().and_then(worker::Object::body) else {
        return Ok(None);
    };
    Ok(Some(serde_json::from_slice(&body.bytes().await?)?))
}

/// Names are in the order of their days, so the first that is young enough ends the search.
async fn delete_files(bucket: &Bucket, (folder, shard): (&str, u32), limit: u64) -> Result<u64> {
    let mut deleted = 0;
    let mut cursor = String::new();
    loop {
        let list = bucket.list().prefix(folder).limit(LISTED);
        let list = if cursor.is_empty() {
            list
        } else {
            list.start_after(&cursor)
        };
        let page = list.execute().await?;
        for object in page.objects() {
            let name = object.key();
            if !is_before(&name, folder, limit) {
                return Ok(deleted);
            }
            if FileName::shard_of(&name) == Some(shard) {
                bucket.delete(&name).await?;
                deleted += 1;
            }
            cursor = name;
        }
        if !page.truncated() {
            return Ok(deleted);
        }
    }
}

/// Subjects of whom nothing was heard since `limit`, in epoch milliseconds.
fn expire(db: &Db, limit: u64) -> Result<u64> {
    let mut expired = 0;
    // What is on its way to another shard may be there already; it can wait a day.
    if split::is_moving(db)? {
        return Ok(0);
    }
    let books = Books::load(db)?;
    loop {
        let old = db.rows(
            "SELECT subject FROM subject WHERE seen_at < ? LIMIT ?",
            vec![integer(limit), integer(SUBJECTS)],
            |row| row.blob(0),
        )?;
        if old.is_empty() {
            return Ok(expired);
        }
        db.transaction(|| {
            old.iter().try_for_each(|subject| {
                contribution::leave(db, &books, subject)?;
                expired += 1;
                Ok(())
            })
        })?;
    }
}
