//! One event for every golden file; where an event has several forms, one for each.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::event::*;
use crate::domain::ids::*;
use crate::domain::values::*;
use crate::event_log::staged::StagedWriter;

use super::task_samples;
use crate::event_log::record::upcast::current_version;

const LEDGER: LedgerId = LedgerId(id(0xA0));
pub(super) const PROJECT: ProjectId = ProjectId(id(0xB0));
pub(super) const DATASET: DatasetId = DatasetId(id(0xC0));
const SOURCE: DatasetId = DatasetId(id(0xC1));
pub(super) const SNAPSHOT: SnapshotId = SnapshotId(id(0xD0));
pub(super) const OTHER_SNAPSHOT: SnapshotId = SnapshotId(id(0xD1));
const OPERATION: OperationId = OperationId(id(0xE0));
pub(super) const TASK: TaskId = TaskId(id(0xF0));
const KEY: ApiKeyId = ApiKeyId(id(0x10));

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0192_f3c4_5d6e_7a8b_9c0d_0000_0000_0000 + number)
}

pub(super) fn text(text: &str) -> Arc<str> {
    text.into()
}

pub(super) fn name(text: &str) -> Name {
    Name::recorded(text)
}

pub(super) fn time() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_767_225_600_000_007).expect("a time")
}

fn counts() -> Counts {
    Counts {
        items: 344,
        images: 2,
        videos: 1,
        bytes: 61_234,
    }
}

pub(super) fn summary() -> ChangeSummary {
    ChangeSummary {
        added: 1,
        removed: 2,
        modified: 3,
        unchanged: 340,
    }
}

pub(super) fn version() -> Version {
    Version {
        revision: Revision(4),
        root: Digest::of(b"root"),
        counts: counts(),
    }
}

fn origin() -> Origin {
    Origin {
        dataset: SOURCE,
        snapshot: Some(OTHER_SNAPSHOT),
        revision: Revision(4),
        position: Position(1_234_567),
    }
}

/// File name and event, as they are written now: `Event.v1.json` first, or its current version,
/// then `Event.v1.<form>.json`.
pub(super) fn samples() -> Vec<(String, Event)> {
    let mut samples: Vec<(String, Event)> = [
        ledger(),
        dataset(),
        snapshot(),
        task_samples::restore(),
        task_samples::task(),
    ]
    .into_iter()
    .flatten()
    .map(|event| {
        let version = current_version(event.name());
        (format!("{}.v{version}.json", event.name()), event)
    })
    .collect();
    samples.extend(
        task_samples::other_forms()
            .into_iter()
            .map(|(form, event)| (format!("{}.v1.{form}.json", event.name()), event)),
    );
    samples
}

/// File name, version and event of shapes that are only read any more.
pub(super) fn old_samples() -> Vec<(String, u32, Event)> {
    let issued = ApiKeyIssued {
        access_key: None,
        ..key_issued()
    };
    let created = ProjectCreated {
        project: PROJECT,
        name: name("default"),
        external_id: Some(text("0123456789abcdef0123456789abcdef")),
        description: text(""),
    };
    let updated = ProjectUpdated {
        project: PROJECT,
        name: Some(name("Südpol")),
        external_id: None,
        description: None,
    };
    vec![
        ("ApiKeyIssued.v1.json".to_owned(), 1, issued.into()),
        ("ProjectCreated.v1.json".to_owned(), 1, created.into()),
        ("ProjectUpdated.v1.json".to_owned(), 1, updated.into()),
        (
            "RestoreBegun.v1.json".to_owned(),
            1,
            task_samples::first_restore(),
        ),
    ]
}

fn key_issued() -> ApiKeyIssued {
    ApiKeyIssued {
        key: KEY,
        name: text("nightly import"),
        secret_hash: Digest::of(b"secret"),
        access_key: Some(text("SLAK0123456789ABCDEF")),
        role: Role::Editor,
        project: Some(PROJECT),
        expires_at: Some(time()),
    }
}

