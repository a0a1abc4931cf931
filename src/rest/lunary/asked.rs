//! The shapes of what is asked of this API: paths, queries, bodies. Members and parameters that are
//! not named here are passed over.

use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};

/// Where a call on a dataset stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetPath {
    pub dataset_id: String,
}

/// Where a call on a version stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionPath {
    pub dataset_id: String,
    pub version_id: String,
}

/// Where a call on an item stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemPath {
    pub dataset_id: String,
    pub item_id: String,
}

/// Where a dataset is found by its name.
#[derive(Debug, Deserialize)]
pub(super) struct SlugPath {
    pub slug: String,
}

/// Which project is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct InProject {
    /// The project: its id or external id. A credential for one project means that one, whatever
    /// stands here; without it the default project is meant.
    pub project_id: Option<String>,
}

/// Which project is meant, and whether a change makes a version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Changing {
    /// The project, as elsewhere.
    pub project_id: Option<String>,
    /// `true`, `1` or `yes`, in any case: the change makes no version of its own.
    pub skip_version: Option<String>,
    /// Another name of `skipVersion`.
    pub skip_versioning: Option<String>,
}

/// Which datasets are listed, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Listed {
    /// The project, as elsewhere.
    pub project_id: Option<String>,
    /// Only those whose name or description contains this, whatever the case: 1 to 255 characters
    /// beside blanks at its ends.
    #[param(max_length = 255, pattern = r"\S")]
    pub search: Option<String>,
    /// The order: newest (the default), by name, by items (most first), last changed first.
    pub sort: Option<Sort>,
}

/// The orders of datasets.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Sort {
    /// The newest first.
    Newest,
    /// By name, whatever the case.
    Alphabetical,
    /// The most items first.
    Items,
    /// The last changed first.
    Updated,
}

/// How many versions are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct VersionsListed {
    /// The project, as elsewhere.
    pub project_id: Option<String>,
    /// At most so many, 50 without it.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<String>,
}

/// A dataset to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewDataset {
    /// Its name, unique in the project whatever the case.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    pub name: String,
    /// What it is for.
    #[schema(max_length = 10_000)]
    pub description: Option<String>,
}

/// What is to change of a dataset: at least one member.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct DatasetChanges {
    /// Its new name.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        value_type = String,
        required = false,
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    pub name: Option<String>,
    /// Its new description; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10_000)]
    pub description: Option<Option<String>>,
}

/// What an item is to be. Absent members are empty in a new one, and stay in one that is changed.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemInput {
    /// What is put in.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub input: Option<String>,
    /// What should come out.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub ground_truth: Option<Option<String>>,
    /// What came out.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub output: Option<Option<String>>,
}

/// Tells a member that is null from one that is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Items to be added.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Import {
    /// What `content` is.
    pub format: ImportFormat,
    /// A CSV with a header, or one JSON object a line.
    #[schema(min_length = 1)]
    pub content: String,
}

/// The forms of an import.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ImportFormat {
    /// Cells between commas, the first record naming them.
    Csv,
    /// One JSON object a line.
    Jsonl,
}
