use std::time::Duration;

use worker::{Date, Env};

use super::apply::{Applied, apply};
use super::{Model, Patch, Project};
use crate::call::Call;
use crate::error::ApiError;
use crate::log;
use crate::policy::{Action, Actor};
use crate::precondition::Basis;
use crate::store::environments::{self, EnvironmentRow};
use crate::store::{Db, outbox};
use crate::timeout::within;

/// How long an answer waits for stores and hubs; then it says what they have not confirmed yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// A call at work inside the Project object.
pub(crate) struct ProjectRequest<'a> {
    project: &'a Project,
    pub(crate) call: &'a Call,
    pub(crate) actor: &'a Actor,
    pub(crate) db: &'a Db,
    /// Epoch milliseconds.
    pub(crate) now: u64,
}

impl<'a> ProjectRequest<'a> {
    /// Opens the database for somebody who may at least look.
    ///
    /// # Errors
    ///
    /// 401 and 403.
    pub(crate) fn new(project: &'a Project, call: &'a Call) -> Result<Self, ApiError> {
        let actor = call.actor()?;
        actor.require(Action::Read)?;
        Ok(Self {
            project,
            call,
            actor,
            db: project.db()?,
            now: Date::now().as_millis(),
        })
    }

    /// The bindings.
    pub(crate) fn env(&self) -> &'a Env {
        self.project.env()
    }

    /// Forgets the project.
    pub(crate) fn empty(&self) -> Result<(), ApiError> {
        Ok(self.project.empty()?)
    }

    /// The environment with this key.
    ///
    /// # Errors
    ///
    /// 404 `environment_not_found`.
    pub(crate) fn environment(&self, key: &str) -> Result<EnvironmentRow, ApiError> {
        environments::get(self.db, key)?.ok_or_else(|| ApiError::not_found("environment", key))
    }

    /// All documents.
    pub(crate) fn model(&self) -> Result<Model, ApiError> {
        Ok(Model::load(self.db)?)
    }

    /// The documents of one flag.
    pub(crate) fn flag(&self, key: &str) -> Result<Model, ApiError> {
        Ok(Model::load_flag(self.db, key)?)
    }

    /// All documents but the flags.
    pub(crate) fn definitions(&self) -> Result<Model, ApiError> {
        Ok(Model::load_definitions(self.db)?)
    }

    /// Whether the stores have confirmed everything about an environment, or about all.
    pub(crate) fn is_published(&self, environment: Option<&str>) -> Result<bool, ApiError> {
        Ok(outbox::is_empty(self.db, environment)?)
    }

    /// Applies a patch, for the stored version that the call names, and delivers it.
    pub(crate) async fn commit(&self, patch: Patch) -> Result<Applied, ApiError> {
        self.commit_on(patch, &self.call.basis()?).await
    }

    /// Applies a patch whatever is stored, and delivers it.
    pub(crate) async fn commit_unconditionally(&self, patch: Patch) -> Result<Applied, ApiError> {
        self.commit_on(patch, &Basis::Any).await
    }

    /// Goes on with what is under way, and waits for it a while.
    pub(crate) async fn go_on(&self) -> Result<(), ApiError> {
        self.project.arm().await?;
        if let Err(error) = within(PATIENCE, self.project.reshard()?).await {
            self.put_off(&format!("the shards are not doubled yet: {error}"));
        }
        if let Err(error) = within(PATIENCE, self.project.deliver()?).await {
            self.put_off(&format!("the shards are not told about yet: {error}"));
        }
        Ok(())
    }

    /// Goes on with erasures, and waits for them a while.
    pub(crate) async fn go_on_erasing(&self) -> Result<(), ApiError> {
        self.project.arm().await?;
        if let Err(error) = within(PATIENCE, self.project.erase()?).await {
            self.put_off(&format!("somebody is not forgotten yet: {error}"));
        }
        Ok(())
    }

    /// A delivery that fails is no failure of the change: the outbox has it, and an alarm is set.
    async fn commit_on(&self, patch: Patch, basis: &Basis) -> Result<Applied, ApiError> {
        let place = (self.actor, self.call.object.as_str(), self.now);
        let applied = apply(self.db, place, patch, basis)?;
        self.project.arm().await?;
        if let Err(error) = within(PATIENCE, self.project.deliver()?).await {
            self.put_off(&format!(
                "the change is committed and not delivered yet: {error}"
            ));
        }
        Ok(applied)
    }

    fn put_off(&self, message: &str) {
        log::put_off(&self.call.request, &self.call.object, message);
    }
}
