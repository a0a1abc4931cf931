//! Stored shapes of the events about a dataset and its content.
//!
//! Version 1. Never change one: add a second and an upcast. ItemsStaged is not here: its stored
//! bytes are what `staged` writes, since offsets count in them.

use uuid::Uuid;

use super::shape::{Hex, Stored, Text, shapes};
use super::values::{
    ChangeSummaryV1, ChunkRangeV1, CommitModeV1, CountsV1, DatasetStatusV1, OperationKindV1,
    OperationOutcomeV1, OriginV1,
};
use crate::domain::event::{
    DatasetCreated, DatasetDeleted, DatasetUpdated, ItemsCommitted, OperationBegun,
    OperationFinished,
};

shapes! {
    DatasetCreatedV1 of DatasetCreated {
        dataset: Uuid = "datasetId",
        project: Uuid = "projectId",
        name: Text = "name",
        description: Text = "description",
        metadata: Text = "metadata",
        status: DatasetStatusV1 = "status",
        snapshots_enabled: bool = "snapshotsEnabled",
        root: Hex = "root",
        counts: CountsV1 = "counts",
        origin: Option<OriginV1> = "origin",
    }
    DatasetUpdatedV1 of DatasetUpdated {
        dataset: Uuid = "datasetId",
        name: Option<Text> = "name",
        description: Option<Text> = "description",
        metadata: Option<Text> = "metadata",
        snapshots_enabled: Option<bool> = "snapshotsEnabled",
    }
    DatasetDeletedV1 of DatasetDeleted {
        dataset: Uuid = "datasetId",
    }
    ItemsCommittedV1 of ItemsCommitted {
        dataset: Uuid = "datasetId",
        chunks: Vec<ChunkRangeV1> = "chunks",
        mode: CommitModeV1 = "mode",
        root_before: Hex = "rootBefore",
        root: Hex = "root",
        counts: CountsV1 = "counts",
        summary: ChangeSummaryV1 = "summary",
        message: Option<Text> = "message",
        operation: Option<Uuid> = "operationId",
    }
    OperationBegunV1 of OperationBegun {
        dataset: Uuid = "datasetId",
        operation: Uuid = "operationId",
        kind: OperationKindV1 = "kind",
        status: DatasetStatusV1 = "status",
    }
    OperationFinishedV1 of OperationFinished {
        dataset: Uuid = "datasetId",
        operation: Uuid = "operationId",
        outcome: OperationOutcomeV1 = "outcome",
        status: DatasetStatusV1 = "status",
    }
}
