//! `/api/v1/projects`.

use pennon_api::{NewProject, Project, ProjectList};

use crate::call::Answer;
use crate::directory::DirectoryRequest;
use crate::error::ApiError;
use crate::names::{check_key, check_name};
use crate::policy::Action;
use crate::store::projects;

/// The projects that the token sees.
pub(crate) fn list(request: &DirectoryRequest<'_>) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    actor.require(Action::Read)?;
    let mut projects = projects::of_account(request.db, &actor.account)?;
    projects.retain(|project| actor.sees(&project.key));
    Answer::ok(&ProjectList { projects })
}

/// One project; the Worker has asked already whether the token sees it.
pub(crate) fn show(request: &DirectoryRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    let project = projects::get(request.db, &actor.account, key)?
        .ok_or_else(|| ApiError::not_found("project", key))?;
    Answer::ok(&project)
}

/// Takes a project off the list. The Worker has had its objects emptied before.
pub(crate) fn delete(request: &DirectoryRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    actor.require(Action::ManageProjects)?;
    projects::delete(request.db, &actor.account, key)?;
    Answer::ok(&serde_json::json!({}))
}

/// A new project. Its object comes into being with the first request to it.
pub(crate) fn create(request: &DirectoryRequest<'_>) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    actor.require(Action::ManageProjects)?;
    let NewProject { key, name } = request.call.json()?;
    check_key(&key)?;
    check_name(&name)?;
    if projects::get(request.db, &actor.account, &key)?.is_some() {
        return Err(ApiError::exists("project", &key));
    }
    let project = Project {
        key,
        name,
        created_at: request.now,
    };
    projects::insert(request.db, &actor.account, &project)?;
    Answer::created(&project)
}
