//! The shapes of this API, as they stand on the wire. What a shape means, `translate.rs` says.
//!
//! Every field of an answer is always there; what is not known is null.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What happened, for people.
    pub detail: String,
}

/// Where a call on a dataset stands.
#[derive(Debug, Deserialize)]
pub(super) struct DatasetPath {
    pub dataset_id: String,
}

/// Where a call on a snapshot stands.
#[derive(Debug, Deserialize)]
pub(super) struct SnapshotPath {
    pub dataset_id: String,
    pub snapshot_id: String,
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Snapshot {
    /// Its id.
    pub snapshot_id: Uuid,
    /// Its name; of one without, `{dataset name}_snapshot_{first 8 digits of the id}`.
    pub snapshot_name: String,
    /// The name of its dataset.
    pub source_dataset_name: String,
    /// When it was made, in UTC without saying so, such as `2026-03-29T12:21:33.090247`.
    pub created_at: String,
    /// Who made it: an e-mail where the credential tells one.
    pub created_by: String,
    /// The images in it.
    pub n_images: u64,
    /// The videos in it.
    pub n_videos: u64,
    /// Its description; may be empty.
    pub description: String,
    /// `manual`, `creation` or `clone`.
    #[schema(value_type = String, pattern = "^(manual|creation|clone)$")]
    pub reason: &'static str,
    /// The model that was trained on it.
    #[schema(required = true)]
    pub training_model_id: Option<Uuid>,
    /// The name of that model.
    #[schema(required = true)]
    pub training_model_name: Option<String>,
    /// Whether it is the dataset's current one.
    pub is_current: bool,
    /// Whether a restore to it runs.
    pub is_restoring: bool,
}

/// A snapshot to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct NewSnapshot {
    /// Its name; the next one of a name in a dataset is numbered. Left out, one is made.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    pub name: Option<String>,
    /// Its description; left out, it is empty.
    #[schema(max_length = 10_000)]
    pub description: Option<String>,
}

/// What is to change of a snapshot: at least one of them.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct SnapshotChanges {
    /// Its new name.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    pub name: Option<String>,
    /// Its new description.
    #[schema(max_length = 10_000)]
    pub description: Option<String>,
}

/// A dataset and its status.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Dataset {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub display_name: String,
    /// Its description; may be empty.
    pub description: String,
    /// Where its media are: always `BUCKET`.
    pub source_type: &'static str,
    /// Whose the dataset is: always `VL`.
    pub owned_by: &'static str,
    /// When it was made, in UTC without saying so, such as `2026-03-29T12:21:33.090247`.
    pub created_at: String,
    /// `DRAFT`, `INDEXING`, `READ ONLY`, `PARTIAL INDEX`, `READY` or `ERROR`.
    #[schema(
        value_type = String,
        pattern = "^(DRAFT|INDEXING|READ ONLY|PARTIAL INDEX|READY|ERROR)$"
    )]
    pub status_new: &'static str,
    /// How far what is done with it has come, in percent.
    #[schema(maximum = 100)]
    pub progress: u8,
    /// The images in it.
    pub n_images: u64,
    /// The videos in it.
    pub n_videos: u64,
    /// Objects found in the media: always 0, since none are looked for.
    pub n_objects: u64,
    /// Why its status is `ERROR`.
    #[schema(required = true)]
    pub fatal_error_msg: Option<String>,
    /// The dataset of which it is a clone.
    #[schema(required = true)]
    pub source_dataset_id: Option<Uuid>,
}

/// A page of tasks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskPage {
    /// The tasks, in the order asked for.
    pub tasks: Vec<Task>,
    /// How many there are on all pages.
    pub total: u64,
    /// The number of this page, from 1.
    pub page: u32,
    /// The most tasks on a page.
    pub page_size: u32,
}

/// Work on a dataset: of the ledger, or of somebody outside.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Task {
    /// Its id.
    pub task_id: Uuid,
    /// The dataset it works on; for a clone the new one.
    pub dataset_id: Uuid,
    /// The name of that dataset.
    pub dataset_name: String,
    /// The status of that dataset, as in its `status_new`.
    pub dataset_status: &'static str,
    /// Who asked for it: an e-mail where the credential tells one.
    pub created_by: String,
    /// What it does, such as `SNAPSHOT_RESTORE`.
    pub task_type: &'static str,
    /// `PENDING`, `RUNNING`, `COMPLETED`, `FAILED` or `ABORTED`.
    #[schema(value_type = String, pattern = "^(PENDING|RUNNING|COMPLETED|FAILED|ABORTED)$")]
    pub status: &'static str,
    /// The same, for people.
    pub status_message: String,
    /// How far it has come; 100 exactly when it is completed.
    #[schema(maximum = 100)]
    pub progress_percentage: u8,
    /// Why it failed, where that is known.
    #[schema(required = true)]
    pub error_message: Option<String>,
    /// When it was asked for, such as `2026-03-01T14:30:00Z`.
    pub start_time: String,
    /// When it ended.
    #[schema(required = true)]
    pub end_time: Option<String>,
}
