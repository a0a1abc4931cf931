//! Random commands, one after another, and after each what must hold of any history.
//!
//! A failure prints its seed; `walk(seed)` goes the same way again.

use std::collections::HashMap;

use uuid::Uuid;

use super::Decision;
use super::asks::ASKS;
use super::facts::{PROJECT, import_queued, key_issued, listed, listed_project, name, ready};
use super::given::{Given, given, in_order};
use super::invariants::Chronicle;
use crate::domain::event::Event;
use crate::domain::ids::{
    ApiKeyId, DatasetId, OperationId, Position, ProjectId, Revision, SnapshotId, TaskId,
};
use crate::domain::values::{Name, Version};

/// How many walks, each from its own seed.
const SEEDS: u64 = 300;
/// How many commands on each.
const STEPS: usize = 400;

#[test]
fn no_walk_leads_where_nothing_may_be() {
    let mut answers: HashMap<&'static str, (u32, u32)> = HashMap::new();
    for seed in 0..SEEDS {
        let Ok(steps) = std::panic::catch_unwind(|| walk(seed)) else {
            panic!("walk({seed}) led there; the reason is printed above");
        };
        for (verb, allowed) in steps {
            let (yes, no) = answers.entry(verb).or_default();
            *(if allowed { yes } else { no }) += 1;
        }
    }
    println!("verb: (allowed, refused): {answers:?}");
    // Walks that never get through a verb, or are never refused one, prove nothing about it.
    for (verb, _) in ASKS {
        let (yes, no) = answers[verb];
        assert!(
            yes > 0 && no > 0,
            "{verb}: allowed {yes} times, refused {no} times"
        );
    }
}

/// Walks, and tells which verbs were tried and whether they were allowed.
fn walk(seed: u64) -> Vec<(&'static str, bool)> {
    let mut walker = Walker::new(seed);
    let mut steps = Vec::with_capacity(STEPS);
    for _ in 0..STEPS {
        let (verb, ask) = ASKS[walker.below(ASKS.len())];
        let answer = ask(&mut walker);
        steps.push((verb, answer.is_ok()));
        if let Ok(decision) = answer {
            walker.go(&decision);
        }
    }
    assert_eq!(
        walker.states,
        given(walker.history),
        "a state is the fold of its events"
    );
    steps
}

/// Where a walk is, and what it can name on its next step.
pub struct Walker {
    pub states: Given,
    random: u64,
    ids: u128,
    history: Vec<Event>,
    chronicle: Chronicle,
    datasets: Vec<DatasetId>,
    versions: Vec<(DatasetId, Version)>,
    snapshots: Vec<(DatasetId, SnapshotId)>,
    operations: Vec<OperationId>,
    tasks: Vec<TaskId>,
    keys: Vec<ApiKeyId>,
    projects: Vec<ProjectId>,
}

impl Walker {
    /// At the start there is a dataset, and a task on it.
    fn new(seed: u64) -> Self {
        let mut walker = Self {
            states: given([]),
            random: seed,
            ids: 0x1000,
            history: Vec::new(),
            chronicle: Chronicle::default(),
            datasets: Vec::new(),
            versions: Vec::new(),
            snapshots: Vec::new(),
            operations: Vec::new(),
            tasks: Vec::new(),
            keys: Vec::new(),
            projects: Vec::new(),
        };
        walker.go(&Decision {
            project: vec![listed(0xD, "Penguins")],
            dataset: vec![ready()],
            task: vec![import_queued()],
            access: vec![key_issued()],
            ledger: vec![listed_project("Antarctica")],
        });
        walker
    }

    fn go(&mut self, decision: &Decision) {
        for event in in_order(decision) {
            self.states.fold(&event);
            self.chronicle.read(&event);
            self.remember(&event);
            self.history.push(event);
        }
        self.chronicle.compare(&self.states);
    }

    fn remember(&mut self, event: &Event) {
        if let Event::ProjectCreated(created) = event {
            self.projects.push(created.project);
        }
        if let Event::DatasetCreated(created) = event {
            self.datasets.push(created.dataset);
        }
        if let Event::SnapshotCreated(created) = event {
            self.snapshots.push((created.dataset, created.snapshot));
        }
        if let Event::OperationBegun(begun) = event {
            self.operations.push(begun.operation);
        }
        if let Event::TaskQueued(queued) = event {
            self.tasks.push(queued.task);
        }
        if let Event::ApiKeyIssued(issued) = event {
            self.keys.push(issued.key);
        }
        for dataset in &self.datasets {
            let version = (*dataset, self.states.dataset_of(*dataset).head);
            if !self.versions.contains(&version) {
                self.versions.push(version);
            }
        }
    }

