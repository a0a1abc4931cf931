//! What happens to the tasks of the ledger, verb by verb, as one append each.
//!
//! Whoever writes a history keeps to the rules of the domain; here nothing is checked.

use super::history::History;
use crate::domain::event::{
    DatasetWords, GivenUp, ItemsStaged, RestoreBegun, RestoreGivenUp, SnapshotCloned,
    SnapshotRestored, TaskCancelled, TaskCompleted, TaskFailed, TaskQueued, TaskWork,
};
use crate::domain::ids::{DatasetId, Position, ProjectId, Revision, SnapshotId, Stream, TaskId};
use crate::domain::values::{ChangeSummary, CommitMode, DatasetStatus, Origin, SnapshotReason};

impl History {
    pub(super) fn begin_restore(&mut self, dataset: DatasetId, snapshot: SnapshotId) -> TaskId {
        let task = self.id(TaskId);
        let safety_snapshot = Some(self.id(SnapshotId));
        let result_snapshot = Some(self.id(SnapshotId));
        let state = &self.datasets[&dataset];
        let (project, target) = (
            state.project,
            state.snapshots.get(snapshot).unwrap().version,
        );
        let begun = RestoreBegun {
            dataset,
            task,
            target,
            snapshot: Some(snapshot),
            root_before: state.head.root,
            safety_snapshot,
            result_snapshot,
            words: Some(DatasetWords {
                name: state.name.clone(),
                description: "As it was".into(),
            }),
        };
        self.add(Stream::Dataset(dataset), begun);
        let work = TaskWork::Restore {
            target,
            snapshot: Some(snapshot),
        };
        self.queue(task, project, dataset, work);
        task
    }

    fn queue(&mut self, task: TaskId, project: ProjectId, dataset: DatasetId, work: TaskWork) {
        let queued = TaskQueued {
            task,
            project,
            dataset,
            work,
        };
        self.add(Stream::Task(task), queued);
    }

    pub(super) fn switch_restore(&mut self, dataset: DatasetId) {
        let state = &self.datasets[&dataset];
        let restore = state.restore.clone().unwrap();
        let restored = SnapshotRestored {
            dataset,
            task: restore.task,
            target: restore.target,
            snapshot: restore.snapshot,
            root_before: state.head.root,
            summary: ChangeSummary {
                modified: 7,
                ..ChangeSummary::default()
            },
            current: restore.snapshot,
            status: DatasetStatus::Ready,
        };
        let summary = restored.summary;
        self.add(Stream::Dataset(dataset), restored);
        self.complete(
            restore.task,
            Some(summary),
            self.datasets[&dataset].revision,
        );
    }

    fn complete(&mut self, task: TaskId, summary: Option<ChangeSummary>, result: Revision) {
        let completed = TaskCompleted {
            task,
            summary,
            steps: 12,
            result: Some(result),
        };
        self.add(Stream::Task(task), completed);
    }

    pub(super) fn give_up_restore(&mut self, dataset: DatasetId, why: GivenUp) {
        let restore = self.datasets[&dataset].restore.clone().unwrap();
        let given_up = RestoreGivenUp {
            dataset,
            task: restore.task,
            why: why.clone(),
            status: restore.status_before,
        };
        self.add(Stream::Dataset(dataset), given_up);
        let task = restore.task;
        match why {
            GivenUp::Failed(error) => self.add(Stream::Task(task), TaskFailed { task, error }),
            GivenUp::Cancelled => self.add(Stream::Task(task), TaskCancelled { task }),
        }
    }

    /// A clone in the default project.
    pub(super) fn clone_snapshot(
        &mut self,
        source: DatasetId,
        snapshot: SnapshotId,
        called: &str,
    ) -> DatasetId {
        let (dataset, task) = (self.id(DatasetId), self.id(TaskId));
        let version = self.datasets[&source]
            .snapshots
            .get(snapshot)
            .unwrap()
            .version;
        let origin = Origin {
            dataset: source,
            snapshot: Some(snapshot),
            revision: version.revision,
            position: self.position_of(source, version.revision),
        };
        let project = self.default_project;
        self.begin_dataset(
            dataset,
            project,
            called,
            (version.counts.items, Some(origin)),
        );
        let cloned = SnapshotCloned {
            dataset,
            origin,
            task,
        };
        self.add(Stream::Dataset(dataset), cloned);
        self.add_snapshot(dataset, None, SnapshotReason::Clone, None);
        let work = TaskWork::Clone {
            snapshot: Some(snapshot),
        };
        self.queue(task, project, dataset, work);
        self.complete(task, None, Revision::FIRST);
        dataset
    }

    /// Where an event of a dataset's stream stands in the log.
    pub(super) fn position_of(&self, dataset: DatasetId, revision: Revision) -> Position {
        let fact = self.facts.iter().find(|fact| {
            fact.recorded.stream == Stream::Dataset(dataset) && fact.recorded.revision == revision
        });
        fact.unwrap().recorded.position
    }

    pub(super) fn queue_import(&mut self, dataset: DatasetId) -> TaskId {
        let task = self.id(TaskId);
        let project = self.datasets[&dataset].project;
        let mode = CommitMode::Replace;
        self.queue(task, project, dataset, TaskWork::Import { mode });
        task
    }

    pub(super) fn stage(&mut self, stream: Stream, dataset: DatasetId) {
        let staged = ItemsStaged {
            dataset,
            items: 3,
            deletes: 0,
            body: [7; 9].into(),
        };
        self.add(stream, staged);
    }

    pub(super) fn complete_import(&mut self, task: TaskId, items: u64) {
        let dataset = self.tasks[&task].dataset;
        let revision = self.commit(dataset, items);
        self.complete(task, Some(ChangeSummary::default()), revision);
    }
}
