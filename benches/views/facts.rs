//! The facts that are folded: one project with some datasets, their commits and snapshots.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use snapledger::digest::Digest;
use snapledger::domain::event::{
    DatasetCreated, DatasetListed, Event, ItemsCommitted, LedgerFounded, ProjectCreated,
    SnapshotCreated,
};
use snapledger::domain::ids::{
    DatasetId, EventId, LedgerId, Position, ProjectId, Revision, SnapshotId, Stream,
};
use snapledger::domain::values::{
    ChangeSummary, CommitMode, Counts, DatasetStatus, Name, SnapshotReason, Version,
};
use snapledger::event_log::{Context, Recorded};
use snapledger::views::Fact;
use uuid::Uuid;

/// How many datasets there are, beside one that nothing happens to.
pub(crate) const DATASETS: u64 = 100;

/// Facts of one project with some datasets.
pub(crate) struct Log {
    pub(crate) facts: Vec<Fact>,
    heads: Vec<(Revision, u32, Version)>,
    snapshots: u64,
}

impl Log {
    pub(crate) fn founded() -> Self {
        let mut log = Self {
            facts: Vec::new(),
            heads: Vec::new(),
            snapshots: 0,
        };
        let project = ProjectId(Uuid::from_u128(1));
        let founded = LedgerFounded {
            ledger: LedgerId(Uuid::from_u128(1)),
            format: 1,
            tree: "bench".into(),
            default_project: project,
        };
        log.add(Stream::Ledger, Revision(0), founded);
        let created = ProjectCreated {
            project,
            name: Name::recorded("default"),
            external_id: None,
            description: "".into(),
        };
        log.add(Stream::Project(project), Revision(0), created);
        for number in 0..=DATASETS {
            log.create_dataset(project, number);
        }
        log
    }

    pub(crate) fn dataset(&self, number: u64) -> DatasetId {
        DatasetId(Uuid::from_u128((7 << 64) | u128::from(number)))
    }

    /// Ids rise with time, as UUIDs v7 do.
    pub(crate) fn snapshot(&self, number: u64) -> SnapshotId {
        SnapshotId(Uuid::from_u128(
            (u128::from(number) << 72) | (9 << 64) | 0xABCD_EF01,
        ))
    }

    fn add(&mut self, stream: Stream, revision: Revision, event: impl Into<Event>) {
        let event = event.into();
        let position = Position(self.facts.len() as u64 + 1);
        let recorded = Recorded {
            position,
            stream,
            revision,
            id: EventId(Uuid::from_u128(u128::from(position.0))),
            name: event.name().into(),
            schema_version: 1,
            recorded_at: DateTime::UNIX_EPOCH + Duration::from_micros(position.0),
            context: Context {
                actor: "ada@example.org".into(),
                correlation: None,
                causation: None,
                idempotency: None,
            },
            data: Arc::from([]),
        };
        self.facts.push(Fact { recorded, event });
    }

    fn create_dataset(&mut self, project: ProjectId, number: u64) {
        let (dataset, name) = (
            self.dataset(number),
            Name::recorded(&format!("set {number}")),
        );
        let listed = DatasetListed {
            project,
            dataset,
            name: name.clone(),
        };
        self.add(Stream::Project(project), Revision(number + 1), listed);
        let version = Version {
            revision: Revision::FIRST,
            root: Digest::of(b""),
            counts: Counts::default(),
        };
        let created = DatasetCreated {
            dataset,
            project,
            name,
            description: "a dataset of the bench".into(),
            metadata: "{}".into(),
            status: DatasetStatus::Ready,
            snapshots_enabled: true,
            root: version.root,
            counts: version.counts,
            origin: None,
        };
        self.add(Stream::Dataset(dataset), Revision::FIRST, created);
        self.heads.push((Revision::FIRST, 0, version));
    }

    pub(crate) fn create_snapshot(&mut self, number: u64) {
        let (dataset, snapshot) = (self.dataset(number), self.snapshot(self.snapshots));
        self.snapshots += 1;
        let index = usize::try_from(number).expect("a small number");
        let (last, snapshots, version) = self.heads[index];
        self.heads[index] = (last.next(), snapshots + 1, version);
        let created = SnapshotCreated {
            dataset,
            snapshot,
            number: snapshots + 1,
            name: (snapshots % 2 == 0).then(|| Name::recorded(&format!("before run {snapshots}"))),
            description: "a snapshot of the bench".into(),
            reason: SnapshotReason::Manual,
            version,
            asked: None,
            becomes_current: true,
            dataset_name: Name::recorded(&format!("set {number}")),
            dataset_description: "a dataset of the bench".into(),
            trained_model: None,
            restored_from: None,
        };
        self.add(Stream::Dataset(dataset), last.next(), created);
    }

    pub(crate) fn commit(&mut self, number: u64) {
        let dataset = self.dataset(number);
        let index = usize::try_from(number).expect("a small number");
        let (last, snapshots, before) = self.heads[index];
        let version = Version {
            revision: last.next(),
            root: Digest::of(&self.facts.len().to_le_bytes()),
            counts: Counts {
                items: before.counts.items + 1,
                ..before.counts
            },
        };
        self.heads[index] = (last.next(), snapshots, version);
        let committed = ItemsCommitted {
            dataset,
            chunks: Vec::new(),
            mode: CommitMode::Upsert,
            root_before: before.root,
            root: version.root,
            counts: version.counts,
            summary: ChangeSummary::default(),
            message: None,
            operation: None,
        };
        self.add(Stream::Dataset(dataset), last.next(), committed);
    }
}
