//! The shapes of this API, as they stand on the wire. What a shape means, `translate.rs` says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// The code, such as `DWS.5149`.
    pub error_code: &'static str,
    /// What happened, for people.
    pub error_msg: String,
}

/// Where a call on a cluster stands.
#[derive(Debug, Deserialize)]
pub(super) struct ClusterPath {
    pub project_id: String,
    pub cluster_id: String,
}

/// The answer about one cluster.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ClusterAnswer {
    /// The cluster.
    pub cluster: Cluster,
}

/// A cluster.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cluster {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// CREATING, AVAILABLE or UNAVAILABLE.
    pub status: &'static str,
    /// NORMAL or READONLY.
    pub sub_status: &'static str,
    /// RESTORING while it is being restored.
    pub task_status: Option<&'static str>,
    /// When it was created, such as `2026-01-31T09:30:00Z`.
    pub created: String,
    /// When it was changed last, in the same form.
    pub updated: String,
}

/// Where a call on a project stands.
#[derive(Debug, Deserialize)]
pub(super) struct ProjectPath {
    pub project_id: String,
}

/// A snapshot to be created.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct CreateSnapshot {
    /// The snapshot.
    pub snapshot: NewSnapshot,
}

/// What a snapshot to be created is to be.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewSnapshot {
    /// Its name: 4 to 64 letters, digits, hyphens and underscores, a letter first; unique in the
    /// cluster whatever the case.
    #[schema(pattern = "^[A-Za-z][A-Za-z0-9_-]{3,63}$")]
    pub name: String,
    /// The cluster.
    pub cluster_id: String,
    /// At most 256 characters, none of `!<>'=&"`.
    pub description: Option<String>,
}

/// The answer to a creation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SnapshotMade {
    /// The snapshot.
    pub snapshot: IdOnly,
}

/// Something of which only the id is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdOnly {
    /// Its id.
    pub id: String,
}
