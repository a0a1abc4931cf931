//! The shapes of clusters. Members of the original that mean machines or networks are left out;
//! lists of them are empty.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::IdOnly;

/// The clusters of a project, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct ClusterList {
    /// The clusters.
    pub clusters: Vec<Cluster>,
    /// How many there are.
    pub count: u64,
}

/// The answer about one cluster.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct ClusterAnswer {
    /// The cluster.
    pub cluster: Cluster,
}

/// A cluster.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct Cluster {
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
    /// How far the running task is, such as `{"RESTORING": "20%"}`.
    pub action_progress: BTreeMap<&'static str, String>,
    /// The version of the server.
    pub version: &'static str,
    /// When it was created, such as `2026-01-31T09:30:00Z`.
    pub created: String,
    /// When it was changed last, in the same form.
    pub updated: String,
    /// Who created it.
    pub user_name: String,
    /// Always the default one.
    pub enterprise_project_id: &'static str,
    /// Always empty: it is reached at the server's own address.
    #[schema(value_type = Vec<Object>)]
    pub endpoints: [(); 0],
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    pub public_endpoints: [(); 0],
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    pub nodes: [(); 0],
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    pub tags: [(); 0],
}

/// A cluster to be created.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct CreateCluster {
    /// The cluster.
    pub cluster: NewCluster,
}

/// What a cluster to be created, or restored from a snapshot, is to be. Members about machines
/// and networks are passed over.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct NewCluster {
    /// Its name: 4 to 64 letters, digits, hyphens and underscores, a letter first; unique in the
    /// project whatever the case.
    #[schema(pattern = "^[A-Za-z][A-Za-z0-9_-]{3,63}$")]
    pub name: String,
}

/// A restore into a new cluster.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct RestoreCluster {
    /// The new cluster.
    pub restore: NewCluster,
}

/// The answer to a creation.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct ClusterMade {
    /// The cluster.
    pub cluster: IdOnly,
}

/// What becomes of a deleted cluster's snapshots.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct DeleteCluster {
    /// How many manual snapshots are to be kept: 0, since none outlives its cluster here.
    #[schema(minimum = 0, maximum = 0)]
    pub keep_last_manual_snapshot: u64,
}
