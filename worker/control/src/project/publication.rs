//! From a project's documents to the bytes that the edge serves.

use ed25519_dalek::{Signer as _, SigningKey};
use pennon_api::{AudienceRecord, EnvironmentRecord, Problem, SigningKeyRecord};
use pennon_ruleset::{Audience, Compiled, Header, Limits, Ruleset, key_id, seal};

use super::counted;
use super::model::Model;
use crate::credential::{from_hex, hex, sha256_hex};
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

/// Checks and compiles an environment for both audiences, and seals what differs from `newest`.
///
/// # Errors
///
/// 500 when a stored key cannot be read; findings about documents are no errors here.
pub(crate) fn attempt(
    model: &Model,
    environment: &EnvironmentRow,
    newest: Option<&EnvironmentRecord>,
    (project, now): (&str, u64),
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
    let compiled = |audience| pennon_ruleset::compile(&ruleset, audience);
    let (public, server) = match (compiled(Audience::Public), compiled(Audience::Server)) {
        (Ok(public), Ok(server)) => (public, server),
        (Err(report), _) | (_, Err(report)) => return Ok(refuse(&report)),
    };
    let problems = problems::retell(&report, &environment.key, subject);
    let pen = Pen::new(environment, newest, now)?;
    let draft = Draft {
        pen,
        public,
        server,
    };
    let publication = draft.publish(model, environment, newest, project)?;
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
        project: &str,
    ) -> Result<Option<Publication>, ApiError> {
        let units = model.units();
        let mut record = EnvironmentRecord {
            schema: 1,
            environment: environment.id.clone(),
            project: project.to_owned(),
            revision: self.pen.revision,
            published_at: self.pen.now,
            public: hashes(&self.public),
            server: hashes(&self.server),
            definitions: Some(counted::record(model, &units)?),
            units,
            shards: environment.shards,
            pepper: environment.pepper.clone(),
            signing_keys: vec![SigningKeyRecord {
                id: hex(&self.pen.key_id),
                public_key: environment.public_key.clone(),
            }],
        };
        if newest.is_some_and(|newest| says_the_same(newest, &record)) {
            return Ok(None);
        }
        let mut contents = Vec::new();
        for (compiled, hashes) in [
            (self.public, &mut record.public),
            (self.server, &mut record.server),
        ] {
            let envelope = self.pen.seal(&environment.id, &compiled.plan)?;
            hashes.snapshot = sha256_hex(&envelope);
            contents.push((format!("snap/{}", hashes.snapshot), envelope));
            contents.push((format!("names/{}", hashes.names), compiled.names));
        }
        refuse_oversize(&contents)?;
        Ok(Some(Publication { record, contents }))
    }
}

/// What every envelope of one revision has in common.
struct Pen {
    key: SigningKey,
    key_id: [u8; 8],
    revision: u64,
    now: u64,
}

impl Pen {
    fn new(
        environment: &EnvironmentRow,
        newest: Option<&EnvironmentRecord>,
        now: u64,
    ) -> Result<Self, ApiError> {
        let key = signing_key(&environment.signing_seed)?;
        Ok(Self {
            key_id: key_id(key.verifying_key().as_bytes()),
            key,
            revision: newest.map_or(1, |newest| newest.revision + 1),
            now,
        })
    }

    fn seal(&self, environment: &str, plan: &[u8]) -> Result<Vec<u8>, ApiError> {
        let header = Header {
            environment: environment.to_owned(),
            revision: self.revision,
            issued_ms: self.now,
            expires_ms: 0,
            key_id: self.key_id,
        };
        seal(&header, plan, |bytes| self.key.sign(bytes).to_bytes()).map_err(ApiError::internal)
    }
}

/// The key pair that a stored seed stands for.
///
/// # Errors
///
/// 500 when the seed is not 32 bytes in hexadecimal.
pub(crate) fn signing_key(seed: &str) -> Result<SigningKey, ApiError> {
    let bytes = from_hex(seed).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(|bytes| SigningKey::from_bytes(&bytes))
        .ok_or_else(|| ApiError::internal("a signing seed is not 32 bytes"))
}

fn hashes(compiled: &Compiled) -> AudienceRecord {
    AudienceRecord {
        snapshot: String::new(),
        plan: hex(&compiled.hash),
        names: sha256_hex(&compiled.names),
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
