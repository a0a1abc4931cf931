//! API keys, for those who manage them; for all others there are none.

use super::Reads;
use crate::auth::{Action, Grants};
use crate::domain::Event;
use crate::domain::ids::{ApiKeyId, ProjectId};
use crate::ledger::error::{LedgerError, Outcome};
use crate::views::{ApiKeyRow, Scope};

impl Reads {
    /// An API key of a project whose keys this principal manages.
    pub fn api_key(&self, id: ApiKeyId) -> Outcome<Option<ApiKeyRow>> {
        let row = self.views().api_key(id)?;
        Ok(row.filter(|row| self.manages(row.project)))
    }

    /// Whose keys are listed: of the project asked for, else of all whose keys this principal
    /// manages. Who sees a project but not its keys is told so; a project that does not exist for
    /// them has none.
    pub fn keys_scope(&self, asked: Option<ProjectId>) -> Outcome<Scope> {
        let managed = match (&self.principal.grants, asked) {
            (_, Some(project)) if self.manages(Some(project)) => Scope::Only(vec![project]),
            (_, Some(project)) if !self.sees(project) => return Ok(Scope::Only(Vec::new())),
            (Grants::Everywhere(_), None) if self.manages(None) => Scope::All,
            (Grants::In(roles), None) => {
                let projects = roles.iter().map(|(project, _)| *project);
                let projects: Vec<_> = projects.filter(|id| self.manages(Some(*id))).collect();
                if projects.is_empty() {
                    return Err(LedgerError::Forbidden);
                }
                Scope::Only(projects)
            }
            (Grants::Everywhere(_) | Grants::In(_), _) => return Err(LedgerError::Forbidden),
        };
        Ok(managed)
    }

    /// Whether this principal manages the keys of a project, or those that are for every project.
    pub(super) fn manages(&self, project: Option<ProjectId>) -> bool {
        match project {
            None => self.principal.may_everywhere(Action::ManageKeys),
            Some(project) => self.principal.may(Action::ManageKeys, project),
        }
    }

    /// The project whose admins see an event of the access stream: its key's.
    pub(super) fn project_of_key(&self, event: &Event) -> Outcome<Option<ProjectId>> {
        let mut key = None;
        if let Event::ApiKeyIssued(issued) = event {
            key = Some(issued.key);
        }
        if let Event::ApiKeyRevoked(revoked) = event {
            key = Some(revoked.key);
        }
        if let Event::ApiKeyUsed(used) = event {
            key = Some(used.key);
        }
        let row = key.map(|key| self.views().api_key(key)).transpose()?;
        Ok(row.flatten().and_then(|row| row.project))
    }
}
