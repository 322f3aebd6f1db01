//! Who may do what: one table, deny by default.

use pennon_api::Access;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Who makes a request: a token that the Directory object has found valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actor {
    /// The account that everything visible to this token belongs to.
    pub(crate) account: String,
    /// Id of the token.
    pub(crate) token: String,
    /// Name of the token; it stands in histories.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) access: Access,
    /// The projects it is for; `None` is all of the account.
    pub(crate) projects: Option<Vec<String>>,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Look at flags, definitions, environments, keys, histories, counts.
    Read,
    /// Change flags and definitions.
    ChangeDocuments,
    /// Make, rotate and revoke the keys of an environment.
    ManageKeys,
    /// Make environments.
    ManageEnvironments,
    /// Read the raw log, erase people, replay deliveries that failed.
    HandleEvents,
    /// Make projects.
    ManageProjects,
    /// Make, list and revoke admin tokens.
    ManageTokens,
}

impl Actor {
    /// Whether the token is for this project.
    pub(crate) fn sees(&self, project: &str) -> bool {
        self.projects
            .as_ref()
            .is_none_or(|projects| projects.iter().any(|key| key == project))
    }

    /// Refuses what the token may not do.
    ///
    /// # Errors
    ///
    /// 403 `forbidden`.
    pub(crate) fn require(&self, action: Action) -> Result<(), ApiError> {
        if may(self, action) {
            Ok(())
        } else {
            Err(ApiError::new(
                403,
                "forbidden",
                format!("the token `{}` may not do this", self.name),
            ))
        }
    }
}

fn may(actor: &Actor, action: Action) -> bool {
    let covers_account = actor.projects.is_none();
    match action {
        Action::Read => true,
        Action::ChangeDocuments => actor.access >= Access::Write,
        Action::ManageKeys | Action::ManageEnvironments | Action::HandleEvents => {
            actor.access >= Access::Admin
        }
        // What belongs to the whole account needs a token for the whole account.
        Action::ManageProjects | Action::ManageTokens => {
            actor.access >= Access::Admin && covers_account
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(access: Access, projects: Option<&[&str]>) -> Actor {
        Actor {
            account: "acc".into(),
            token: "t".into(),
            name: "n".into(),
            access,
            projects: projects.map(|keys| keys.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn the_whole_table() {
        let actions = [
            Action::Read,
            Action::ChangeDocuments,
            Action::ManageKeys,
            Action::ManageEnvironments,
            Action::HandleEvents,
            Action::ManageProjects,
            Action::ManageTokens,
        ];
        let expected = [
            (Access::Read, None, "y......"),
            (Access::Write, None, "yy....."),
            (Access::Admin, None, "yyyyyyy"),
            (Access::Read, Some(&["shop"][..]), "y......"),
            (Access::Write, Some(&["shop"][..]), "yy....."),
            (Access::Admin, Some(&["shop"][..]), "yyyyy.."),
        ];
        for (access, projects, row) in expected {
            let actor = actor(access, projects);
            let found: String = actions
                .iter()
                .map(|action| if may(&actor, *action) { 'y' } else { '.' })
                .collect();
            assert_eq!(found, row, "{access:?} {projects:?}");
        }
    }

    #[test]
    fn a_token_sees_its_own_projects_only() {
        assert!(actor(Access::Admin, None).sees("shop"));
        assert!(actor(Access::Read, Some(&["shop"])).sees("shop"));
        assert!(!actor(Access::Admin, Some(&["shop"])).sees("blog"));
        assert!(!actor(Access::Admin, Some(&[])).sees("shop"));
    }
}
