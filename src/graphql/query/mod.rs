//! Queries: the entrances of the graph, one family a file.
//!
//! A query by id answers null for what is unknown, deleted or not the principal's: the three look
//! alike. Nothing here writes.

mod datasets;
mod history;
mod keys;
mod nodes;
mod projects;
mod snapshots;
mod tasks;

use async_graphql::MergedObject;

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(
    datasets::DatasetQueries,
    snapshots::SnapshotQueries,
    history::HistoryQueries,
    tasks::TaskQueries,
    projects::ProjectQueries,
    nodes::NodeQueries,
    keys::KeyQueries,
);
