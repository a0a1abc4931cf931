//! To and from the ledger's shapes, and this API's own rules for names and descriptions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::wire::{self, Cluster, Datastore, Snapshot, Statistic, Statistics};
use crate::domain::Refusal;
use crate::domain::ids::ProjectId;
use crate::domain::values::{DatasetStatus, SnapshotReason};
use crate::ledger::{CloneSource, NewClone, NewDataset, NewSnapshot, Progress};
use crate::views::{DatasetRow, ProjectRow, SnapshotRow};

/// How many characters a name has.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 4..=64;
/// The most characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 256;
/// The characters that no description has.
const DESCRIPTION_WITHOUT: &[char] = &['!', '<', '>', '\'', '=', '&', '"'];
/// The unit of every size.
const GB: &str = "GB";
/// Its bytes.
const GB_BYTES: f64 = (1_u64 << 30) as f64;
/// What stores every cluster.
const DATASTORE: Datastore = Datastore {
    kind: "dws",
    version: env!("CARGO_PKG_VERSION"),
};
/// The id of the enterprise project that everything is in which names none.
const DEFAULT_ENTERPRISE_PROJECT: &str = "0";

/// A snapshot as it was asked for.
pub(super) fn new_snapshot(asked: wire::NewSnapshot) -> Result<NewSnapshot, Refusal> {
    check_name("name", &asked.name)?;
    let description = asked.description.unwrap_or_default();
    check_description(&description)?;
    Ok(NewSnapshot {
        name: Some(asked.name),
        description,
        ..NewSnapshot::default()
    })
}

/// A snapshot of the version that another one names.
pub(super) fn new_copy(
    source: &SnapshotRow,
    asked: wire::CopySnapshot,
) -> Result<NewSnapshot, Refusal> {
    check_name("backup_name", &asked.backup_name)?;
    let description = asked.description.unwrap_or_default();
    check_description(&description)?;
    Ok(NewSnapshot {
        name: Some(asked.backup_name),
        description,
        xact: Some(source.version.position.xact()),
        ..NewSnapshot::default()
    })
}

/// A dataset as it was asked for.
pub(super) fn new_dataset(
    project: &ProjectRow,
    asked: wire::NewCluster,
) -> Result<NewDataset, Refusal> {
    check_name("name", &asked.name)?;
    Ok(NewDataset {
        project: Some(project.id),
        name: asked.name,
        description: String::new(),
        metadata: None,
        draft: false,
        snapshots_enabled: true,
    })
}

/// A clone of a snapshot, as its restore was asked for.
pub(super) fn new_clone(
    source: &SnapshotRow,
    project: ProjectId,
    asked: wire::NewCluster,
) -> Result<NewClone, Refusal> {
    check_name("name", &asked.name)?;
    Ok(NewClone {
        source: CloneSource::Snapshot(source.id),
        name: Some(asked.name),
        project: Some(project),
    })
}

/// Refuses a name of a snapshot or of a cluster that this API does not take.
pub(super) fn check_name(field: &'static str, name: &str) -> Result<(), Refusal> {
    let is_fit = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && NAME_CHARS.contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_fit {
        return Ok(());
    }
    let message = "4 to 64 letters, digits, hyphens and underscores, a letter first";
    Err(Refusal::BadInput {
        field,
        message: message.to_owned(),
    })
}

fn check_description(text: &str) -> Result<(), Refusal> {
    if text.chars().count() <= DESCRIPTION_CHARS_MAX && !text.contains(DESCRIPTION_WITHOUT) {
        return Ok(());
    }
    let message = "at most 256 characters, none of !<>'=&\"";
    Err(Refusal::BadInput {
        field: "description",
        message: message.to_owned(),
    })
}

/// A dataset as a cluster, with how far a restore of it is.
pub(super) fn cluster(row: &DatasetRow, restore: Option<Progress>) -> Cluster {
    let progress = restore.map(|progress| ("RESTORING", percent(progress)));
    Cluster {
        id: row.id.to_string(),
        name: row.name.to_string(),
        status: status(row),
        sub_status: match row.status {
            DatasetStatus::ReadOnly => "READONLY",
            DatasetStatus::Indexing if row.current_snapshot.is_some() => "READONLY",
            DatasetStatus::Draft
            | DatasetStatus::Indexing
            | DatasetStatus::Ready
            | DatasetStatus::PartialIndex
            | DatasetStatus::Error => "NORMAL",
        },
        task_status: row.active_restore.map(|_| "RESTORING"),
        action_progress: BTreeMap::from_iter(progress),
        version: DATASTORE.version,
        created: time(row.created_at),
        updated: time(row.updated_at),
        user_name: row.owner.to_string(),
        enterprise_project_id: DEFAULT_ENTERPRISE_PROJECT,
        endpoints: [],
        public_endpoints: [],
        nodes: [],
        tags: [],
    }
}

/// The status of a cluster. One that is indexed anew is there already, and was made long ago.
const fn status(row: &DatasetRow) -> &'static str {
    match row.status {
        DatasetStatus::Indexing if row.current_snapshot.is_some() => "AVAILABLE",
        DatasetStatus::Draft | DatasetStatus::Indexing => "CREATING",
        DatasetStatus::Ready | DatasetStatus::ReadOnly | DatasetStatus::PartialIndex => "AVAILABLE",
        DatasetStatus::Error => "UNAVAILABLE",
    }
}

fn percent(progress: Progress) -> String {
    let total = progress.total.unwrap_or(0).max(1);
    let percent = progress.done.min(total).saturating_mul(100) / total;
    format!("{percent}%")
}

/// A snapshot as this API shows it.
pub(super) fn snapshot(row: &SnapshotRow) -> Snapshot {
    let created = time(row.created_at);
    Snapshot {
        id: row.id.to_string(),
        name: row.shown_name.to_string(),
        description: row.description.to_string(),
        started: created.clone(),
        finished: created,
        size: gigabytes(row.version.version.counts.bytes),
        status: "AVAILABLE",
        kind: match row.reason {
            SnapshotReason::Manual => "MANUAL",
            SnapshotReason::Creation
            | SnapshotReason::Clone
            | SnapshotReason::Restore
            | SnapshotReason::Auto => "AUTO",
        },
        cluster_id: row.dataset.to_string(),
        cluster_name: row.dataset_name.to_string(),
        datastore: DATASTORE,
        updated: time(row.updated_at).trim_end_matches('Z').to_owned(),
        backup_level: "cluster",
        fine_grained_backup: false,
        support_inplace_restore: false,
    }
}

/// Refuses to delete a snapshot that no caller asked for.
pub(super) fn check_manual(row: &SnapshotRow) -> Result<(), Refusal> {
    match row.reason {
        SnapshotReason::Manual => Ok(()),
        SnapshotReason::Creation
        | SnapshotReason::Clone
        | SnapshotReason::Restore
        | SnapshotReason::Auto => Err(Refusal::BadInput {
            field: "snapshot_id",
            message: "only manual snapshots can be deleted".to_owned(),
        }),
    }
}

/// What snapshots of so many bytes take up. Nothing is sold here: all that is used is free.
pub(super) fn statistics(bytes: u64) -> Statistics {
    let used = gigabytes(bytes);
    let figures = [
        ("storage.free", used),
        ("storage.paid", 0.0),
        ("storage.used", used),
    ];
    let statistics = figures.map(|(name, value)| Statistic {
        name,
        value,
        unit: GB,
    });
    Statistics {
        statistics: statistics.into(),
    }
}

fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / GB_BYTES
}

/// A time as this API writes it: UTC, without a fraction of the second.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