fn ledger() -> Vec<Event> {
    let (project, dataset, key) = (PROJECT, DATASET, KEY);
    vec![
        Event::LedgerFounded(LedgerFounded {
            ledger: LEDGER,
            format: 1,
            tree: text("leaf=128..1024..4096 interior=512..4096..16384 weibull=4"),
            default_project: project,
        }),
        Event::ProjectCreated(ProjectCreated {
            project,
            name: name("default"),
            external_id: Some(text("0123456789abcdef0123456789abcdef")),
            description: text("All that swims"),
        }),
        Event::ProjectUpdated(ProjectUpdated {
            project,
            name: Some(name("Südpol")),
            external_id: None,
            description: Some(text("")),
        }),
        Event::ProjectDeleted(ProjectDeleted { project }),
        Event::ProjectListed(ProjectListed {
            project,
            name: name("Südpol"),
            external_id: Some(text("0123456789abcdef0123456789abcdef")),
        }),
        Event::ProjectUnlisted(ProjectUnlisted { project }),
        Event::DatasetListed(DatasetListed {
            project,
            dataset,
            name: name("penguins"),
        }),
        Event::DatasetUnlisted(DatasetUnlisted { project, dataset }),
        Event::ApiKeyIssued(key_issued()),
        Event::ApiKeyRevoked(ApiKeyRevoked { key }),
        Event::ApiKeyUsed(ApiKeyUsed { key }),
    ]
}

fn dataset() -> Vec<Event> {
    let (dataset, operation) = (DATASET, OPERATION);
    let mut staged = StagedWriter::new(dataset);
    staged.put("adelie-1", "RECORD", br#"{"data":{"mass":3750}}"#);
    staged.delete("gentoo \"7\"");
    vec![
        Event::DatasetCreated(DatasetCreated {
            dataset,
            project: PROJECT,
            name: name("penguins"),
            description: text("Palmer Archipelago, \"CC0\""),
            metadata: text(r#"{"source":"palmerpenguins"}"#),
            status: DatasetStatus::Ready,
            snapshots_enabled: true,
            root: Digest::of(b"root"),
            counts: counts(),
            origin: Some(origin()),
        }),
        Event::DatasetUpdated(DatasetUpdated {
            dataset,
            name: Some(name("pinguine")),
            description: Some(text("neu")),
            metadata: Some(text("{}")),
            snapshots_enabled: Some(false),
        }),
        Event::DatasetDeleted(DatasetDeleted { dataset }),
        Event::ItemsStaged(staged.finish()),
        Event::ItemsCommitted(ItemsCommitted {
            dataset,
            chunks: vec![
                ChunkRange {
                    task: Some(TASK),
                    first: Revision(1),
                    count: 8_000,
                },
                ChunkRange {
                    task: None,
                    first: Revision(5),
                    count: 1,
                },
            ],
            mode: CommitMode::Upsert,
            root_before: Digest::of(b"before"),
            root: Digest::of(b"root"),
            counts: counts(),
            summary: summary(),
            message: Some(text("weigh again")),
            operation: Some(operation),
        }),
        Event::OperationBegun(OperationBegun {
            dataset,
            operation,
            kind: OperationKind::Reindex,
            status: DatasetStatus::Indexing,
        }),
        Event::OperationFinished(OperationFinished {
            dataset,
            operation,
            outcome: OperationOutcome::Succeeded,
            status: DatasetStatus::Ready,
        }),
    ]
}

fn snapshot() -> Vec<Event> {
    let (dataset, snapshot) = (DATASET, SNAPSHOT);
    vec![
        Event::SnapshotCreated(SnapshotCreated {
            dataset,
            snapshot,
            number: 3,
            name: Some(name("before the cleaning")),
            description: text("all rows checked"),
            reason: SnapshotReason::Manual,
            version: version(),
            asked: Some(Position(99)),
            becomes_current: true,
            dataset_name: name("penguins"),
            dataset_description: text("Palmer Archipelago"),
            trained_model: Some(TrainedModel {
                id: Some(id(0x99)),
                name: Some(text("species-classifier")),
            }),
            restored_from: Some(OTHER_SNAPSHOT),
        }),
        Event::SnapshotRenamed(SnapshotRenamed {
            dataset,
            snapshot,
            name: Some(name("clean")),
            description: None,
        }),
        Event::SnapshotMoved(SnapshotMoved {
            dataset,
            snapshot,
            version: version(),
            asked: None,
            becomes_current: false,
            description: Some(text("moved")),
        }),
        Event::SnapshotCloned(SnapshotCloned {
            dataset,
            origin: origin(),
            task: TASK,
        }),
        Event::SnapshotDeleted(SnapshotDeleted { dataset, snapshot }),
        Event::SnapshotUndeleted(SnapshotUndeleted {
            dataset,
            snapshot,
            name: Some(name("back again")),
        }),
    ]
}
