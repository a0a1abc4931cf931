//! Histories at random, within the rules of the domain: each the same for the same seed.

use super::history::{History, name};
use crate::domain::dataset::Dataset;
use crate::domain::event::{
    ApiKeyIssued, ApiKeyRevoked, ApiKeyUsed, GivenUp, ProjectUpdated, TaskClaimed, TaskProgressed,
};
use crate::domain::ids::{ApiKeyId, DatasetId, SnapshotId, Stream, TaskId};
use crate::domain::values::{
    DatasetStatus, OperationKind, OperationOutcome, Role, TaskKind, TaskPhase,
};

use crate::digest::Digest;

/// Numbers that look random: xorshift.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below this one, which is at least 1.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % end as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.below(from.len())])
    }
}

/// A history of so many verbs.
pub(super) fn history(seed: u64, verbs: usize) -> History {
    let mut random = Random::seeded(seed);
    let mut history = History::founded();
    history.create_project("second");
    for verb in 0..verbs {
        history.actor = ["ada@example.org", "grace"][random.below(2)].into();
        step(&mut history, &mut random, verb);
    }
    history
}

fn step(history: &mut History, random: &mut Random, verb: usize) {
    let live: Vec<DatasetId> = history.datasets.values().filter_map(live_id).collect();
    let Some(dataset) = random.pick(&live).filter(|_| random.below(12) > 0) else {
        let project = *history.projects.keys().nth(random.below(2)).unwrap();
        history.create_dataset_in(project, &format!("Dataset {verb}"));
        return;
    };
    match random.below(6) {
        0 => change_words(history, random, dataset, verb),
        1 | 2 => change_snapshots(history, random, dataset, verb),
        3 => change_tasks(history, random, verb),
        4 => change_access(history, random),
        _ => change_content(history, random, dataset),
    }
}

fn live_id(dataset: &Dataset) -> Option<DatasetId> {
    (!dataset.deleted).then_some(dataset.id)
}

fn change_words(history: &mut History, random: &mut Random, dataset: DatasetId, verb: usize) {
    let idle = history.datasets[&dataset].running().is_none();
    match random.below(8) {
        0 if idle => history.delete_dataset(dataset),
        1..=3 => history.rename_dataset(dataset, &format!("Renamed {verb}")),
        _ => history.describe_dataset(dataset, &"words ".repeat(random.below(9))),
    }
}

fn change_content(history: &mut History, random: &mut Random, dataset: DatasetId) {
    let state = &history.datasets[&dataset];
    match (&state.restore, &state.operation) {
        (Some(_), _) => end_restore(history, random, dataset),
        (None, Some(_)) => {
            let outcome = OperationOutcome::ALL[random.below(2)];
            history.finish_operation(dataset, outcome, DatasetStatus::PartialIndex);
        }
        (None, None) => match random.below(6) {
            0 => {
                let kind = OperationKind::ALL[random.below(OperationKind::ALL.len())];
                history.begin_operation(dataset, kind);
            }
            1 => history.stage(Stream::Dataset(dataset), dataset),
            _ => drop(history.commit(dataset, random.below(5) as u64)),
        },
    }
}

fn end_restore(history: &mut History, random: &mut Random, dataset: DatasetId) {
    match random.below(3) {
        0 => history.switch_restore(dataset),
        1 => history.give_up_restore(dataset, GivenUp::Cancelled),
        _ => history.give_up_restore(dataset, GivenUp::Failed("a node is missing".into())),
    }
}

/// The dataset's snapshots that are live, or those that are deleted, in the order of their ids.
fn snapshots(history: &History, dataset: DatasetId, deleted: bool) -> Vec<SnapshotId> {
    let known = history.facts.iter().filter_map(|fact| match &fact.event {
        crate::domain::event::Event::SnapshotCreated(created) => Some(created.snapshot),
        _ => None,
    });
    let state = &history.datasets[&dataset].snapshots;
    known
        .filter(|id| state.get(*id).is_some_and(|found| found.deleted == deleted))
        .collect()
}

