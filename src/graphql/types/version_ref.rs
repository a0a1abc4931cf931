//! Naming a version: by snapshot, by xact id, by time, or as the one of now.

use async_graphql::{ID, InputObject, OneofObject};

use crate::domain::ids::DatasetId;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Moment, Xact, read_id};
use crate::ledger::{CloneSource, Reads, RestoreTarget as Target, VersionSpec};
use crate::views::VersionRow;

/// Names a version, in exactly one way.
#[derive(Debug, Clone, OneofObject)]
pub enum VersionRef {
    /// The version of this snapshot. One of another dataset than the field's is NOT_FOUND.
    SnapshotId(ID),
    /// The version in force at this xact id: any from the dataset's first version to the head.
    XactId(Xact),
    /// The version in force at this time.
    At(Moment),
    /// The version of a dataset, for where the field gives none.
    Dataset(DatasetVersionRef),
}

/// Names a version of a dataset: by xact id or by time; with neither, the current one.
#[derive(Debug, Clone, InputObject)]
pub struct DatasetVersionRef {
    /// The dataset.
    id: ID,
    /// The version in force at this xact id.
    xact_id: Option<Xact>,
    /// The version in force at this time.
    at: Option<Moment>,
}

/// The version that a restore goes back to, named in exactly one way.
#[derive(Debug, Clone, OneofObject)]
pub enum RestoreTarget {
    /// The version of this snapshot of the dataset.
    SnapshotId(ID),
    /// The version in force at this xact id.
    XactId(Xact),
    /// The version in force at this time.
    At(Moment),
    /// The version of the dataset's current snapshot; only `true` means anything.
    Current(bool),
}

/// What a field says about the dataset of a version named in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Only a version of this dataset can be meant.
    Only(DatasetId),
    /// A version of this dataset is meant unless another is named.
    Default(DatasetId),
    /// Nothing: the dataset must be named.
    Open,
}

/// The version that is meant; none named: the current one of the field's dataset. `field` is
/// what a refusal points at.
pub async fn version_meant(
    reads: &Reads,
    field: &'static str,
    named: Option<VersionRef>,
    frame: Frame,
) -> Result<VersionRow, Problem> {
    let is_snapshot = matches!(named, Some(VersionRef::SnapshotId(_)));
    let row = reads.version(spec(field, named, frame)?).await?;
    match frame {
        Frame::Only(dataset) if row.dataset != dataset => Err(Problem::not_found(if is_snapshot {
            "snapshot"
        } else {
            "version"
        })),
        Frame::Default(dataset) if row.dataset != dataset && is_snapshot => {
            Err(Problem::not_found("snapshot"))
        }
        Frame::Only(_) | Frame::Default(_) | Frame::Open => Ok(row),
    }
}

fn spec(
    field: &'static str,
    named: Option<VersionRef>,
    frame: Frame,
) -> Result<VersionSpec, Problem> {
    let dataset = || match frame {
        Frame::Only(dataset) | Frame::Default(dataset) => Ok(dataset),
        Frame::Open => {
            let message = format!("{field}: name the dataset, as {{dataset: {{id, xactId}}}}");
            Err(Problem::bad_input(field, message))
        }
    };
    Ok(match named {
        None => VersionSpec::Head(dataset()?),
        Some(VersionRef::SnapshotId(id)) => VersionSpec::Snapshot(read_id("snapshotId", &id)?),
        Some(VersionRef::XactId(xact)) => VersionSpec::Xact(dataset()?, xact.checked("xactId")?),
        Some(VersionRef::At(time)) => VersionSpec::At(dataset()?, time.checked("at")?),
        Some(VersionRef::Dataset(named)) => named.spec()?,
    })
}

impl DatasetVersionRef {
    fn spec(&self) -> Result<VersionSpec, Problem> {
        let dataset = read_id("id", &self.id)?;
        match (self.xact_id, self.at) {
            (None, None) => Ok(VersionSpec::Head(dataset)),
            (Some(xact), None) => Ok(VersionSpec::Xact(dataset, xact.checked("xactId")?)),
            (None, Some(time)) => Ok(VersionSpec::At(dataset, time.checked("at")?)),
            (Some(_), Some(_)) => {
                let message = "at: give xactId or at, not both";
                Err(Problem::bad_input("at", message))
            }
        }
    }

    /// What is cloned when this is named as the source.
    pub fn clone_source(&self) -> Result<CloneSource, Problem> {
        Ok(match self.spec()? {
            VersionSpec::Head(dataset) => CloneSource::Head(dataset),
            VersionSpec::Xact(dataset, xact) => CloneSource::Xact(dataset, xact),
            VersionSpec::At(dataset, time) => CloneSource::At(dataset, time),
            VersionSpec::Snapshot(snapshot) => CloneSource::Snapshot(snapshot),
        })
    }
}

impl RestoreTarget {
    /// The target as the ledger has it.
    pub fn checked(&self) -> Result<Target, Problem> {
        Ok(match self {
            Self::SnapshotId(id) => Target::Snapshot(read_id("target.snapshotId", id)?),
            Self::XactId(xact) => Target::Xact(xact.checked("target.xactId")?),
            Self::At(time) => Target::At(time.checked("target.at")?),
            Self::Current(true) => Target::Current,
            Self::Current(false) => {
                let message = "target.current: leave it out, or give true";
                return Err(Problem::bad_input("target.current", message));
            }
        })
    }
}

/// The version that a restore of this dataset would go back to.
pub async fn restore_meant(
    reads: &Reads,
    dataset: DatasetId,
    target: &RestoreTarget,
) -> Result<VersionRow, Problem> {
    let spec = match target.checked()? {
        Target::Snapshot(snapshot) => VersionSpec::Snapshot(snapshot),
        Target::Xact(xact) => VersionSpec::Xact(dataset, xact),
        Target::At(time) => VersionSpec::At(dataset, time),
        Target::Current => {
            let row = reads
                .dataset(dataset)?
                .ok_or_else(|| Problem::not_found("dataset"))?;
            let current = row
                .current_snapshot
                .ok_or_else(|| Problem::not_found("snapshot"))?;
            VersionSpec::Snapshot(current)
        }
    };
    let row = reads.version(spec).await?;
    let is_own = row.dataset == dataset;
    is_own
        .then_some(row)
        .ok_or_else(|| Problem::not_found("snapshot"))
}
