//! A principal: the subject of a credential, with its role in each project.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::policy::{Action, allows};
use crate::domain::ids::{ApiKeyId, ProjectId};
use crate::domain::values::Role;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The credential's subject; becomes the actor of events.
    pub subject: Arc<str>,
    /// Their e-mail, where the credential tells one.
    pub email: Option<Arc<str>>,
    /// The API key they came with, if any.
    pub api_key: Option<ApiKeyId>,
    /// What they may do where.
    pub grants: Grants,
    /// When their credential ends, if it tells that itself.
    pub until: Option<DateTime<Utc>>,
}

/// Roles by project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grants {
    /// This role in every project, also in those yet to come.
    Everywhere(Role),
    /// A role in each of these projects; the others do not exist for this principal.
    In(Vec<(ProjectId, Role)>),
}

impl Principal {
    /// The administrator of every project: the first key, and whoever tries the ledger out.
    pub fn administrator(subject: &str, api_key: Option<ApiKeyId>) -> Self {
        let grants = Grants::Everywhere(Role::Admin);
        Self {
            subject: subject.into(),
            email: None,
            api_key,
            grants,
            until: None,
        }
    }

    /// Who did it, as events tell: the e-mail where there is one, else the subject.
    pub fn actor(&self) -> &Arc<str> {
        self.email.as_ref().unwrap_or(&self.subject)
    }

    /// Their role in a project; none when it does not exist for them.
    pub fn role_in(&self, project: ProjectId) -> Option<Role> {
        match &self.grants {
            Grants::Everywhere(role) => Some(*role),
            Grants::In(roles) => roles
                .iter()
                .find(|(granted, _)| *granted == project)
                .map(|(_, role)| *role),
        }
    }

    /// Names them in what is told of the request at hand.
    pub fn note(&self) {
        let span = tracing::Span::current();
        span.record("principal.subject", &*self.subject);
        if let Some(key) = self.api_key {
            span.record("principal.key", tracing::field::display(key));
        }
    }

    /// Whether they may do this in a project.
    pub fn may(&self, action: Action, project: ProjectId) -> bool {
        self.role_in(project)
            .is_some_and(|role| allows(role, action))
    }

    /// Their role in every project, if they have one.
    pub const fn role_everywhere(&self) -> Option<Role> {
        match &self.grants {
            Grants::Everywhere(role) => Some(*role),
            Grants::In(_) => None,
        }
    }

    /// Whether they may do this where no project is named.
    pub fn may_everywhere(&self, action: Action) -> bool {
        self.role_everywhere()
            .is_some_and(|role| allows(role, action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_without_a_grant_does_not_exist() {
        let (mine, other) = (
            ProjectId(uuid::Uuid::from_u128(1)),
            ProjectId(uuid::Uuid::nil()),
        );
        let grants = Grants::In(vec![(mine, Role::Editor)]);
        let principal = Principal {
            grants,
            ..Principal::administrator("ada", None)
        };
        assert!(principal.may(Action::Write, mine));
        assert!(!principal.may(Action::Read, other));
        assert!(!principal.may(Action::ManageKeys, mine));
        assert!(!principal.may_everywhere(Action::Read));
    }
}
