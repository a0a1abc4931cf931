//! Every mutation of the schema: what it needs, and how it is asked.

use super::table::{Row, row};
use crate::auth::Action::{ChangeProject, CreateProjects, DeleteProjects, ManageKeys, Write};

pub const MUTATIONS: &[Row] = &[
    row(
        "createProject",
        Some(CreateProjects),
        "mutation($fresh: String!) { createProject(input: { name: $fresh }) { xactId } }",
        "/createProject/xactId",
    ),
    row(
        "updateProject",
        Some(ChangeProject),
        "mutation($project: ID!) {
            updateProject(input: { projectId: $project, description: \"d\" }) { xactId } }",
        "/updateProject/xactId",
    ),
    row(
        "createDataset",
        Some(Write),
        "mutation($project: ID!, $fresh: String!) {
            createDataset(input: { projectId: $project, name: $fresh }) { xactId } }",
        "/createDataset/xactId",
    ),
    row(
        "updateDataset",
        Some(Write),
        "mutation($dataset: ID!) {
            updateDataset(input: { datasetId: $dataset, description: \"d\" }) { xactId } }",
        "/updateDataset/xactId",
    ),
    row(
        "deleteDataset",
        Some(Write),
        "mutation($dataset: ID!) { deleteDataset(input: { datasetId: $dataset }) { xactId } }",
        "/deleteDataset/xactId",
    ),
    row(
        "commitItems",
        Some(Write),
        "mutation($dataset: ID!) { commitItems(input: {
            datasetId: $dataset, upserts: [{ key: \"c\", data: {} }] }) { xactId } }",
        "/commitItems/xactId",
    ),
    row(
        "beginOperation",
        Some(Write),
        "mutation($dataset: ID!) {
            beginOperation(input: { datasetId: $dataset, kind: ENRICHMENT }) { xactId } }",
        "/beginOperation/xactId",
    ),
    // Begun by somebody else, so it can only be finished as FAILED.
    row(
        "finishOperation",
        Some(Write),
        "mutation($operation: ID!) {
            finishOperation(input: { operationId: $operation, outcome: FAILED }) { xactId } }",
        "/finishOperation/xactId",
    ),
    row(
        "createSnapshot",
        Some(Write),
        "mutation($dataset: ID!) { createSnapshot(input: { datasetId: $dataset }) { xactId } }",
        "/createSnapshot/xactId",
    ),
    row(
        "renameSnapshot",
        Some(Write),
        "mutation($snapshot: ID!, $fresh: String!) {
            renameSnapshot(input: { snapshotId: $snapshot, name: $fresh }) { xactId } }",
        "/renameSnapshot/xactId",
    ),
    row(
        "restoreSnapshot",
        Some(Write),
        "mutation($dataset: ID!, $snapshot: ID!) { restoreSnapshot(input: {
            datasetId: $dataset, target: { snapshotId: $snapshot } }) { xactId } }",
        "/restoreSnapshot/xactId",
    ),
    row(
        "cloneSnapshot",
        Some(Write),
        "mutation($snapshot: ID!) { cloneSnapshot(input: { snapshotId: $snapshot }) { xactId } }",
        "/cloneSnapshot/xactId",
    ),
    row(
        "deleteSnapshot",
        Some(Write),
        "mutation($snapshot: ID!) { deleteSnapshot(input: { snapshotId: $snapshot }) { xactId } }",
        "/deleteSnapshot/xactId",
    ),
    row(
        "undeleteSnapshot",
        Some(Write),
        "mutation($gone: ID!) { undeleteSnapshot(input: { snapshotId: $gone }) { xactId } }",
        "/undeleteSnapshot/xactId",
    ),
    Row {
        late: Some("TASK_ENDED"),
        ..row(
            "cancelTask",
            Some(Write),
            "mutation($task: ID!) { cancelTask(input: { taskId: $task }) { xactId } }",
            "/cancelTask/xactId",
        )
    },
    row(
        "issueApiKey",
        Some(ManageKeys),
        "mutation($project: ID!, $fresh: String!) {
            issueApiKey(input: { projectId: $project, name: $fresh, role: VIEWER }) { token } }",
        "/issueApiKey/token",
    ),
    row(
        "revokeApiKey",
        Some(ManageKeys),
        "mutation($key: ID!) { revokeApiKey(input: { apiKeyId: $key }) { xactId } }",
        "/revokeApiKey/xactId",
    ),
    // The last: there is nothing in the project to ask about after it.
    row(
        "deleteProject",
        Some(DeleteProjects),
        "mutation($project: ID!) { deleteProject(input: { projectId: $project }) { xactId } }",
        "/deleteProject/xactId",
    ),
];
