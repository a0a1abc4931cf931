//! The shapes of this API, as they stand on the wire. What a shape means, `translate.rs` says.

mod clusters;
mod snapshots;

pub(super) use clusters::*;
pub(super) use snapshots::*;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// The code, such as `DWS.5149`.
    pub error_code: &'static str,
    /// What happened, for people.
    pub error_msg: String,
}

/// Where a call on a project stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ProjectPath {
    /// The project: its external id, or its UUID, with or without hyphens.
    pub project_id: String,
}

/// Where a call on a cluster stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ClusterPath {
    /// The project: its external id, or its UUID, with or without hyphens.
    pub project_id: String,
    /// The cluster.
    pub cluster_id: String,
}

/// Where a call on a snapshot stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SnapshotPath {
    /// The project: its external id, or its UUID, with or without hyphens.
    pub project_id: String,
    /// The snapshot.
    pub snapshot_id: String,
}

/// Something of which only the id is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IdOnly {
    /// Its id.
    pub id: String,
}

/// What stores a cluster.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Datastore {
    /// Always `dws`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The version of the server.
    pub version: &'static str,
}

/// An answer that says no more than that it was done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done {}
