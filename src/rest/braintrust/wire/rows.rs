//! Rows, restores and what SDKs ask beneath.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::present;

/// Rows to be written.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct InsertEvents {
    /// The rows.
    pub events: Vec<InsertEvent>,
}

/// A row to be written: by default it replaces the one of its id.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct InsertEvent {
    /// Its id; none: a fresh one.
    pub id: Option<String>,
    /// The input.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Value>)]
    pub input: Option<Value>,
    /// What is expected for it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Value>)]
    pub expected: Option<Value>,
    /// More about it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Option<Map<String, Value>>>,
    /// Its tags.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    /// Where it came from.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub origin: Option<Option<Map<String, Value>>>,
    /// Its facets.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub facets: Option<Option<Map<String, Value>>>,
    /// When it was made; none: now, or as the row says that is there.
    pub created: Option<String>,
    /// Its place in a trace.
    pub span_id: Option<String>,
    /// The trace.
    pub root_span_id: Option<String>,
    /// Whether it is merged deeply into the row that is there.
    #[serde(rename = "_is_merge")]
    pub is_merge: Option<bool>,
    /// Below which paths nothing is merged.
    #[serde(rename = "_merge_paths")]
    pub merge_paths: Option<Vec<Vec<String>>>,
    /// Values to be taken out of arrays.
    #[serde(rename = "_array_delete")]
    pub array_delete: Option<Vec<ArrayDelete>>,
    /// Whether the row is to be deleted.
    #[serde(rename = "_object_delete")]
    pub object_delete: Option<bool>,
}

/// Values to be taken out of an array.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct ArrayDelete {
    /// Where the array is.
    pub path: Vec<String>,
    /// The values.
    #[schema(value_type = Vec<Value>)]
    pub delete: Vec<Value>,
}

/// The answer to rows written.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct RowIds {
    /// Their ids, one for each.
    pub row_ids: Vec<String>,
}

/// Which rows are wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct FetchEvents {
    /// Rows at most; there may be fewer, and more to come, as the cursor tells.
    #[schema(minimum = 0)]
    pub limit: Option<u64>,
    /// The cursor of the page before.
    pub cursor: Option<String>,
    /// The state as of this transaction id.
    pub version: Option<String>,
    /// Deprecated: the same.
    pub max_xact_id: Option<String>,
    /// Deprecated: only rows that come after the one of this trace.
    pub max_root_span_id: Option<String>,
}

/// A page of rows.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct FetchedEvents {
    /// The rows.
    pub events: Vec<Row>,
    /// What to ask the next page with; null: there is none.
    pub cursor: Option<String>,
}

/// A row as it is at a version.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Row {
    /// Its id.
    pub id: String,
    /// The transaction id of the version that was read.
    #[serde(rename = "_xact_id")]
    pub xact_id: String,
    /// When it was made.
    #[schema(format = "date-time")]
    pub created: String,
    /// The project.
    #[schema(format = "uuid")]
    pub project_id: String,
    /// The dataset.
    #[schema(format = "uuid")]
    pub dataset_id: String,
    /// The input.
    #[schema(value_type = Value)]
    pub input: Value,
    /// What is expected for it.
    #[schema(value_type = Value)]
    pub expected: Value,
    /// More about it.
    #[schema(value_type = Option<Object>)]
    pub metadata: Value,
    /// Its tags.
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Value,
    /// Where it came from.
    #[schema(value_type = Option<Object>)]
    pub origin: Value,
    /// Its facets.
    #[schema(value_type = Option<Object>)]
    pub facets: Value,
    /// Its place in a trace.
    pub span_id: String,
    /// The trace.
    pub root_span_id: String,
    /// Rows of datasets are.
    pub is_root: bool,
}

/// The version to go back to.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct RestoreTo {
    /// A transaction id: 19 decimal digits.
    #[schema(min_length = 1)]
    pub version: String,
}

/// What a restore would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct RestorePreview {
    /// Rows that would be written again as they were.
    pub rows_to_restore: u64,
    /// Rows that would be deleted, since they were not there.
    pub rows_to_delete: u64,
}

/// What a restore has done.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Restored {
    /// The transaction that did it; null: nothing differed, and nothing was done.
    #[schema(required)]
    pub xact_id: Option<String>,
    /// Rows written again as they were.
    pub rows_restored: u64,
    /// Rows deleted, since they were not there.
    pub rows_deleted: u64,
}

/// What a dataset comes to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Summary {
    /// The project's name.
    pub project_name: String,
    /// The dataset's name.
    pub dataset_name: String,
    /// Where the project is shown.
    pub project_url: String,
    /// Where the dataset is shown.
    pub dataset_url: String,
    /// Its figures, if they were asked for.
    pub data_summary: Option<DataSummary>,
}

/// The figures of a dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct DataSummary {
    /// How many rows it has.
    pub total_records: u64,
}

/// The answer to a login.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct LoggedIn {
    /// The one organisation.
    pub org_info: Vec<Organisation>,
}

/// The organisation: this ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Organisation {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its API is.
    pub api_url: String,
    /// Where its models are: nowhere else.
    pub proxy_url: String,
    /// Where its news come from: nowhere else.
    pub realtime_url: String,
    /// Whether one address serves all.
    pub is_universal_api: bool,
    /// Not told.
    #[schema(value_type = Option<Object>)]
    pub git_metadata: Option<Map<String, Value>>,
}

/// The answer to `GET /version`.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Version {
    /// The program's version.
    pub version: &'static str,
}

/// Which objects are asked for by their ids.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct ObjectsAsked {
    /// What they are: `dataset`.
    pub object_type: String,
    /// Their ids.
    #[schema(max_items = 1000)]
    pub object_ids: Vec<Uuid>,
}

/// An object, and what it is in.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct ObjectInfo {
    /// Its id.
    #[schema(format = "uuid")]
    pub object_id: String,
    /// Its name.
    pub object_name: String,
    /// What it is in.
    pub parent_cols: ParentColumns,
}

/// What an object is in.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct ParentColumns {
    /// The project.
    pub project: NamedId,
}

/// An id and its name.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct NamedId {
    /// The id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The name.
    pub name: String,
}

/// Rows of any datasets.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct Logs {
    /// The rows, each with its `dataset_id`.
    pub rows: Vec<LoggedRow>,
}

/// A row of a dataset.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::braintrust) struct LoggedRow {
    /// The dataset.
    pub dataset_id: Uuid,
    /// The row.
    #[serde(flatten)]
    pub event: InsertEvent,
}

/// The answer to rows logged.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::braintrust) struct Logged {
    /// Their ids, one for each.
    pub ids: Vec<String>,
}
