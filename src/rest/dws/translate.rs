//! From the ledger's rows to this API's shapes.

use chrono::{DateTime, Utc};

use super::wire::Cluster;
use crate::domain::values::DatasetStatus;
use crate::views::DatasetRow;

/// A dataset as a cluster.
pub(super) fn cluster(row: &DatasetRow) -> Cluster {
    Cluster {
        id: row.id.to_string(),
        name: row.name.to_string(),
        status: status(row.status),
        sub_status: match row.status {
            DatasetStatus::ReadOnly => "READONLY",
            DatasetStatus::Draft
            | DatasetStatus::Indexing
            | DatasetStatus::Ready
            | DatasetStatus::PartialIndex
            | DatasetStatus::Error => "NORMAL",
        },
        task_status: row.active_restore.map(|_| "RESTORING"),
        created: time(row.created_at),
        updated: time(row.updated_at),
    }
}

const fn status(status: DatasetStatus) -> &'static str {
    match status {
        DatasetStatus::Draft | DatasetStatus::Indexing => "CREATING",
        DatasetStatus::Ready | DatasetStatus::ReadOnly | DatasetStatus::PartialIndex => "AVAILABLE",
        DatasetStatus::Error => "UNAVAILABLE",
    }
}

/// A time as this API writes it: UTC, without a fraction of the second.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
