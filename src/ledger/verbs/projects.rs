//! Projects: the tenancy boundary. Made, given other words, deleted.

use std::sync::Arc;

use super::Changed;
use crate::auth::Action;
use crate::domain::commands::create_project::{self, CreateProject};
use crate::domain::commands::delete_project::{self, DeleteProject};
use crate::domain::commands::update_project::{self, UpdateProject};
use crate::domain::ids::ProjectId;
use crate::domain::values::Name;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};

/// A project to be made.
#[derive(Debug, Clone, Default)]
pub struct NewProject {
    /// Its name; unique in the ledger.
    pub name: String,
    /// The id by which foreign paths find it; unique too.
    pub external_id: Option<String>,
    /// What it is for; may be empty.
    pub description: String,
}

/// What is to change of a project; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct ProjectChanges {
    /// Its new name.
    pub name: Option<String>,
    /// Its new description.
    pub description: Option<String>,
}

impl Ledger {
    /// Makes a project; for administrators of all projects.
    pub async fn create_project(
        &self,
        caller: &Caller,
        new: NewProject,
    ) -> Outcome<Changed<ProjectId>> {
        if !caller.principal.may_everywhere(Action::CreateProjects) {
            return Err(LedgerError::Forbidden);
        }
        let call = self.call(caller, None);
        let id = ProjectId(call.new_id());
        let command = CreateProject {
            project: id,
            name: Name::new("name", &new.name)?,
            external_id: new.external_id.map(Arc::from),
            description: new.description.into(),
        };
        let target = Target::new_project(id).and_directory();
        let decide = |seen: &Seen<'_>| create_project::decide(seen.directory()?, &command);
        self.change(&call, id, target, decide).await
    }

    /// Gives a project another name or description; for admins of it.
    pub async fn update_project(
        &self,
        caller: &Caller,
        id: ProjectId,
        changes: ProjectChanges,
    ) -> Outcome<Changed<ProjectId>> {
        self.enter_project(caller, Action::ChangeProject, Some(id))
            .await?;
        let name = changes.name.map(|name| Name::new("name", &name));
        let command = UpdateProject {
            name: name.transpose()?,
            description: changes.description.map(Arc::from),
        };
        let call = self.call(caller, Some(id));
        let target = Target::default().and_project(id).and_directory();
        let decide =
            |seen: &Seen<'_>| update_project::decide(seen.directory()?, seen.project()?, &command);
        self.change(&call, id, target, decide).await
    }

    /// Closes a project for ever, with all that is in it; for administrators of all projects, as a
    /// key for the project itself opens nothing from then on.
    pub async fn delete_project(
        &self,
        caller: &Caller,
        id: ProjectId,
    ) -> Outcome<Changed<ProjectId>> {
        if !caller.principal.may_everywhere(Action::DeleteProjects) {
            self.enter_project(caller, Action::Read, Some(id)).await?;
            return Err(LedgerError::Forbidden);
        }
        let call = self.call(caller, None);
        let target = Target::default().and_project(id).and_directory();
        let decide = |seen: &Seen<'_>| {
            delete_project::decide(seen.directory()?, seen.project()?, &DeleteProject)
        };
        self.change(&call, id, target, decide).await
    }
}
