//! The shapes of snapshots.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Datastore, IdOnly};

/// The snapshots of a project, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct SnapshotList {
    /// The snapshots.
    pub snapshots: Vec<Snapshot>,
    /// How many there are.
    pub count: u64,
}

/// A page of a cluster's snapshots.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct ClusterSnapshotList {
    /// The project, as it stood in the path.
    pub project_id: String,
    /// The cluster.
    pub cluster_id: String,
    /// The snapshots of this page.
    pub snapshots: Vec<Snapshot>,
    /// How many there are in all pages.
    pub count: u64,
}

/// The answer about one snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct SnapshotAnswer {
    /// The snapshot.
    pub snapshot: Snapshot,
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct Snapshot {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description; may be empty.
    pub description: String,
    /// When its creation began, such as `2026-01-31T09:30:00Z`.
    pub started: String,
    /// When its creation ended, which is when it began.
    pub finished: String,
    /// What it holds, in GB (2^30 bytes).
    pub size: f64,
    /// AVAILABLE.
    pub status: &'static str,
    /// MANUAL where a caller asked for it, else AUTO.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its cluster.
    pub cluster_id: String,
    /// The name that its cluster had when it was made.
    pub cluster_name: String,
    /// What stores it.
    pub datastore: Datastore,
    /// When it was changed last, such as `2026-01-31T09:30:00`, in UTC.
    pub updated: String,
    /// `cluster`: it holds all of it.
    pub backup_level: &'static str,
    /// Whether it holds a part of the cluster only.
    pub fine_grained_backup: bool,
    /// Whether this API restores it into its own cluster.
    pub support_inplace_restore: bool,
}

/// A snapshot to be created.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct CreateSnapshot {
    /// The snapshot.
    pub snapshot: NewSnapshot,
}

/// What a snapshot to be created is to be.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct NewSnapshot {
    /// Its name: 4 to 64 letters, digits, hyphens and underscores, a letter first; unique in the
    /// cluster whatever the case.
    #[schema(pattern = "^[A-Za-z][A-Za-z0-9_-]{3,63}$")]
    pub name: String,
    /// The cluster.
    pub cluster_id: String,
    /// At most 256 characters, none of `!<>'=&"`.
    #[schema(max_length = 256, pattern = "^[^!<>'=&\"]*$")]
    pub description: Option<String>,
}

/// The answer to a creation.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct SnapshotMade {
    /// The snapshot.
    pub snapshot: IdOnly,
}

/// A copy of a snapshot to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct CopySnapshot {
    /// The copy's name, by the rules of a snapshot's.
    #[schema(pattern = "^[A-Za-z][A-Za-z0-9_-]{3,63}$")]
    pub backup_name: String,
    /// At most 256 characters, none of `!<>'=&"`.
    #[schema(max_length = 256, pattern = "^[^!<>'=&\"]*$")]
    pub description: Option<String>,
}

/// The answer to a copy.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct SnapshotCopied {
    /// The copy.
    pub snapshot_id: String,
}

/// A name to be checked.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::rest::dws) struct CheckSnapshot {
    /// The name.
    #[schema(pattern = "^[A-Za-z][A-Za-z0-9_-]{3,63}$")]
    pub snapshot_name: String,
}

/// Which of a cluster's snapshots are listed, in what order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::rest::dws) struct ListedSnapshots {
    /// How many there are on a page; all when left out.
    #[param(minimum = 1)]
    pub limit: Option<u32>,
    /// Which page, from 0.
    #[param(minimum = 0)]
    pub offset: Option<u32>,
    /// By what they are sorted; by their creation when left out.
    #[param(inline)]
    pub sort_key: Option<SortKey>,
    /// Which way; `desc` when left out.
    #[param(inline)]
    pub sort_dir: Option<SortDirection>,
}

/// What snapshots can be sorted by.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::rest::dws) enum SortKey {
    /// The name, without its case.
    Name,
    /// The creation.
    Started,
    /// The same.
    Finished,
    /// The same.
    Created,
    /// The last change.
    Updated,
}

/// Which way an order runs.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::rest::dws) enum SortDirection {
    /// Smallest or oldest first.
    #[serde(alias = "ASC")]
    Asc,
    /// Largest or newest first.
    #[serde(alias = "DESC")]
    Desc,
}

/// What a cluster's snapshots take up.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct Statistics {
    /// One of each: `storage.free`, `storage.paid`, `storage.used`.
    pub statistics: Vec<Statistic>,
}

/// One figure.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest::dws) struct Statistic {
    /// What it tells.
    pub name: &'static str,
    /// How much.
    pub value: f64,
    /// `GB`: 2^30 bytes.
    pub unit: &'static str,
}
