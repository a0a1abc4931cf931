//! The door: no verb goes on before it has passed here, so that no transport can forget to ask.
//!
//! What is not the caller's does not exist for them: unknown and forbidden ids look alike. What is
//! not found here may have been made on another node just now: it is looked for again once this
//! one has caught up.

use crate::auth::{Action, Principal};
use crate::domain::Refusal;
use crate::domain::ids::{
    ApiKeyId, DatasetId, OperationId, Position, ProjectId, Revision, SnapshotId, TaskId, XactId,
};
use crate::ledger::contact::end_beyond;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::{Caller, Ledger};
use crate::views::{ApiKeyRow, DatasetRow, OperationRow, SnapshotRow, TaskRow, ViewFault, Views};

/// The refusal for what does not exist, at least not for this caller.
pub(in crate::ledger) const fn not_found(what: &'static str) -> LedgerError {
    LedgerError::Refused {
        refusal: Refusal::NotFound { what },
        current: None,
    }
}

fn may(
    principal: &Principal,
    action: Action,
    project: ProjectId,
    what: &'static str,
) -> Outcome<()> {
    if principal.may(action, project) {
        return Ok(());
    }
    Err(if principal.may(Action::Read, project) {
        LedgerError::Forbidden
    } else {
        not_found(what)
    })
}

impl Ledger {
    /// Looks something up; what is not there is looked for again once this node has caught up.
    pub(in crate::ledger) async fn sought<T>(
        &self,
        look: impl Fn(&Views) -> Result<Option<T>, ViewFault>,
    ) -> Outcome<Option<T>> {
        let (views, contact) = (&self.inner.views, &self.inner.contact);
        let found = look(views)?;
        if found.is_some() || !contact.is_shared() {
            return Ok(found);
        }
        contact.catch_up().await?;
        Ok(look(views)?)
    }

    /// The project a call means: the named one, or the default.
    pub(in crate::ledger) async fn enter_project(
        &self,
        caller: &Caller,
        action: Action,
        project: Option<ProjectId>,
    ) -> Outcome<ProjectId> {
        let project = project.unwrap_or_else(|| self.default_project());
        may(&caller.principal, action, project, "project")?;
        let row = self.sought(|views| views.project(project)).await?;
        row.map(|row| row.id).ok_or_else(|| not_found("project"))
    }

    /// A dataset on which the caller may do this; whether it is live, the decision says.
    pub(in crate::ledger) async fn enter_dataset(
        &self,
        caller: &Caller,
        action: Action,
        dataset: DatasetId,
    ) -> Outcome<DatasetRow> {
        let row = self
            .sought(|views| views.dataset_even_deleted(dataset))
            .await?;
        let row = row.ok_or_else(|| not_found("dataset"))?;
        may(&caller.principal, action, row.project, "dataset")?;
        Ok(row)
    }

    /// The project of a dataset on which the caller may do this; whether the dataset is live, the
    /// decision says. What the hall has at hand costs no look at the rows.
    pub(in crate::ledger) async fn enter_project_of(
        &self,
        caller: &Caller,
        action: Action,
        dataset: DatasetId,
    ) -> Outcome<ProjectId> {
        let Some(project) = self.inner.hall.project_at_hand(dataset)? else {
            return Ok(self.enter_dataset(caller, action, dataset).await?.project);
        };
        may(&caller.principal, action, project, "dataset")?;
        Ok(project)
    }

    /// A snapshot on which the caller may do this; whether it is live, the decision says.
    pub(in crate::ledger) async fn enter_snapshot(
        &self,
        caller: &Caller,
        action: Action,
        snapshot: SnapshotId,
    ) -> Outcome<SnapshotRow> {
        let row = self
            .sought(|views| views.snapshot_even_deleted(snapshot))
            .await?;
        let row = row.ok_or_else(|| not_found("snapshot"))?;
        may(&caller.principal, action, row.project, "snapshot")?;
        Ok(row)
    }

    /// A task with which the caller may do this.
    pub(in crate::ledger) async fn enter_task(
        &self,
        caller: &Caller,
        action: Action,
        task: TaskId,
    ) -> Outcome<TaskRow> {
        let row = self.sought(|views| views.task(task)).await?;
        let row = row.ok_or_else(|| not_found("task"))?;
        may(&caller.principal, action, row.project, "task")?;
        Ok(row)
    }

    /// An operation, with its dataset, on which the caller may do this.
    pub(in crate::ledger) async fn enter_operation(
        &self,
        caller: &Caller,
        action: Action,
        operation: OperationId,
    ) -> Outcome<(OperationRow, DatasetRow)> {
        let row = self.sought(|views| views.operation(operation)).await?;
        let row = row.ok_or_else(|| not_found("operation"))?;
        let dataset = self.inner.views.dataset_even_deleted(row.dataset)?;
        let dataset = dataset.ok_or_else(|| not_found("operation"))?;
        may(&caller.principal, action, dataset.project, "operation")?;
        Ok((row, dataset))
    }

    /// An API key whose keys the caller manages. For whoever reads its project but does not manage
    /// keys there it is forbidden; for all others it does not exist.
    pub(in crate::ledger) async fn enter_key(
        &self,
        caller: &Caller,
        key: ApiKeyId,
    ) -> Outcome<ApiKeyRow> {
        let row = self.sought(|views| views.api_key(key)).await?;
        let row = row.ok_or_else(|| not_found("API key"))?;
        let principal = &caller.principal;
        match row.project {
            Some(project) => may(principal, Action::ManageKeys, project, "API key")?,
            None if principal.may_everywhere(Action::ManageKeys) => {}
            None if principal.may_everywhere(Action::Read) => return Err(LedgerError::Forbidden),
            None => return Err(not_found("API key")),
        }
        Ok(row)
    }

    /// The position that an xact id names, once the views have it. One that this node has not
    /// seen yet is refused only when the log does not have it either.
    pub async fn reached(&self, xact: XactId) -> Outcome<Position> {
        let position = xact.position();
        let head = end_beyond(&*self.inner.log, position).await?;
        if position > head {
            return Err(Refusal::BeyondHead { head }.into());
        }
        self.inner.views.wait_for(position).await?;
        Ok(position)
    }

    /// The version that a caller says they saw, as a place in the dataset's stream.
    pub(in crate::ledger) async fn seen_version(
        &self,
        dataset: DatasetId,
        if_version: Option<XactId>,
    ) -> Outcome<Option<Revision>> {
        let Some(xact) = if_version else {
            return Ok(None);
        };
        let position = self.reached(xact).await?;
        let version = self.inner.views.version_at(dataset, position)?;
        version
            .map(|version| Some(version.at.version.revision))
            .ok_or_else(|| not_found("version"))
    }
}
