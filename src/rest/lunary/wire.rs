//! The shapes of what this API answers: camelCase, every member always present. What a shape means,
//! `translate.rs` says; what is asked of it has its shapes in `asked.rs`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// `Error` where the request has the wrong form, `Forbidden` where it is not allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<&'static str>,
    /// What happened, for people.
    pub message: String,
}

/// What an import came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Imported {
    /// How many items were added.
    pub inserted_count: u64,
}

/// A dataset.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetV2 {
    /// Its id.
    pub id: Uuid,
    /// Its project.
    pub project_id: Uuid,
    /// Who made it, where they are known by a UUID.
    pub owner_id: Option<Uuid>,
    /// Who made it.
    pub owner_name: Option<String>,
    /// Who made it, where they are known by an e-mail address.
    pub owner_email: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was changed last, or a version of it made.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// How many items it has.
    pub item_count: u64,
    /// Its current version.
    pub current_version_id: Option<Uuid>,
    /// The number of its current version; 0 without one.
    pub current_version_number: u32,
    /// When its current version was made.
    #[schema(format = DateTime)]
    pub current_version_created_at: Option<String>,
    /// Who made its current version, where they are known by a UUID.
    pub current_version_created_by: Option<Uuid>,
    /// For a current version made by a restore: the version restored.
    pub current_version_restored_from_version_id: Option<Uuid>,
    /// Always null.
    pub evaluator_slot1_id: Option<Uuid>,
    /// Always null.
    pub evaluator_slot2_id: Option<Uuid>,
    /// Always null.
    pub evaluator_slot3_id: Option<Uuid>,
    /// Always null.
    pub evaluator_slot4_id: Option<Uuid>,
    /// Always null.
    pub evaluator_slot5_id: Option<Uuid>,
    /// Always empty.
    #[schema(value_type = Object)]
    pub evaluator_configs: BTreeMap<String, Value>,
}

/// A dataset with all its items.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "the items are streamed; this is their document")]
pub(super) struct DatasetV2WithItems {
    /// The dataset.
    #[serde(flatten)]
    pub dataset: DatasetV2,
    /// Its items, oldest first.
    pub items: Vec<DatasetV2Item>,
}

/// A version of a dataset.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetV2Version {
    /// Its id.
    pub id: Uuid,
    /// Its dataset.
    pub dataset_id: Uuid,
    /// 1, 2, 3… in its dataset.
    pub version_number: u32,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Who made it, where they are known by a UUID.
    pub created_by: Option<Uuid>,
    /// For one made by a restore: the version restored.
    pub restored_from_version_id: Option<Uuid>,
    /// The dataset's name when it was made.
    pub name: Option<String>,
    /// The dataset's description when it was made.
    pub description: Option<String>,
    /// How many items it has.
    pub item_count: u64,
}

/// The newest versions of a dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Versions {
    /// By number, the largest first.
    pub versions: Vec<DatasetV2Version>,
}

/// A version that was made, and its dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionMade {
    /// The version.
    pub version: DatasetV2Version,
    /// The dataset.
    pub dataset: DatasetV2,
}

/// An item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetV2Item {
    /// Its id.
    pub id: Uuid,
    /// Its dataset.
    pub dataset_id: Uuid,
    /// What the item holds.
    #[serde(flatten)]
    pub held: Held,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was changed here last.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// What an item holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Held {
    /// What is put in: a text, or the text of other JSON.
    pub input: String,
    /// What should come out.
    pub ground_truth: Option<String>,
    /// What came out.
    pub output: Option<String>,
    /// A result of an evaluator.
    #[schema(value_type = Option<Object>)]
    pub evaluator_result1: Option<Value>,
    /// A result of an evaluator.
    #[schema(value_type = Option<Object>)]
    pub evaluator_result2: Option<Value>,
    /// A result of an evaluator.
    #[schema(value_type = Option<Object>)]
    pub evaluator_result3: Option<Value>,
    /// A result of an evaluator.
    #[schema(value_type = Option<Object>)]
    pub evaluator_result4: Option<Value>,
    /// A result of an evaluator.
    #[schema(value_type = Option<Object>)]
    pub evaluator_result5: Option<Value>,
}

/// An item of a version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetV2VersionItem {
    /// Its id, the same at every reading.
    pub id: Uuid,
    /// Its version.
    pub version_id: Uuid,
    /// Its dataset.
    pub dataset_id: Uuid,
    /// Its place in the version, from 1.
    pub item_index: u64,
    /// What the item held.
    #[serde(flatten)]
    pub held: Held,
    /// The item's id in the dataset.
    pub source_item_id: Option<Uuid>,
    /// When the item was made.
    #[schema(format = DateTime)]
    pub source_created_at: Option<String>,
    /// When the item had been changed last.
    #[schema(format = DateTime)]
    pub source_updated_at: Option<String>,
}

/// A version with all its items.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "the items are streamed; this is their document")]
pub(super) struct VersionWithItems {
    /// The version.
    pub version: DatasetV2Version,
    /// Its items, by their index.
    pub items: Vec<DatasetV2VersionItem>,
}

/// A dataset as it is found by its name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetBySlug {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub slug: String,
    /// Who made it, where they are known by a UUID.
    pub owner_id: Option<Uuid>,
    /// Its project.
    pub project_id: Uuid,
}

/// A dataset as it is found by its name, with all its items.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "the items are streamed; this is their document")]
pub(super) struct DatasetBySlugWithItems {
    /// The dataset.
    #[serde(flatten)]
    pub dataset: DatasetBySlug,
    /// Its items, oldest first.
    pub items: Vec<SlugItem>,
}

/// An item of a dataset that is found by its name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SlugItem {
    /// What is put in.
    pub input: String,
    /// What should come out.
    pub ideal_output: Option<String>,
}
