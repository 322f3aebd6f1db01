//! The only way in which a project changes.

use pennon_api::{HubMessage, Problem};

use super::change::{Author, Change};
use super::model::Model;
use super::patch::Patch;
use super::publication::{self, Occasion, Publication};
use super::{definition_change, environment_change, flag_change, seal};
use crate::error::ApiError;
use crate::policy::Actor;
use crate::precondition::Basis;
use crate::problems::{self, Subject};
use crate::store::{Db, audit, contents, hub_outbox, kills, outbox, snapshots};

/// What a patch came to.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Version of what the patch was about; absent where nothing has versions or nothing changed.
    pub(crate) version: Option<u32>,
    /// What the checks would like people to know.
    pub(crate) warnings: Vec<Problem>,
}

/// Tries a patch and writes it, or refuses it and writes nothing.
///
/// This is one function without an `await`: policy, version, checks and compilation come first,
/// on a model in memory; then documents, versions, snapshots, audit and outbox are written in one
/// transaction. Nobody can get between the check of a version and the write that relies on it.
///
/// # Errors
///
/// 403 by policy, 412 by version, 422 with all problems, and 404 where a target is absent.
pub(crate) fn apply(
    db: &Db,
    (actor, project, now): (&Actor, &str, u64),
    patch: Patch,
    basis: &Basis,
) -> Result<Applied, ApiError> {
    actor.require(patch.action())?;
    let mut model = Model::load(db)?;
    let author = Author { actor, now };
    let (document, environment) = patch.subject();
    let environment = environment.map(str::to_owned);
    let subject = Subject {
        document: document.as_deref(),
        environment: environment.as_deref(),
    };
    let Some(change) = work_out(&mut model, patch, basis, author, project)? else {
        return Ok(Applied::default());
    };
    let occasion = Occasion {
        project,
        now,
        must_seal: change.must_seal,
    };
    let (publications, warnings) = publish(db, &model, &change, occasion, subject)?;
    let kill = kill_message(&model, &change, &publications)?;
    db.transaction(|| {
        write(db, &change, &publications, author)?;
        match &kill {
            Some(kill) => tell(db, kill, now),
            None => Ok(()),
        }
    })?;
    Ok(Applied {
        version: change.version,
        warnings,
    })
}

fn work_out(
    model: &mut Model,
    patch: Patch,
    basis: &Basis,
    author: Author<'_>,
    project: &str,
) -> Result<Option<Change>, ApiError> {
    match patch {
        Patch::PutFlag {
            environment,
            key,
            document,
        } => flag_change::put(model, (&environment, &key), document, basis, author),
        Patch::RevertFlag {
            environment,
            key,
            document,
            reason,
        } => flag_change::revert(
            model,
            (&environment, &key),
            (document, reason),
            basis,
            author,
        ),
        Patch::SetKilled {
            environment,
            key,
            killed,
            reason,
        } => flag_change::set_killed(model, (&environment, &key), (killed, reason), basis, author),
        Patch::ArchiveFlag { environment, key } => {
            flag_change::archive(model, (&environment, &key), basis, author)
        }
        Patch::PutDefinition {
            kind,
            key,
            document,
        } => definition_change::put(model, (kind, &key), document, basis, author),
        Patch::DeleteDefinition { kind, key } => {
            definition_change::delete(model, (kind, &key), basis, author)
        }
        Patch::AddEnvironment(row) => environment_change::add(model, row, author).map(Some),
        Patch::PutKeys { action, keys } => {
            environment_change::put_keys(model, action, keys, project).map(Some)
        }
        Patch::PutSettings {
            environment,
            settings,
        } => environment_change::put_settings(model, &environment, settings),
        Patch::PutSigningKeys {
            environment,
            action,
            keys,
        } => environment_change::put_signing_keys(model, (&environment, action), keys).map(Some),
        Patch::Reseal { environment } => environment_change::reseal(model, &environment).map(Some),
        Patch::SetShards {
            environment,
            shards,
        } => environment_change::set_shards(model, &environment, shards),
    }
}

fn publish(
    db: &Db,
    model: &Model,
    change: &Change,
    occasion: Occasion<'_>,
    subject: Subject<'_>,
) -> Result<(Vec<Publication>, Vec<Problem>), ApiError> {
    let mut publications = Vec::new();
    let mut found = Vec::new();
    for key in &change.environments {
        let environment = model.environment(key)?;
        let newest = snapshots::newest(db, &environment.id)?;
        let attempt = publication::attempt(model, environment, newest.as_ref(), occasion, subject)?;
        publications.extend(attempt.publication);
        found.extend(attempt.problems);
    }
    let (errors, warnings) = problems::sort(found);
    if errors.is_empty() {
        Ok((publications, warnings))
    } else {
        Err(ApiError::invalid_ruleset(errors))
    }
}

/// What connected clients hear of a killed bit that changed; nothing when no snapshot changes.
fn kill_message(
    model: &Model,
    change: &Change,
    publications: &[Publication],
) -> Result<Option<HubMessage>, ApiError> {
    let Some(kill) = &change.kill else {
        return Ok(None);
    };
    let environment = model.environment(&kill.environment)?;
    let mut records = publications.iter().map(|publication| &publication.record);
    let Some(record) = records.find(|record| record.environment == environment.id) else {
        return Ok(None);
    };
    let delta = seal::kill_delta(environment, record.revision, (&kill.flag, kill.killed))?;
    Ok(Some(HubMessage::Kill {
        delta,
        public: kill.public,
    }))
}

/// Puts a kill into the hubs' outbox, and keeps it for hubs that begin later.
fn tell(db: &Db, message: &HubMessage, now: u64) -> worker::Result<()> {
    if let HubMessage::Kill { delta, .. } = message {
        kills::put(db, &delta.environment, &delta.flag, message, now)?;
        hub_outbox::push(db, &delta.environment, message)?;
    }
    Ok(())
}

fn write(
    db: &Db,
    change: &Change,
    publications: &[Publication],
    author: Author<'_>,
) -> worker::Result<()> {
    for write in &change.writes {
        write.run(db)?;
    }
    for publication in publications {
        let record = &publication.record;
        snapshots::insert(db, record)?;
        for (target, body) in &publication.contents {
            contents::put(db, target, &record.environment, record.revision, body)?;
            outbox::push(db, &record.environment, target, body)?;
        }
        // The pointer comes last, so that whoever reads it finds what it points to.
        let pointer = format!("env/{}", record.environment);
        outbox::push(
            db,
            &record.environment,
            &pointer,
            &serde_json::to_vec(record)?,
        )?;
        contents::trim(db, &record.environment, record.revision)?;
    }
    audit::append(db, author.actor, &change.audit, author.now)
}
