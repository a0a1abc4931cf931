//! What must hold of any history, told from its events alone: a second, slower way to know it than
//! the states, so that a mistake in a state shows.

use std::collections::{HashMap, HashSet};

use super::given::{Given, stream_of};
use crate::domain::event::Event;
use crate::domain::ids::{DatasetId, Revision, SnapshotId, Stream, TaskId};
use crate::domain::values::{DatasetStatus, Name, NameKey, TaskKind};

/// What one dataset's events say.
#[derive(Debug, Default)]
struct Told {
    events: u64,
    name: Option<Name>,
    deleted: bool,
    numbers: HashSet<u32>,
    live: HashMap<SnapshotId, Option<Name>>,
    hidden: HashMap<SnapshotId, Option<Name>>,
    current: Option<SnapshotId>,
    running: Option<String>,
}

/// What one task's events say.
#[derive(Debug)]
struct ToldTask {
    dataset: DatasetId,
    kind: TaskKind,
    ended: bool,
}

/// A history as it is told, event by event. Panics at the first that cannot be.
#[derive(Debug, Default)]
pub struct Chronicle {
    datasets: HashMap<DatasetId, Told>,
    tasks: HashMap<TaskId, ToldTask>,
}

impl Chronicle {
    /// Hears of the next event.
    pub fn read(&mut self, event: &Event) {
        match stream_of(event) {
            Stream::Dataset(id) => self.datasets.entry(id).or_default().read(event),
            Stream::Task(id) => self.read_task(id, event),
            Stream::Project(_) | Stream::Ledger | Stream::Access => {}
        }
    }

    /// Compares what it heard with the states, between two decisions.
    pub fn compare(&self, states: &Given) {
        for (id, told) in &self.datasets {
            told.compare(*id, states);
            let listed = told
                .name
                .as_ref()
                .and_then(|name| states.project().dataset_named(name));
            assert_eq!(
                listed == Some(*id),
                !told.deleted,
                "the live have their names: {told:?}"
            );
        }
        for (id, told) in &self.tasks {
            assert_eq!(states.task_of(*id).phase.is_end(), told.ended);
            let restore = states.dataset_of(told.dataset).restore.as_ref();
            let runs = restore.is_some_and(|restore| restore.task == *id);
            let should_run = told.kind == TaskKind::SnapshotRestore && !told.ended;
            assert_eq!(runs, should_run, "a restore runs until its task ends: {id}");
        }
    }

    fn read_task(&mut self, id: TaskId, event: &Event) {
        if let Event::TaskQueued(queued) = event {
            let dataset = &self.datasets[&queued.dataset];
            assert!(
                !dataset.deleted,
                "a deleted dataset gets no task: {event:?}"
            );
            let told = ToldTask {
                dataset: queued.dataset,
                kind: queued.work.kind(),
                ended: false,
            };
            assert!(
                self.tasks.insert(id, told).is_none(),
                "a task is queued once"
            );
            return;
        }
        let told = self.tasks.get_mut(&id).expect("a task is queued first");
        assert!(!told.ended, "a task ends once: {event:?}");
        told.ended = matches!(
            event,
            Event::TaskCompleted(_) | Event::TaskFailed(_) | Event::TaskCancelled(_)
        );
    }
}

impl Told {
    fn read(&mut self, event: &Event) {
        assert!(
            !self.deleted,
            "a deleted dataset accepts nothing: {event:?}"
        );
        self.events += 1;
        match event {
            Event::DatasetCreated(created) => self.name = Some(created.name.clone()),
            Event::DatasetUpdated(updated) => {
                self.name = updated.name.clone().or(self.name.take());
            }
            Event::DatasetDeleted(_) => {
                self.must_be_idle();
                self.deleted = true;
            }
            Event::SnapshotCreated(created) => {
                let is_new = self.numbers.insert(created.number);
                assert!(is_new, "a number is given once: {}", created.number);
                self.live.insert(created.snapshot, created.name.clone());
                if created.becomes_current {
                    self.current = Some(created.snapshot);
                }
            }
            Event::SnapshotRenamed(renamed) => {
                let known = self.live.get_mut(&renamed.snapshot).expect("a live one");
                *known = renamed.name.clone().or(known.take());
            }
            Event::SnapshotMoved(moved) => {
                assert!(self.live.contains_key(&moved.snapshot));
                if moved.becomes_current {
                    self.current = Some(moved.snapshot);
                }
            }
            Event::SnapshotDeleted(deleted) => {
                let name = self.live.remove(&deleted.snapshot).expect("a live one");
                self.hidden.insert(deleted.snapshot, name);
                self.current = self.current.filter(|id| *id != deleted.snapshot);
            }
            Event::SnapshotUndeleted(back) => {
                let name = self.hidden.remove(&back.snapshot).expect("a deleted one");
                self.live.insert(back.snapshot, back.name.clone().or(name));
            }
            Event::OperationBegun(begun) => self.begin(begun.operation.to_string()),
            Event::OperationFinished(ended) => self.end(&ended.operation.to_string()),
            Event::RestoreBegun(begun) => self.begin(begun.task.to_string()),
            Event::RestoreGivenUp(ended) => self.end(&ended.task.to_string()),
            Event::SnapshotRestored(restored) => {
                self.end(&restored.task.to_string());
                self.current = restored.current;
            }
            other => assert!(matches!(
                other,
                Event::ItemsCommitted(_) | Event::SnapshotCloned(_)
            )),
        }
        self.names_are_unique();
    }

    fn begin(&mut self, what: String) {
        self.must_be_idle();
        self.running = Some(what);
    }

    fn end(&mut self, what: &str) {
        assert_eq!(
            self.running.take().as_deref(),
            Some(what),
            "it ran, and alone"
        );
    }

    fn must_be_idle(&self) {
        assert_eq!(self.running, None, "never two running things");
    }

    fn names_are_unique(&self) {
        let mut keys: HashSet<NameKey> = HashSet::new();
        for name in self.live.values().flatten() {
            assert!(keys.insert(name.key()), "live names are unique: {name}");
        }
    }

    fn compare(&self, id: DatasetId, states: &Given) {
        let state = states.dataset_of(id);
        assert_eq!(Some(&state.name), self.name.as_ref());
        assert_eq!(state.revision, Revision(self.events - 1));
        assert_eq!(state.deleted, self.deleted);
        assert_eq!(state.current, self.current);
        assert_eq!(state.running().is_some(), self.running.is_some());
        assert!(!self.numbers.contains(&state.next_number));
        if let Some(current) = state.current {
            assert!(self.live.contains_key(&current), "the current one is live");
        }
        for (id, name) in &self.live {
            let live = state.snapshots.live(*id).expect("a live snapshot");
            assert_eq!(&live.name, name);
            if let Some(name) = name {
                assert_eq!(state.snapshots.named(name).map(|named| named.id), Some(*id));
            }
        }
        assert!(
            self.hidden
                .keys()
                .all(|id| state.snapshots.live(*id).is_none())
        );
        if self.running.is_none() {
            let at_work = [DatasetStatus::ReadOnly, DatasetStatus::Indexing];
            assert!(
                !at_work.contains(&state.status),
                "nothing runs: {}",
                state.status
            );
        }
    }
}