    /// The next number of SplitMix64, below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let limit = u64::try_from(limit).expect("a small number");
        usize::try_from(mixed % limit).expect("a small number")
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Something or nothing.
    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.once_in(2).then(|| make(self))
    }

    /// One of a list.
    pub fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// An id that nothing has yet.
    pub fn fresh(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// A dataset, mostly one that is not deleted.
    pub fn dataset(&mut self) -> DatasetId {
        let is_live = |id: &DatasetId| !self.states.dataset_of(*id).deleted;
        let live: Vec<DatasetId> = self.datasets.iter().copied().filter(is_live).collect();
        if live.is_empty() || self.once_in(8) {
            return self.any_dataset();
        }
        self.one_of(&live)
    }

    /// A dataset, also a deleted one.
    pub fn any_dataset(&mut self) -> DatasetId {
        let place = self.below(self.datasets.len());
        self.datasets[place]
    }

    /// A version of this dataset.
    pub fn version(&mut self, dataset: DatasetId) -> Version {
        let of_dataset =
            |(of, version): &(DatasetId, Version)| (*of == dataset).then_some(*version);
        let known: Vec<Version> = self.versions.iter().filter_map(of_dataset).collect();
        self.one_of(&known)
    }

    /// A version of this dataset with a position, or none.
    pub fn version_asked(&mut self, dataset: DatasetId) -> Option<(Version, Position)> {
        self.maybe(|walker| (walker.version(dataset), Position(1)))
    }

    /// Now and then a version that a caller saw.
    pub fn if_version(&mut self, dataset: DatasetId) -> Option<Revision> {
        self.once_in(4).then(|| self.version(dataset).revision)
    }

    /// A version of this dataset, bare or by a snapshot that may name it.
    pub fn target(&mut self, dataset: DatasetId) -> (Version, Option<SnapshotId>) {
        let bare = self.version(dataset);
        let Some(id) = self.maybe(|walker| walker.snapshot(dataset)) else {
            return (bare, None);
        };
        let known = self.states.dataset_of(dataset).snapshots.get(id);
        let version = known.map_or(bare, |known| known.version);
        (self.one_of(&[version, version, bare]), Some(id))
    }

    /// A snapshot of this dataset, also a deleted one; sometimes one that is not there.
    pub fn snapshot(&mut self, dataset: DatasetId) -> SnapshotId {
        let of_dataset = |(of, id): &(DatasetId, SnapshotId)| (*of == dataset).then_some(*id);
        let mut known: Vec<SnapshotId> = self.snapshots.iter().filter_map(of_dataset).collect();
        known.push(SnapshotId(self.fresh()));
        self.one_of(&known)
    }

    /// An operation of any dataset, run or ended; sometimes one that never was.
    pub fn operation(&mut self) -> OperationId {
        let mut known = self.operations.clone();
        known.push(OperationId(self.fresh()));
        self.one_of(&known)
    }

    /// The operation that runs on this dataset, or any.
    pub fn operation_for(&mut self, dataset: DatasetId) -> OperationId {
        let any = self.operation();
        let running = self.states.dataset_of(dataset).operation;
        running.map_or(any, |running| self.one_of(&[running.id, any]))
    }

    /// The task of the restore that runs on this dataset, or any.
    pub fn task_for(&mut self, dataset: DatasetId) -> TaskId {
        let any = self.task();
        let running = self.states.dataset_of(dataset).restore.as_ref();
        let running = running.map(|restore| restore.task);
        running.map_or(any, |task| self.one_of(&[task, any]))
    }

    /// A task, also one that ended.
    pub fn task(&mut self) -> TaskId {
        let place = self.below(self.tasks.len());
        self.tasks[place]
    }

    /// A project beside the one with the datasets, also a deleted one; that one if there is none.
    pub fn other_project(&mut self) -> ProjectId {
        if self.projects.is_empty() {
            return PROJECT;
        }
        let place = self.below(self.projects.len());
        self.projects[place]
    }

    /// An API key, also one that was revoked.
    pub fn key(&mut self) -> ApiKeyId {
        let place = self.below(self.keys.len());
        self.keys[place]
    }

    /// One of so few names that they meet.
    pub fn name(&mut self) -> Name {
        name(self.one_of(&["Alpha", "ALPHA", "Beta", "Gamma", "Delta"]))
    }
}
