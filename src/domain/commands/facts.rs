//! Facts for the decisions' tests to begin with, about one project, one dataset and one task.

use std::sync::Arc;

use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::directory::ListedProject;
use crate::domain::event::{
    ApiKeyIssued, DatasetCreated, DatasetDeleted, DatasetListed, Event, ItemsCommitted,
    OperationBegun, OperationFinished, ProjectListed, RestoreBegun, SnapshotCreated,
    SnapshotDeleted, TaskQueued, TaskWork,
};
use crate::domain::ids::{
    ApiKeyId, DatasetId, OperationId, ProjectId, Revision, SnapshotId, TaskId,
};
use crate::domain::values::{
    ChangeSummary, CommitMode, Counts, DatasetStatus, Name, OperationKind, OperationOutcome, Role,
    SnapshotReason, Version,
};

pub const DEFAULT: ProjectId = ProjectId(Uuid::from_u128(0xDEF));
pub const PROJECT: ProjectId = ProjectId(Uuid::from_u128(0xA));
pub const DATASET: DatasetId = DatasetId(Uuid::from_u128(0xD));
pub const TASK: TaskId = TaskId(Uuid::from_u128(0x7));
pub const OPERATION: OperationId = OperationId(Uuid::from_u128(0x0));
pub const KEY: ApiKeyId = ApiKeyId(Uuid::from_u128(0xE));

pub const fn snapshot(number: u32) -> SnapshotId {
    SnapshotId(Uuid::from_u128(0x5000 + number as u128))
}

pub const fn root(number: u8) -> Digest {
    Digest::from_bytes([number; 32])
}

pub fn name(text: &str) -> Name {
    Name::new("name", text).expect("a name")
}

/// The default project, as the directory lists it.
pub fn listed_default() -> ListedProject {
    (DEFAULT, name("default"), None)
}

/// The listing of the project that the tests are about.
pub fn listed_project(text: &str) -> Event {
    ProjectListed {
        project: PROJECT,
        name: name(text),
        external_id: None,
    }
    .into()
}

/// The version whose content is `root(number)`, of so many items.
pub const fn version(revision: u64, number: u8) -> Version {
    Version {
        revision: Revision(revision),
        root: root(number),
        counts: counts(number),
    }
}

pub const fn counts(number: u8) -> Counts {
    let items = number as u64;
    Counts {
        items,
        images: 0,
        videos: 0,
        bytes: items * 10,
    }
}

pub const fn added(items: u64) -> ChangeSummary {
    ChangeSummary {
        added: items,
        removed: 0,
        modified: 0,
        unchanged: 0,
    }
}

pub const fn not_found(what: &'static str) -> Refusal {
    Refusal::NotFound { what }
}

pub const fn not_ready(status: DatasetStatus) -> Refusal {
    Refusal::DatasetNotReady { status }
}

pub fn name_taken(name: &str) -> Refusal {
    Refusal::NameTaken {
        name: name.to_owned(),
    }
}

pub const fn conflict(found: u64) -> Refusal {
    Refusal::VersionConflict {
        found: Revision(found),
    }
}

/// The dataset's creation, without content, in any status: the shortest way there.
pub fn created_in(status: DatasetStatus) -> DatasetCreated {
    DatasetCreated {
        dataset: DATASET,
        project: PROJECT,
        name: name("Penguins"),
        description: Arc::from("As measured"),
        metadata: Arc::from(r#"{"licence":"CC0"}"#),
        status,
        snapshots_enabled: true,
        root: root(0),
        counts: counts(0),
        origin: None,
    }
}

pub fn in_status(status: DatasetStatus) -> Event {
    created_in(status).into()
}

pub fn ready() -> Event {
    in_status(DatasetStatus::Ready)
}

pub fn deleted() -> Event {
    DatasetDeleted { dataset: DATASET }.into()
}

/// Another dataset of the project has this name.
pub fn listed(number: u128, text: &str) -> Event {
    DatasetListed {
        project: PROJECT,
        dataset: DatasetId(Uuid::from_u128(number)),
        name: name(text),
    }
    .into()
}

/// The content became `root(number)`.
pub fn committed(before: u8, number: u8) -> ItemsCommitted {
    ItemsCommitted {
        dataset: DATASET,
        chunks: Vec::new(),
        mode: CommitMode::Upsert,
        root_before: root(before),
        root: root(number),
        counts: counts(number),
        summary: added(1),
        message: None,
        operation: None,
    }
}

/// A snapshot that a caller asked for of the head of the dataset.
pub fn snapshot_of(number: u32, version: Version) -> SnapshotCreated {
    SnapshotCreated {
        dataset: DATASET,
        snapshot: snapshot(number),
        number,
        name: None,
        description: Arc::from(""),
        reason: SnapshotReason::Manual,
        version,
        asked: None,
        becomes_current: true,
        dataset_name: name("Penguins"),
        dataset_description: Arc::from("As measured"),
        trained_model: None,
        restored_from: None,
    }
}

pub fn named_snapshot(number: u32, version: Version, text: &str) -> SnapshotCreated {
    SnapshotCreated {
        name: Some(name(text)),
        ..snapshot_of(number, version)
    }
}

pub fn snapshot_deleted(number: u32) -> Event {
    SnapshotDeleted {
        dataset: DATASET,
        snapshot: snapshot(number),
    }
    .into()
}

/// `OPERATION` began; of the status it brings, see `begin_operation`.
pub fn operation_begun(kind: OperationKind, status: DatasetStatus) -> Event {
    OperationBegun {
        dataset: DATASET,
        operation: OPERATION,
        kind,
        status,
    }
    .into()
}

pub fn enriching() -> Event {
    operation_begun(OperationKind::Enrichment, DatasetStatus::ReadOnly)
}

pub fn training() -> Event {
    operation_begun(OperationKind::Training, DatasetStatus::Ready)
}

pub fn operation_finished(outcome: OperationOutcome, status: DatasetStatus) -> Event {
    OperationFinished {
        dataset: DATASET,
        operation: OPERATION,
        outcome,
        status,
    }
    .into()
}

/// `TASK` restores the first version.
pub fn restoring() -> RestoreBegun {
    RestoreBegun {
        dataset: DATASET,
        task: TASK,
        target: version(0, 0),
        snapshot: None,
        root_before: root(0),
        safety_snapshot: None,
        result_snapshot: None,
        words: None,
    }
}

pub fn queued(work: TaskWork) -> Event {
    TaskQueued {
        task: TASK,
        project: PROJECT,
        dataset: DATASET,
        work,
    }
    .into()
}

pub fn import_queued() -> Event {
    queued(TaskWork::Import {
        mode: CommitMode::Upsert,
    })
}

pub fn restore_queued() -> Event {
    queued(TaskWork::Restore {
        target: version(0, 0),
        snapshot: None,
    })
}

/// The key is there, for the project.
pub fn key_issued() -> Event {
    ApiKeyIssued {
        key: KEY,
        name: "nightly import".into(),
        secret_hash: root(9),
        access_key: None,
        role: Role::Editor,
        project: Some(PROJECT),
        expires_at: None,
    }
    .into()
}
