//! From a project's documents to the bytes that the edge serves.

use pennon_api::{AudienceRecord, EncodedRecord, EnvironmentRecord, Problem};
use pennon_ruleset::{Audience, Compiled, Limits, Ruleset};

use super::model::Model;
use super::seal::{self, Pen};
use super::{compress, counted};
use crate::credential::{hex, sha256_hex};
use crate::error::ApiError;
use crate::problems::{self, Subject};
use crate::store::environments::EnvironmentRow;

/// A row of an object's database may hold 2 MB; a plan or a names file must fit with room to spare.
const MAX_CONTENT_BYTES: usize = 1_900_000;

/// One revision of one environment, ready to be written.
pub(crate) struct Publication {
    pub(crate) record: EnvironmentRecord,
    /// Names in the stores, and bytes.
    pub(crate) contents: Vec<(String, Vec<u8>)>,
}

/// What trying to publish an environment came to.
pub(crate) struct Attempt {
    /// Absent when nothing differs from the newest revision, or when there are errors.
    pub(crate) publication: Option<Publication>,
    /// What the checks found.
    pub(crate) problems: Vec<Problem>,
}

/// Why and when something is published.
#[derive(Clone, Copy)]
pub(crate) struct Occasion<'a> {
    /// Name of the Project object.
    pub(crate) project: &'a str,
    /// Epoch milliseconds.
    pub(crate) now: u64,
    /// Whether the newest snapshots are sealed anew even when they say the same.
    pub(crate) must_seal: bool,
}

/// Checks and compiles an environment for both audiences, and seals what differs from `newest`.
///
/// # Errors
///
/// 500 when a stored key cannot be read; findings about documents are no errors here.
pub(crate) fn attempt(
    model: &Model,
    environment: &EnvironmentRow,
    newest: Option<&EnvironmentRecord>,
    occasion: Occasion<'_>,
    subject: Subject<'_>,
) -> Result<Attempt, ApiError> {
    let refuse = |report: &pennon_ruleset::Report| Attempt {
        publication: None,
        problems: problems::retell(report, &environment.key, subject),
    };
    let ruleset: Ruleset = match pennon_ruleset::from_value(model.ruleset(environment)) {
        Ok(ruleset) => ruleset,
        Err(report) => return Ok(refuse(&report)),
    };
    let report = pennon_ruleset::check(&ruleset, &Limits::default());
    if report.has_errors() {
        return Ok(refuse(&report));
    }
    let compiled = |audience| pennon_ruleset::compile_checked(&ruleset, audience);
    let (public, server) = match (compiled(Audience::Public), compiled(Audience::Server)) {
        (Ok(public), Ok(server)) => (public, server),
        (Err(report), _) | (_, Err(report)) => return Ok(refuse(&report)),
    };
    let problems = problems::retell(&report, &environment.key, subject);
    let pen = Pen::new(environment, newest, occasion.now)?;
    let draft = Draft {
        pen,
        public,
        server,
    };
    let publication = draft.publish(model, environment, newest, occasion)?;
    Ok(Attempt {
        publication,
        problems,
    })
}

struct Draft {
    pen: Pen,
    public: Compiled,
    server: Compiled,
}

impl Draft {
    fn publish(
        self,
        model: &Model,
        environment: &EnvironmentRow,
        newest: Option<&EnvironmentRecord>,
        occasion: Occasion<'_>,
    ) -> Result<Option<Publication>, ApiError> {
        let units = model.units();
        let mut record = EnvironmentRecord {
            schema: 1,
            environment: environment.id.clone(),
            project: occasion.project.to_owned(),
            revision: self.pen.revision,
            published_at: self.pen.now,
            public: hashes(&self.public),
            server: hashes(&self.server),
            shards: environment.shards,
            pepper: environment.pepper.clone(),
            definitions: Some(counted::record(model, &units)?),
            units,
            signing_keys: seal::accepted(environment)?,
            retention: environment.settings.retention.unwrap_or_default(),
        };
        let is_same = newest.is_some_and(|newest| says_the_same(newest, &record));
        if is_same && !occasion.must_seal {
            return Ok(None);
        }
        let mut contents = Vec::new();
        for (compiled, hashes) in [
            (self.public, &mut record.public),
            (self.server, &mut record.server),
        ] {
            let envelope = self.pen.seal(&environment.id, &compiled.plan)?;
            let [br, gzip] = [compress::brotli(&envelope)?, compress::gzip(&envelope)?];
            let snapshot = sha256_hex(&envelope);
            hashes.encoded = Some(EncodedRecord {
                br: sha256_hex(&br),
                gzip: sha256_hex(&gzip),
            });
            contents.push((format!("snap/{snapshot}.br"), br));
            contents.push((format!("snap/{snapshot}.gz"), gzip));
            contents.push((format!("snap/{snapshot}"), envelope));
            contents.push((format!("names/{}", hashes.names), compiled.names));
            hashes.snapshot = snapshot;
        }
        refuse_oversize(&contents)?;
        Ok(Some(Publication { record, contents }))
    }
}

fn hashes(compiled: &Compiled) -> AudienceRecord {
    AudienceRecord {
        plan: hex(&compiled.hash),
        names: sha256_hex(&compiled.names),
        ..AudienceRecord::default()
    }
}

/// Whether a reader of `newest` would learn nothing from `next`: revisions, times and envelopes
/// differ always, so they do not count.
fn says_the_same(newest: &EnvironmentRecord, next: &EnvironmentRecord) -> bool {
    let contents = |record: &EnvironmentRecord| {
        [&record.public, &record.server].map(|it| (it.plan.clone(), it.names.clone()))
    };
    contents(newest) == contents(next)
        && newest.units == next.units
        && newest.definitions == next.definitions
        && newest.shards == next.shards
        && newest.signing_keys == next.signing_keys
        && newest.retention == next.retention
}

fn refuse_oversize(contents: &[(String, Vec<u8>)]) -> Result<(), ApiError> {
    let largest = contents
        .iter()
        .map(|(_, body)| body.len())
        .max()
        .unwrap_or(0);
    if largest <= MAX_CONTENT_BYTES {
        return Ok(());
    }
    let message =
        format!("the plan would be {largest} bytes; at most {MAX_CONTENT_BYTES} can be published");
    Err(ApiError::new(422, "plan_too_large", message))
}
