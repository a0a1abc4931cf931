//! Reading: everything a principal may see, at any version. Never writes, never waits for a sync.
//!
//! Rows come from the views, items from the tree and the log. What is not the principal's does not
//! exist here, on any path.

mod activities;
mod diffs;
mod events;
mod items;
mod keys;
mod long;
mod values;
mod versions;

pub use activities::Activity;
pub use diffs::{ChangeFilter, ChangeKind, ItemChange};
pub use events::{EventFilter, EventPage, EventRow, EventTail};
pub use items::{Item, ItemSlice, ItemWindow};
pub(super) use long::LongReads;
pub use versions::VersionSpec;

use super::Ledger;
use super::error::Outcome;
use super::progress::{Progress, Watcher};
use crate::auth::{Action, Grants, Principal};
use crate::domain::ids::{DatasetId, OperationId, ProjectId, SnapshotId, TaskId};
use crate::domain::values::{NameKey, Role};
use crate::views::{DatasetRow, OperationRow, ProjectRow, Scope, SnapshotRow, TaskRow, Views};

/// A principal's eyes.
#[derive(Clone)]
pub struct Reads {
    ledger: Ledger,
    principal: Principal,
}

impl Reads {
    pub(super) const fn new(ledger: Ledger, principal: Principal) -> Self {
        Self { ledger, principal }
    }

    /// Whose eyes.
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The ledger that is read.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The rows; every listing takes [`Reads::scope`].
    pub fn views(&self) -> &Views {
        &self.ledger.inner.views
    }

    /// The projects that exist for this principal.
    pub fn scope(&self) -> Scope {
        match &self.principal.grants {
            Grants::Everywhere(_) => Scope::All,
            Grants::In(roles) => Scope::Only(roles.iter().map(|(project, _)| *project).collect()),
        }
    }

    /// The principal's role in a project.
    pub fn role_in(&self, project: ProjectId) -> Option<Role> {
        self.principal.role_in(project)
    }

    /// A project.
    pub fn project(&self, id: ProjectId) -> Outcome<Option<ProjectRow>> {
        Ok(self.views().project(id)?.filter(|row| self.sees(row.id)))
    }

    /// The project with this external id, or whose id this is, with or without hyphens.
    pub fn project_by_external_id(&self, id: &str) -> Outcome<Option<ProjectRow>> {
        let row = self.views().project_by_external_id(id)?;
        Ok(row.filter(|row| self.sees(row.id)))
    }

    /// The project of this name, whatever the case.
    pub fn project_by_name(&self, name: &NameKey) -> Outcome<Option<ProjectRow>> {
        let row = self.views().project_by_name(name)?;
        Ok(row.filter(|row| self.sees(row.id)))
    }

    /// The project that a call means which names none: the only one that this principal may see,
    /// else the default one; none when they may not see that either.
    pub fn own_project(&self) -> Outcome<Option<ProjectRow>> {
        match &self.principal.grants {
            Grants::In(roles) if roles.len() == 1 => self.project(roles[0].0),
            Grants::In(_) | Grants::Everywhere(_) => self.project(self.ledger.default_project()),
        }
    }

    /// The live dataset of this name in a project, whatever the case.
    pub fn dataset_by_name(
        &self,
        project: ProjectId,
        name: &NameKey,
    ) -> Outcome<Option<DatasetRow>> {
        let row = self.views().dataset_by_name(project, name)?;
        Ok(row.filter(|row| self.sees(row.project)))
    }

    /// A live dataset.
    pub fn dataset(&self, id: DatasetId) -> Outcome<Option<DatasetRow>> {
        Ok(self
            .views()
            .dataset(id)?
            .filter(|row| self.sees(row.project)))
    }

    /// A dataset, live or deleted.
    pub fn dataset_even_deleted(&self, id: DatasetId) -> Outcome<Option<DatasetRow>> {
        Ok(self
            .views()
            .dataset_even_deleted(id)?
            .filter(|row| self.sees(row.project)))
    }

    /// A live snapshot of a live dataset.
    pub fn snapshot(&self, id: SnapshotId) -> Outcome<Option<SnapshotRow>> {
        let row = self.views().snapshot(id)?;
        Ok(row.filter(|row| self.sees(row.project)))
    }

    /// A snapshot, live or deleted.
    pub fn snapshot_even_deleted(&self, id: SnapshotId) -> Outcome<Option<SnapshotRow>> {
        Ok(self
            .views()
            .snapshot_even_deleted(id)?
            .filter(|row| self.sees(row.project)))
    }

    /// An operation.
    pub fn operation(&self, id: OperationId) -> Outcome<Option<OperationRow>> {
        let Some(row) = self.views().operation(id)? else {
            return Ok(None);
        };
        Ok(self.dataset(row.dataset)?.map(|_| row))
    }

    /// A task, with how far it is.
    pub fn task(&self, id: TaskId) -> Outcome<Option<TaskRow>> {
        Ok(self.views().task(id)?.filter(|row| self.sees(row.project)))
    }

    /// How far a task is: from this node's memory, or as the log tells.
    pub fn progress(&self, row: &TaskRow) -> Progress {
        let told = Progress::of_row(row);
        if row.phase.is_end() {
            return told;
        }
        self.ledger.inner.board.latest(row.id).unwrap_or(told)
    }

    /// Watches a task of this principal's, from its first phase on; none when there is no such
    /// task, or when it ended longer ago than the board remembers.
    pub fn watch(&self, id: TaskId) -> Outcome<Option<Watcher>> {
        let Some(row) = self.task(id)? else {
            return Ok(None);
        };
        let board = &self.ledger.inner.board;
        if !row.phase.is_end() {
            board.resume(id, Progress::of_row(&row));
        }
        Ok(board.watch(id))
    }

    pub(super) fn sees(&self, project: ProjectId) -> bool {
        self.principal.may(Action::Read, project)
    }
}
