//! Stored shapes of the events about snapshots and restores.
//!
//! Never change one: add the next version and an upcast, which tells what the one before lacks.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::shape::{Hex, Stored, Text, shapes};
use super::values::{ChangeSummaryV1, DatasetStatusV1, OriginV1, SnapshotReasonV1, VersionV1};
use crate::domain::event::{
    DatasetWords, GivenUp, RestoreBegun, RestoreGivenUp, SnapshotCloned, SnapshotCreated,
    SnapshotDeleted, SnapshotMoved, SnapshotRenamed, SnapshotRestored, SnapshotUndeleted,
    TrainedModel,
};

shapes! {
    SnapshotCreatedV1 of SnapshotCreated {
        dataset: Uuid = "datasetId",
        snapshot: Uuid = "snapshotId",
        number: u32 = "number",
        name: Option<Text> = "name",
        description: Text = "description",
        reason: SnapshotReasonV1 = "reason",
        version: VersionV1 = "version",
        asked: Option<u64> = "askedPosition",
        becomes_current: bool = "becomesCurrent",
        dataset_name: Text = "datasetName",
        dataset_description: Text = "datasetDescription",
        trained_model: Option<TrainedModelV1> = "trainedModel",
        restored_from: Option<Uuid> = "restoredFromSnapshotId",
    }
    TrainedModelV1 of TrainedModel {
        id: Option<Uuid> = "id",
        name: Option<Text> = "name",
    }
    SnapshotRenamedV1 of SnapshotRenamed {
        dataset: Uuid = "datasetId",
        snapshot: Uuid = "snapshotId",
        name: Option<Text> = "name",
        description: Option<Text> = "description",
    }
    SnapshotMovedV1 of SnapshotMoved {
        dataset: Uuid = "datasetId",
        snapshot: Uuid = "snapshotId",
        version: VersionV1 = "version",
        asked: Option<u64> = "askedPosition",
        becomes_current: bool = "becomesCurrent",
        description: Option<Text> = "description",
    }
    RestoreBegunV2 of RestoreBegun {
        dataset: Uuid = "datasetId",
        task: Uuid = "taskId",
        target: VersionV1 = "target",
        snapshot: Option<Uuid> = "snapshotId",
        root_before: Hex = "rootBefore",
        safety_snapshot: Option<Uuid> = "safetySnapshotId",
        result_snapshot: Option<Uuid> = "resultSnapshotId",
        words: Option<DatasetWordsV1> = "words",
    }
    DatasetWordsV1 of DatasetWords {
        name: Text = "name",
        description: Text = "description",
    }
    SnapshotRestoredV1 of SnapshotRestored {
        dataset: Uuid = "datasetId",
        task: Uuid = "taskId",
        target: VersionV1 = "target",
        snapshot: Option<Uuid> = "snapshotId",
        root_before: Hex = "rootBefore",
        summary: ChangeSummaryV1 = "summary",
        current: Option<Uuid> = "currentSnapshotId",
        status: DatasetStatusV1 = "status",
    }
    RestoreGivenUpV1 of RestoreGivenUp {
        dataset: Uuid = "datasetId",
        task: Uuid = "taskId",
        why: GivenUpV1 = "why",
        status: DatasetStatusV1 = "status",
    }
    SnapshotClonedV1 of SnapshotCloned {
        dataset: Uuid = "datasetId",
        origin: OriginV1 = "origin",
        task: Uuid = "taskId",
    }
    SnapshotDeletedV1 of SnapshotDeleted {
        dataset: Uuid = "datasetId",
        snapshot: Uuid = "snapshotId",
    }
    SnapshotUndeletedV1 of SnapshotUndeleted {
        dataset: Uuid = "datasetId",
        snapshot: Uuid = "snapshotId",
        name: Option<Text> = "name",
    }
}

/// `{"FAILED":"why"}` or `"CANCELLED"`.
#[derive(Serialize, Deserialize)]
pub(super) enum GivenUpV1 {
    #[serde(rename = "FAILED")]
    Failed(Text),
    #[serde(rename = "CANCELLED")]
    Cancelled,
}

impl Stored<GivenUpV1> for GivenUp {
    fn store(&self) -> GivenUpV1 {
        match self {
            Self::Failed(why) => GivenUpV1::Failed(why.store()),
            Self::Cancelled => GivenUpV1::Cancelled,
        }
    }

    fn load(form: GivenUpV1) -> Self {
        match form {
            GivenUpV1::Failed(why) => Self::Failed(Stored::load(why)),
            GivenUpV1::Cancelled => Self::Cancelled,
        }
    }
}
