//! Projects, datasets and snapshots, and what is asked of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Project {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The id of the one organisation.
    #[schema(format = "uuid")]
    pub org_id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was created.
    #[schema(format = "date-time")]
    pub created: Option<String>,
    /// When it was deleted.
    #[schema(format = "date-time")]
    pub deleted_at: Option<String>,
    /// Not told.
    pub user_id: Option<String>,
    /// Projects have none.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Map<String, Value>>,
}

/// A project to be made, or found by its name.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct NewProject {
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Its description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
}

impl NewProject {
    /// One of this name, of which nothing else is said.
    pub const fn named(name: String) -> Self {
        Self {
            name,
            description: None,
        }
    }
}

/// What is to change of a project.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct ProjectPatch {
    /// Its new name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
    /// Its new description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
}

/// A dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Dataset {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its project.
    #[schema(format = "uuid")]
    pub project_id: String,
    /// Its name, unique in the project.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was created.
    #[schema(format = "date-time")]
    pub created: Option<String>,
    /// When it was deleted.
    #[schema(format = "date-time")]
    pub deleted_at: Option<String>,
    /// Not told.
    pub user_id: Option<String>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// Its metadata.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Its name as part of an address.
    pub url_slug: String,
}

/// A dataset to be made, or found by its name.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct NewDataset {
    /// Its project.
    pub project_id: Uuid,
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Its description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// Its tags.
    pub tags: Option<Vec<String>>,
    /// Its metadata.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// What is to change of a dataset; null and left out: nothing. Metadata is merged deeply.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct DatasetPatch {
    /// Its new name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
    /// Its new description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// Its new tags.
    pub tags: Option<Vec<String>>,
    /// What is merged into its metadata.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct DatasetSnapshot {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its dataset.
    #[schema(format = "uuid")]
    pub dataset_id: String,
    /// Its name, unique in the dataset.
    pub name: String,
    /// Its description.
    #[schema(required)]
    pub description: Option<String>,
    /// The transaction id by which its version was asked for, else the one that made it.
    pub xact_id: String,
    /// When it was made.
    #[schema(required, format = "date-time")]
    pub created: Option<String>,
}

/// A snapshot to be made, found or replaced.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct NewSnapshot {
    /// Its dataset.
    pub dataset_id: Uuid,
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Its description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// A transaction id: 19 decimal digits.
    #[schema(min_length = 1)]
    pub xact_id: String,
}

/// What is to change of a snapshot; null and left out: nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct SnapshotPatch {
    /// Its new name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
    /// Its new description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
}

/// A snapshot to be made, found or, with `update`, replaced.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct RegisterSnapshot {
    /// Its dataset.
    pub dataset_id: Uuid,
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub dataset_snapshot_name: String,
    /// Its description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// A transaction id; none: the newest.
    pub xact_id: Option<String>,
    /// Whether one of this name is replaced.
    pub update: Option<bool>,
}

/// The answer to it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct SnapshotRegistered {
    /// The snapshot.
    pub dataset_snapshot: DatasetSnapshot,
    /// Whether it was there.
    pub found_existing: bool,
}

/// Which snapshots of a dataset are wanted.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct FindSnapshots {
    /// The dataset.
    pub dataset_id: Uuid,
    /// Only the one of this name.
    pub name: Option<String>,
    /// Only those of this transaction id.
    pub xact_id: Option<String>,
}

/// What is to change of a snapshot of this id.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct PatchSnapshotById {
    /// Which.
    pub id: Uuid,
    /// Its new name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
    /// Its new description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
}

/// The snapshot of this id.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct SnapshotById {
    /// Which.
    pub id: Uuid,
}

/// A project to be made or found.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct RegisterProject {
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub project_name: String,
}

/// The answer to it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct ProjectRegistered {
    /// The project.
    pub project: Project,
}

/// A dataset to be made or found, in a project to be found or, by name, made.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct RegisterDataset {
    /// The project's id.
    pub project_id: Option<Uuid>,
    /// The project's name, where no id is given.
    pub project_name: Option<String>,
    /// Its name; none: `logs`.
    pub dataset_name: Option<String>,
    /// Its description.
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    /// Its metadata.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// The answer to it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct DatasetRegistered {
    /// The project.
    pub project: Project,
    /// The dataset.
    pub dataset: Dataset,
    /// Whether it was there.
    pub found_existing: bool,
}
