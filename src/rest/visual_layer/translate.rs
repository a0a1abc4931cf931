//! To and from the ledger's shapes.

use chrono::{DateTime, Utc};

use super::wire::{Dataset, Snapshot, Task};
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::domain::values::{DatasetStatus, OperationKind, SnapshotReason, TaskKind, TaskStatus};
use crate::ledger::{Activity, Progress};
use crate::views::{DatasetRow, SnapshotRow, Work};

/// The words of a task's status here.
const STATUSES: &[(&str, TaskStatus)] = &[
    ("PENDING", TaskStatus::Queued),
    ("RUNNING", TaskStatus::Running),
    ("COMPLETED", TaskStatus::Completed),
    ("FAILED", TaskStatus::Failed),
    ("ABORTED", TaskStatus::Cancelled),
    // Taken from those who ask by these words, and not told.
    ("IN_PROGRESS", TaskStatus::Running),
    ("CANCELLED", TaskStatus::Cancelled),
];

/// The id of a dataset in a path.
pub(super) fn dataset_id(text: &str) -> Result<DatasetId, Refusal> {
    text.parse().map_err(|_| not_a_uuid("dataset_id"))
}

/// The id of a snapshot in a path.
pub(super) fn snapshot_id(text: &str) -> Result<SnapshotId, Refusal> {
    text.parse().map_err(|_| not_a_uuid("snapshot_id"))
}

fn not_a_uuid(field: &'static str) -> Refusal {
    Refusal::BadInput {
        field,
        message: "not a UUID".to_owned(),
    }
}

/// A snapshot of a dataset that has this name.
pub(super) fn snapshot(row: &SnapshotRow, dataset_name: &str) -> Snapshot {
    let model = row.trained_model.as_ref();
    let counts = row.version.version.counts;
    Snapshot {
        snapshot_id: row.id.0,
        snapshot_name: row.shown_name.to_string(),
        source_dataset_name: dataset_name.to_owned(),
        created_at: local_time(row.created_at),
        created_by: row.created_by.to_string(),
        n_images: counts.images,
        n_videos: counts.videos,
        description: row.description.to_string(),
        reason: match row.reason {
            SnapshotReason::Creation => "creation",
            SnapshotReason::Clone => "clone",
            SnapshotReason::Manual | SnapshotReason::Restore | SnapshotReason::Auto => "manual",
        },
        training_model_id: model.and_then(|model| model.id),
        training_model_name: model.and_then(|model| model.name.as_deref().map(str::to_owned)),
        is_current: row.is_current,
        is_restoring: row.is_restoring,
    }
}

/// A dataset; `restore` is how far the restore is that holds it, `error` why it is in error.
pub(super) fn dataset(
    row: &DatasetRow,
    restore: Option<Progress>,
    error: Option<String>,
) -> Dataset {
    let counts = row.head.version.counts;
    Dataset {
        id: row.id.0,
        display_name: row.name.to_string(),
        description: row.description.to_string(),
        source_type: "BUCKET",
        owned_by: "VL",
        created_at: local_time(row.created_at),
        status_new: dataset_status(row.status),
        progress: match row.status {
            DatasetStatus::Ready | DatasetStatus::PartialIndex => 100,
            DatasetStatus::ReadOnly => restore.map_or(0, |progress| percent(&progress)),
            DatasetStatus::Draft | DatasetStatus::Indexing | DatasetStatus::Error => 0,
        },
        n_images: counts.images,
        n_videos: counts.videos,
        n_objects: 0,
        fatal_error_msg: error,
        source_dataset_id: row.cloned_from.as_ref().map(|origin| origin.dataset.0),
    }
}

/// A task or an operation.
pub(super) fn task(activity: &Activity) -> Task {
    let row = &activity.row;
    let status = row.phase.status();
    Task {
        task_id: row.id,
        dataset_id: row.dataset.0,
        dataset_name: row.dataset_name.to_string(),
        dataset_status: dataset_status(row.dataset_status),
        created_by: row.created_by.to_string(),
        task_type: row.work.word(),
        status: task_status(status),
        status_message: status_message(row.work, status),
        progress_percentage: percent(&activity.progress),
        error_message: row.error.as_deref().map(str::to_owned),
        start_time: task_time(row.created_at),
        end_time: row.finished_at.map(task_time),
    }
}

const fn dataset_status(status: DatasetStatus) -> &'static str {
    match status {
        DatasetStatus::ReadOnly => "READ ONLY",
        DatasetStatus::PartialIndex => "PARTIAL INDEX",
        DatasetStatus::Draft
        | DatasetStatus::Indexing
        | DatasetStatus::Ready
        | DatasetStatus::Error => status.word(),
    }
}

const fn task_status(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Queued => "PENDING",
        TaskStatus::Cancelled => "ABORTED",
        TaskStatus::Running | TaskStatus::Completed | TaskStatus::Failed => status.word(),
    }
}

/// The status of a word, whatever its case.
pub(super) fn status_of(text: &str) -> Option<TaskStatus> {
    let found = STATUSES
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, status)| *status)
}

/// What became of some work, such as `Enrichment failed`.
pub(super) fn status_message(work: Work, status: TaskStatus) -> String {
    let work = match work {
        Work::Task(TaskKind::SnapshotRestore) => "Snapshot restore",
        Work::Task(TaskKind::SnapshotClone) => "Snapshot clone",
        Work::Task(TaskKind::Import) => "Import",
        Work::Operation(OperationKind::Creation) => "Dataset creation",
        Work::Operation(OperationKind::Enrichment) => "Enrichment",
        Work::Operation(OperationKind::MediaAddition) => "Media addition",
        Work::Operation(OperationKind::Reindex) => "Reindex",
        Work::Operation(OperationKind::LabelPropagation) => "Label propagation",
        Work::Operation(OperationKind::MetadataImport) => "Metadata import",
        Work::Operation(OperationKind::Training) => "Training",
    };
    let status = match status {
        TaskStatus::Queued => "is waiting",
        TaskStatus::Running => "is running",
        TaskStatus::Completed => "completed",
        TaskStatus::Failed => "failed",
        TaskStatus::Cancelled => "was aborted",
    };
    format!("{work} {status}")
}

/// Whole percent; 100 exactly when completed.
fn percent(progress: &Progress) -> u8 {
    // Between 0 and 100, so nothing is lost but the fraction.
    progress.percent() as u8
}

/// A time as datasets and snapshots have it: UTC that does not say so, always six digits.
fn local_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// A time as tasks have it: whole seconds, UTC.
fn task_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