fn change_snapshots(history: &mut History, random: &mut Random, dataset: DatasetId, verb: usize) {
    let (live, deleted) = (
        snapshots(history, dataset, false),
        snapshots(history, dataset, true),
    );
    let versions = history.versions[&dataset].clone();
    let version = versions[random.below(versions.len())];
    let called = format!("Snapshot {verb}");
    let Some(snapshot) = random.pick(&live) else {
        history.snapshot(dataset, Some(&called));
        return;
    };
    match random.below(9) {
        0 => drop(history.snapshot(dataset, None)),
        1 => drop(history.snapshot(dataset, Some(&called))),
        2 => drop(history.snapshot_of(dataset, version)),
        3 => history.rename_snapshot(dataset, snapshot, &called),
        4 => history.move_snapshot(dataset, snapshot, version),
        5 => history.delete_snapshot(dataset, snapshot),
        6 => match random.pick(&deleted) {
            Some(snapshot) => history.undelete_snapshot(dataset, snapshot),
            None => drop(history.snapshot(dataset, None)),
        },
        7 => drop(history.clone_snapshot(dataset, snapshot, &format!("Clone {verb}"))),
        _ if history.datasets[&dataset].running().is_none() => {
            history.begin_restore(dataset, snapshot);
        }
        _ => drop(history.queue_import(dataset)),
    }
}

fn change_tasks(history: &mut History, random: &mut Random, verb: usize) {
    let tasks = history.tasks.values();
    let unfinished: Vec<(TaskId, TaskKind)> = tasks
        .filter(|task| !task.phase.is_end())
        .map(|task| (task.id, task.work.kind()))
        .collect();
    let Some((task, kind)) = random.pick(&unfinished) else {
        return;
    };
    let dataset = history.tasks[&task].dataset;
    match random.below(4) {
        0 => {
            let lease_until = chrono::DateTime::from_timestamp_micros(verb as i64).unwrap();
            let node = "node 1".into();
            let claimed = TaskClaimed {
                task,
                node,
                lease_until,
            };
            history.add(Stream::Task(task), claimed);
        }
        1 => {
            let phase = TaskPhase::Verifying;
            let (done, total) = (verb as u64, Some(1_000));
            let progressed = TaskProgressed {
                task,
                phase,
                done,
                total,
            };
            history.add(Stream::Task(task), progressed);
        }
        2 if kind == TaskKind::Import => history.stage(Stream::Task(task), dataset),
        _ if kind == TaskKind::Import => history.complete_import(task, verb as u64 % 5),
        _ => end_restore(history, random, dataset),
    }
}

fn change_access(history: &mut History, random: &mut Random) {
    // What is in it goes on: a write may have passed the door before.
    let second = *history.projects.keys().nth(1).unwrap();
    if random.below(20) == 0 && !history.projects[&second].deleted {
        history.delete_project(second);
        return;
    }
    if random.below(2) == 0 {
        let project = history.default_project;
        let updated = ProjectUpdated {
            project,
            name: Some(name("Default, renamed")),
            external_id: None,
            description: None,
        };
        history.add(Stream::Project(project), updated);
        return;
    }
    let key = history.id(ApiKeyId);
    let issued = ApiKeyIssued {
        key,
        name: "laptop".into(),
        secret_hash: Digest::of(key.0.as_bytes()),
        access_key: (random.below(2) == 0).then(|| format!("SLAK{}", key.0.simple()).into()),
        role: Role::Editor,
        project: (random.below(2) == 0).then_some(history.default_project),
        expires_at: None,
    };
    history.add(Stream::Access, issued);
    if random.below(2) == 0 {
        history.add(Stream::Access, ApiKeyUsed { key });
        history.add(Stream::Access, ApiKeyRevoked { key });
    }
}
