//! What events do to versions: each of three kinds makes one.

use rusqlite::params;

use super::VersionKind;
use crate::digest::Digest;
use crate::domain::event::{DatasetCreated, ItemsCommitted, SnapshotRestored};
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::domain::values::{ChangeSummary, Version};
use crate::event_log::Recorded;
use crate::views::columns::{int, micros};
use crate::views::fault::ViewFault;
use crate::views::fold::Batch;

/// Must be folded after the dataset itself.
pub(in crate::views) fn created(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &DatasetCreated,
) -> Result<(), ViewFault> {
    let version = Version {
        revision: recorded.revision,
        root: event.root,
        counts: event.counts,
    };
    let made = Made {
        kind: VersionKind::Created,
        root_before: None,
        summary: ChangeSummary {
            unchanged: event.counts.items,
            ..ChangeSummary::default()
        },
        message: None,
        restored_from: None,
    };
    insert(batch, recorded, event.dataset, version, &made)
}

pub(in crate::views) fn committed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ItemsCommitted,
) -> Result<(), ViewFault> {
    let version = Version {
        revision: recorded.revision,
        root: event.root,
        counts: event.counts,
    };
    let made = Made {
        kind: VersionKind::Committed,
        root_before: Some(event.root_before),
        summary: event.summary,
        message: event.message.as_deref(),
        restored_from: None,
    };
    insert(batch, recorded, event.dataset, version, &made)
}

pub(in crate::views) fn restored(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotRestored,
) -> Result<(), ViewFault> {
    let version = Version {
        revision: recorded.revision,
        ..event.target
    };
    let made = Made {
        kind: VersionKind::Restored,
        root_before: Some(event.root_before),
        summary: event.summary,
        message: None,
        restored_from: event.snapshot,
    };
    insert(batch, recorded, event.dataset, version, &made)
}

/// What is told of a version beside its content.
struct Made<'event> {
    kind: VersionKind,
    root_before: Option<Digest>,
    summary: ChangeSummary,
    message: Option<&'event str>,
    restored_from: Option<SnapshotId>,
}

fn insert(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    dataset: DatasetId,
    version: Version,
    made: &Made<'_>,
) -> Result<(), ViewFault> {
    let dataset_row = batch.head(dataset, recorded)?.position;
    let (counts, summary) = (version.counts, made.summary);
    batch.execute(
        "INSERT INTO versions (position, dataset_row, revision, kind, root, items, images, videos,
             bytes, root_before, added, removed, modified, unchanged, created_at, actor, message,
             restored_from)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        params![
            int(recorded.position.0),
            int(dataset_row.0),
            int(version.revision.0),
            made.kind.word(),
            version.root.as_bytes(),
            int(counts.items),
            int(counts.images),
            int(counts.videos),
            int(counts.bytes),
            made.root_before.map(|root| *root.as_bytes()),
            int(summary.added),
            int(summary.removed),
            int(summary.modified),
            int(summary.unchanged),
            micros(recorded.recorded_at),
            recorded.context.actor,
            made.message,
            made.restored_from.map(|id| id.0.into_bytes()),
        ],
    )
}
