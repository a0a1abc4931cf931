//! What happens to projects and datasets, and what outside workers do with them, verb by verb, as
//! one append each.
//!
//! Whoever writes a history keeps to the rules of the domain; here nothing is checked.

use super::history::{History, counts, name, root};
use crate::domain::event::{
    DatasetCreated, DatasetDeleted, DatasetListed, DatasetUnlisted, DatasetUpdated, ItemsCommitted,
    OperationBegun, OperationFinished, ProjectCreated, ProjectDeleted, ProjectUnlisted,
};
use crate::domain::ids::{DatasetId, OperationId, ProjectId, Revision, Stream};
use crate::domain::values::{
    ChangeSummary, CommitMode, DatasetStatus, OperationKind, OperationOutcome, Origin,
    SnapshotReason,
};

impl History {
    pub(super) fn create_project(&mut self, called: &str) -> ProjectId {
        let project = self.id(ProjectId);
        let created = ProjectCreated {
            project,
            name: name(called),
            external_id: Some(format!("external {called}").into()),
            description: "".into(),
        };
        self.add(Stream::Project(project), created);
        project
    }

    pub(super) fn delete_project(&mut self, project: ProjectId) {
        self.add(Stream::Project(project), ProjectDeleted { project });
        self.add(Stream::Ledger, ProjectUnlisted { project });
    }

    /// A dataset in the default project, empty, with its first snapshot.
    pub(super) fn create_dataset(&mut self, called: &str) -> DatasetId {
        self.create_dataset_in(self.default_project, called)
    }

    pub(super) fn create_dataset_in(&mut self, project: ProjectId, called: &str) -> DatasetId {
        let dataset = self.id(DatasetId);
        self.begin_dataset(dataset, project, called, (0, None));
        self.add_snapshot(dataset, None, SnapshotReason::Creation, None);
        dataset
    }

    pub(super) fn begin_dataset(
        &mut self,
        dataset: DatasetId,
        project: ProjectId,
        called: &str,
        (items, origin): (u64, Option<Origin>),
    ) {
        let listed = DatasetListed {
            project,
            dataset,
            name: name(called),
        };
        self.add(Stream::Project(project), listed);
        let created = DatasetCreated {
            dataset,
            project,
            name: name(called),
            description: format!("about {called}").into(),
            metadata: "{}".into(),
            status: DatasetStatus::Ready,
            snapshots_enabled: true,
            root: root(items),
            counts: counts(items),
            origin,
        };
        self.add(Stream::Dataset(dataset), created);
    }

    pub(super) fn rename_dataset(&mut self, dataset: DatasetId, called: &str) {
        let project = self.datasets[&dataset].project;
        let listed = DatasetListed {
            project,
            dataset,
            name: name(called),
        };
        self.add(Stream::Project(project), listed);
        let updated = DatasetUpdated {
            dataset,
            name: Some(name(called)),
            description: None,
            metadata: None,
            snapshots_enabled: None,
        };
        self.add(Stream::Dataset(dataset), updated);
    }

    pub(super) fn describe_dataset(&mut self, dataset: DatasetId, words: &str) {
        let updated = DatasetUpdated {
            dataset,
            name: None,
            description: Some(words.into()),
            metadata: Some(format!("{{\"words\":{}}}", words.len()).into()),
            snapshots_enabled: Some(words.len().is_multiple_of(2)),
        };
        self.add(Stream::Dataset(dataset), updated);
    }

    pub(super) fn delete_dataset(&mut self, dataset: DatasetId) {
        let project = self.datasets[&dataset].project;
        self.add(
            Stream::Project(project),
            DatasetUnlisted { project, dataset },
        );
        self.add(Stream::Dataset(dataset), DatasetDeleted { dataset });
    }

    /// A commit after which the dataset holds so many items.
    pub(super) fn commit(&mut self, dataset: DatasetId, items: u64) -> Revision {
        let head = self.datasets[&dataset].head;
        let committed = ItemsCommitted {
            dataset,
            chunks: Vec::new(),
            mode: CommitMode::Upsert,
            root_before: head.root,
            root: root(items),
            counts: counts(items),
            summary: ChangeSummary {
                added: items.saturating_sub(head.counts.items),
                removed: head.counts.items.saturating_sub(items),
                modified: 0,
                unchanged: items.min(head.counts.items),
            },
            message: Some(format!("now {items}").into()),
            operation: None,
        };
        self.add(Stream::Dataset(dataset), committed);
        self.datasets[&dataset].revision
    }

    pub(super) fn begin_operation(
        &mut self,
        dataset: DatasetId,
        kind: OperationKind,
    ) -> OperationId {
        let operation = self.id(OperationId);
        let begun = OperationBegun {
            dataset,
            operation,
            kind,
            status: DatasetStatus::Indexing,
        };
        self.add(Stream::Dataset(dataset), begun);
        operation
    }

    pub(super) fn finish_operation(
        &mut self,
        dataset: DatasetId,
        outcome: OperationOutcome,
        status: DatasetStatus,
    ) {
        let operation = self.datasets[&dataset].operation.unwrap().id;
        let finished = OperationFinished {
            dataset,
            operation,
            outcome,
            status,
        };
        self.add(Stream::Dataset(dataset), finished);
    }
}
