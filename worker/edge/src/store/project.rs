//! The last source: the object that owns the truth.

use std::time::Duration;

use worker::{Error, Result};

use super::timeout::within;
use crate::settings::Settings;

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(3);

/// Asks the Project object for a record or a document by its name in the stores.
pub(super) async fn ask(settings: &Settings, project: &str, name: &str) -> Result<Vec<u8>> {
    let stub = settings.projects.get_by_name(project)?;
    let url = format!("https://project/internal/{name}");
    within(LIMIT, async {
        let mut response = stub.fetch_with_str(&url).await?;
        match response.status_code() {
            200 => response.bytes().await,
            status => Err(Error::RustError(format!(
                "the project object answers {status}"
            ))),
        }
    })
    .await
}
