//! Every query and subscription of the schema: what it needs, and how it is asked.
//!
//! Variables are those of `world.rs`: `$dataset`, `$snapshot`… of the project that is asked about.

use crate::auth::Action;
use crate::auth::Action::{ManageKeys, Read};

/// An operation.
pub struct Row {
    /// The field of its root type.
    pub field: &'static str,
    /// What it needs in the project; none: it is for every principal and tells of no project.
    pub needs: Option<Action>,
    /// Asks it.
    pub text: &'static str,
    /// What is there when it was done, as a JSON pointer into the data.
    pub found: &'static str,
    /// The code that it ends with when it may be done but comes too late.
    pub late: Option<&'static str>,
}

pub const fn row(
    field: &'static str,
    needs: Option<Action>,
    text: &'static str,
    found: &'static str,
) -> Row {
    Row {
        field,
        needs,
        text,
        found,
        late: None,
    }
}

pub const QUERIES: &[Row] = &[
    row("viewer", None, "{ viewer { subject } }", "/viewer/subject"),
    row("ledger", None, "{ ledger { id } }", "/ledger/id"),
    row(
        "node",
        Some(Read),
        "query($dataset: ID!) { node(id: $dataset) { id } }",
        "/node/id",
    ),
    row(
        "nodes",
        Some(Read),
        "query($snapshot: ID!) { nodes(ids: [$snapshot]) { id } }",
        "/nodes/0/id",
    ),
    // Whoever sees no project is answered with none of them.
    row(
        "projects",
        None,
        "{ projects(first: 1) { totalCount } }",
        "/projects/totalCount",
    ),
    row(
        "project",
        Some(Read),
        "query($project: ID!) { project(id: $project) { id } }",
        "/project/id",
    ),
    row(
        "datasets",
        Some(Read),
        "query($project: ID!) { datasets(projectId: $project) { totalCount nodes { id } } }",
        "/datasets/nodes/0/id",
    ),
    row(
        "dataset",
        Some(Read),
        "query($dataset: ID!) { dataset(id: $dataset) { id } }",
        "/dataset/id",
    ),
    row(
        "datasetByName",
        Some(Read),
        "query($project: ID!, $name: String!) {
            datasetByName(projectId: $project, name: $name) { id } }",
        "/datasetByName/id",
    ),
    row(
        "snapshots",
        Some(Read),
        "query($project: ID!) { snapshots(projectId: $project) { totalCount nodes { id } } }",
        "/snapshots/nodes/0/id",
    ),
    row(
        "snapshot",
        Some(Read),
        "query($snapshot: ID!) { snapshot(id: $snapshot) { id } }",
        "/snapshot/id",
    ),
    row(
        "snapshotByName",
        Some(Read),
        "query($dataset: ID!) { snapshotByName(datasetId: $dataset, name: \"first\") { id } }",
        "/snapshotByName/id",
    ),
    row(
        "task",
        Some(Read),
        "query($task: ID!) { task(id: $task) { id } }",
        "/task/id",
    ),
    row(
        "tasks",
        Some(Read),
        "query($project: ID!) { tasks(filter: { projectId: $project }) { totalCount nodes { id } } }",
        "/tasks/nodes/0/id",
    ),
    row(
        "diff",
        Some(Read),
        "query($dataset: ID!, $snapshot: ID!) {
            diff(from: { snapshotId: $snapshot }, to: { dataset: { id: $dataset } }) {
                summary { added } nodes { key } } }",
        "/diff/nodes/0/key",
    ),
    row(
        "previewRestore",
        Some(Read),
        "query($dataset: ID!, $snapshot: ID!) {
            previewRestore(datasetId: $dataset, target: { snapshotId: $snapshot }) { removed } }",
        "/previewRestore/removed",
    ),
    row(
        "events",
        Some(Read),
        "query($project: ID!) { events(filter: { projectId: $project }) { nodes { id } } }",
        "/events/nodes/0/id",
    ),
    row(
        "event",
        Some(Read),
        "query($event: XactId!) { event(xactId: $event) { id } }",
        "/event/id",
    ),
    row(
        "apiKeys",
        Some(ManageKeys),
        "query($project: ID!) { apiKeys(projectId: $project) { totalCount nodes { id } } }",
        "/apiKeys/nodes/0/id",
    ),
];

pub const SUBSCRIPTIONS: &[Row] = &[
    row(
        "restoreProgress",
        Some(Read),
        "subscription($dataset: ID!) { restoreProgress(datasetId: $dataset) { id } }",
        "/restoreProgress/id",
    ),
    row(
        "taskProgress",
        Some(Read),
        "subscription($task: ID!) { taskProgress(taskId: $task) { id } }",
        "/taskProgress/id",
    ),
    row(
        "datasetChanged",
        Some(Read),
        "subscription($dataset: ID!) { datasetChanged(id: $dataset) { id } }",
        "/datasetChanged/id",
    ),
    row(
        "snapshotChanged",
        Some(Read),
        "subscription($dataset: ID!) { snapshotChanged(datasetId: $dataset) { xactId } }",
        "/snapshotChanged/xactId",
    ),
    // Its batches are looked into by a test of their own.
    row(
        "events",
        None,
        "subscription { events { checkpoint } }",
        "/events/checkpoint",
    ),
];
