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
