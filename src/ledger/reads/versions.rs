//! Which version is meant: by snapshot, by xact id, by time, or simply the one of now.

use chrono::{DateTime, Utc};

use super::Reads;
use crate::domain::ids::{DatasetId, Position, SnapshotId, XactId};
use crate::ledger::error::Outcome;
use crate::ledger::verbs::not_found;
use crate::views::VersionRow;

/// A version as a caller names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionSpec {
    /// The version of a snapshot.
    Snapshot(SnapshotId),
    /// The version of a dataset in force at an xact id.
    Xact(DatasetId, XactId),
    /// The version of a dataset in force at a time.
    At(DatasetId, DateTime<Utc>),
    /// The current version of a dataset.
    Head(DatasetId),
}

impl Reads {
    /// The version that is meant. An xact id beyond the head is refused; before the dataset's
    /// first version there is none.
    pub async fn version(&self, spec: VersionSpec) -> Outcome<VersionRow> {
        let (dataset, position) = match spec {
            VersionSpec::Snapshot(snapshot) => {
                let row = self
                    .snapshot(snapshot)?
                    .ok_or_else(|| not_found("snapshot"))?;
                (row.dataset, row.version.position)
            }
            VersionSpec::Xact(dataset, xact) => (dataset, self.ledger.reached(xact).await?),
            VersionSpec::At(dataset, time) => {
                let position = self.ledger.inner.log.position_at(time)?;
                self.views().wait_for(position).await?;
                (dataset, position)
            }
            VersionSpec::Head(dataset) => (dataset, Position::MAX),
        };
        self.dataset(dataset)?.ok_or_else(|| not_found("dataset"))?;
        let version = self.views().version_at(dataset, position)?;
        version.ok_or_else(|| not_found("version"))
    }
}
