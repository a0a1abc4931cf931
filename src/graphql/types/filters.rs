//! Filters and orders of listings, and how they become those of the views.

use async_graphql::{ID, InputObject};

use super::words::{
    DatasetOrderField, DatasetStatus, OrderDirection, SnapshotOrderField, SnapshotReason,
    TaskStatus, TaskType,
};
use crate::domain::ids::{DatasetId, ProjectId};
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Moment, read_id, read_optional_id};
use crate::ledger;
use crate::views;
use crate::views::{DeletedSnapshots, Scope};

/// Which datasets are listed; an absent condition holds for all.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DatasetFilter {
    /// The name contains this, ignoring case.
    name_contains: Option<String>,
    /// The status is one of these.
    statuses: Option<Vec<DatasetStatus>>,
    /// Whether the content differs from the current snapshot's.
    modified: Option<bool>,
}

impl From<DatasetFilter> for views::DatasetFilter {
    fn from(filter: DatasetFilter) -> Self {
        let statuses = filter.statuses;
        Self {
            name_contains: filter.name_contains,
            statuses: statuses.map(|words| words.into_iter().map(Into::into).collect()),
            modified: filter.modified,
            ..Self::default()
        }
    }
}

/// How datasets are sorted.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct DatasetOrder {
    /// By what.
    field: DatasetOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// An order of datasets with the word that its cursors carry; the default: newest first.
pub fn dataset_order(order: Option<DatasetOrder>) -> (views::DatasetOrder, &'static str) {
    let order = order.map_or_else(views::DatasetOrder::default, |order| views::DatasetOrder {
        field: order.field.into(),
        direction: order.direction.into(),
    });
    let word = match order.field {
        views::DatasetOrderField::Name => "datasets-by-name",
        views::DatasetOrderField::CreatedAt => "datasets-by-creation",
        views::DatasetOrderField::UpdatedAt => "datasets-by-change",
        views::DatasetOrderField::ItemCount => "datasets-by-items",
    };
    (order, word)
}

/// Which snapshots are listed; an absent condition holds for all.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SnapshotFilter {
    /// The name shown contains this, ignoring case.
    name_contains: Option<String>,
    /// The reason is one of these.
    reasons: Option<Vec<SnapshotReason>>,
    /// Who made it.
    created_by: Option<String>,
    /// Made after this time.
    created_after: Option<Moment>,
    /// Made before this time.
    created_before: Option<Moment>,
    /// Whether deleted snapshots are listed, instead of live ones.
    #[graphql(default_with = "Some(false)")]
    deleted: Option<bool>,
}

/// A filter of snapshots, of one dataset or of all.
pub fn snapshot_filter(
    filter: Option<SnapshotFilter>,
    dataset: Option<DatasetId>,
) -> Result<views::SnapshotFilter, Problem> {
    let filter = filter.unwrap_or_default();
    let time = |field, time: Option<Moment>| time.map(|time| time.checked(field)).transpose();
    let reasons = filter.reasons;
    Ok(views::SnapshotFilter {
        dataset,
        name_contains: filter.name_contains,
        reasons: reasons.map(|words| words.into_iter().map(Into::into).collect()),
        created_by: filter.created_by.map(Into::into),
        created_after: time("createdAfter", filter.created_after)?,
        created_before: time("createdBefore", filter.created_before)?,
        deleted: if filter.deleted == Some(true) {
            DeletedSnapshots::Only
        } else {
            DeletedSnapshots::Hidden
        },
        ..views::SnapshotFilter::default()
    })
}

/// How snapshots are sorted.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct SnapshotOrder {
    /// By what.
    field: SnapshotOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// An order of snapshots with the word that its cursors carry; the default: newest first.
pub fn snapshot_order(order: Option<SnapshotOrder>) -> (views::SnapshotOrder, &'static str) {
    let order = order.map_or_else(views::SnapshotOrder::default, |order| {
        views::SnapshotOrder {
            field: order.field.into(),
            direction: order.direction.into(),
        }
    });
    let word = match order.field {
        views::SnapshotOrderField::Number => "snapshots-by-number",
        views::SnapshotOrderField::Name => "snapshots-by-name",
        views::SnapshotOrderField::CreatedAt => "snapshots-by-creation",
        views::SnapshotOrderField::UpdatedAt => "snapshots-by-change",
        views::SnapshotOrderField::ItemCount => "snapshots-by-items",
    };
    (order, word)
}

/// Which tasks are listed; an absent condition holds for all.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TaskFilter {
    /// Of this project.
    project_id: Option<ID>,
    /// That work on this dataset.
    dataset_id: Option<ID>,
    /// The type is one of these.
    types: Option<Vec<TaskType>>,
    /// The status is one of these.
    statuses: Option<Vec<TaskStatus>>,
    /// Who asked for it.
    created_by: Option<String>,
}

impl TaskFilter {
    /// The filter of the views, and the project.
    pub fn checked(self) -> Result<(views::TaskFilter, Option<ProjectId>), Problem> {
        let filter = views::TaskFilter {
            dataset: read_optional_id("datasetId", self.dataset_id.as_ref())?,
            kinds: self
                .types
                .map(|words| words.into_iter().map(Into::into).collect()),
            statuses: self
                .statuses
                .map(|words| words.into_iter().map(Into::into).collect()),
            created_by: self.created_by.map(Into::into),
        };
        Ok((
            filter,
            read_optional_id("projectId", self.project_id.as_ref())?,
        ))
    }
}

/// Which events are listed; an absent condition holds for all.
#[derive(Debug, Clone, Default, InputObject)]
pub struct EventFilter {
    /// Of this project.
    project_id: Option<ID>,
    /// About one of these datasets.
    dataset_ids: Option<Vec<ID>>,
    /// The type is one of these, as `SnapshotCreated`.
    types: Option<Vec<String>>,
    /// Done by one of these.
    actors: Option<Vec<String>>,
    /// Part of the work with this correlation id.
    correlation_id: Option<ID>,
}

impl EventFilter {
    /// The filter of the ledger.
    pub fn checked(self) -> Result<ledger::EventFilter, Problem> {
        let ids = self.dataset_ids.map(|ids| {
            let ids = ids.iter().map(|id| read_id("datasetIds", id));
            ids.collect::<Result<Vec<DatasetId>, Problem>>()
        });
        let correlation = self.correlation_id.map(|id| {
            let read = uuid::Uuid::try_parse(&id);
            read.map_err(|_| Problem::bad_input("correlationId", "correlationId: not a UUID"))
        });
        Ok(ledger::EventFilter {
            project: read_optional_id("projectId", self.project_id.as_ref())?,
            datasets: ids.transpose()?,
            names: self.types,
            actors: self.actors,
            correlation: correlation.transpose()?,
        })
    }
}

/// A scope narrowed to one project, if one is named; nothing when that is not in it.
pub fn narrowed(scope: Scope, project: Option<ProjectId>) -> Scope {
    let Some(project) = project else { return scope };
    match scope {
        Scope::All => Scope::Only(vec![project]),
        Scope::Only(projects) => Scope::Only(
            projects
                .into_iter()
                .filter(|seen| *seen == project)
                .collect(),
        ),
    }
}
