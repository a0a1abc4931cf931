//! Projects: the tenancy boundary.

use std::sync::Arc;

use super::Changed;
use crate::auth::Action;
use crate::domain::Refusal;
use crate::domain::commands::create_project::{self, CreateProject, Taken};
use crate::domain::commands::rename_project::{self, RenameProject};
use crate::domain::ids::ProjectId;
use crate::domain::values::Name;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};

/// The longest external id, in characters.
const EXTERNAL_ID_CHARS_MAX: usize = 255;

/// A project to be made.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Its name; unique in the ledger.
    pub name: String,
    /// The id by which foreign paths find it.
    pub external_id: Option<String>,
}

impl Ledger {
    /// Makes a project.
    pub async fn create_project(
        &self,
        caller: &Caller,
        new: NewProject,
    ) -> Outcome<Changed<ProjectId>> {
        if !caller.principal.may_everywhere(Action::CreateProjects) {
            return Err(LedgerError::Forbidden);
        }
        let name = Name::new("name", &new.name)?;
        let external_id = new
            .external_id
            .map(|id| checked_external_id(&id))
            .transpose()?;
        let call = self.call(caller, None);
        let id = ProjectId(call.new_id());
        // Project names are few and seldom made: one at a time is enough to keep them apart.
        let _alone = self.inner.projects_alone.lock().await;
        let name_is_taken = self.inner.views.project_by_name(&name.key())?.is_some();
        let external_id_is_taken = match &external_id {
            Some(external_id) => self
                .inner
                .views
                .project_by_external_id(external_id)?
                .is_some(),
            None => false,
        };
        let taken = Taken {
            name: name_is_taken,
            external_id: external_id_is_taken,
        };
        let command = CreateProject {
            project: id,
            name,
            external_id,
        };
        let decide = |_: &Seen<'_>| create_project::decide(taken, &command);
        self.change(&call, id, Target::new_project(id), decide)
            .await
    }
}

impl Ledger {
    /// Gives a project another name; for admins of it.
    pub async fn rename_project(
        &self,
        caller: &Caller,
        id: ProjectId,
        name: &str,
    ) -> Outcome<Changed<ProjectId>> {
        self.enter_project(caller, Action::CreateProjects, Some(id))
            .await?;
        let name = Name::new("name", name)?;
        let call = self.call(caller, Some(id));
        let _alone = self.inner.projects_alone.lock().await;
        let named = self.inner.views.project_by_name(&name.key())?;
        let is_taken = named.is_some_and(|other| other.id != id);
        let command = RenameProject { project: id, name };
        let target = Target {
            project: Some(id),
            ..Target::default()
        };
        let decide = |_: &Seen<'_>| rename_project::decide(is_taken, &command);
        let done = self.inner.hall.run(&call, target, decide).await?;
        Ok(Changed {
            id,
            xact: done.last,
        })
    }
}

fn checked_external_id(text: &str) -> Result<Arc<str>, Refusal> {
    let chars = text.chars().count();
    if (1..=EXTERNAL_ID_CHARS_MAX).contains(&chars) && !text.chars().any(char::is_control) {
        return Ok(text.into());
    }
    let message = format!("an external id has 1 to {EXTERNAL_ID_CHARS_MAX} characters");
    Err(Refusal::BadInput {
        field: "externalId",
        message,
    })
}
