//! However a history is folded, the same rows come of it, and the states that decisions see are
//! those that the streams come to.

use super::House;
use super::history::History;
use super::walk::{self, Random};
use crate::domain::event::{Event, SnapshotDeleted};
use crate::domain::ids::{DatasetId, ProjectId, SnapshotId, TaskId};

const SEEDS: u64 = 60;
const VERBS: usize = 120;

fn check_states(house: &House, history: &History, seed: u64) {
    let views = &house.views;
    for (id, state) in &history.datasets {
        let found = views.dataset_state(*id).unwrap();
        assert_eq!(found.as_ref(), Some(state), "seed {seed}");
    }
    for (id, state) in &history.projects {
        let found = views.project_state(*id).unwrap();
        assert_eq!(found.as_ref(), Some(state), "seed {seed}");
    }
    for (id, state) in &history.tasks {
        let found = views.task_state(*id).unwrap();
        assert_eq!(found.as_ref(), Some(state), "seed {seed}");
    }
    assert_eq!(views.access_state().unwrap(), history.access, "seed {seed}");
}

#[test]
fn states_are_what_the_streams_come_to() {
    for seed in 1..=SEEDS {
        let history = walk::history(seed, VERBS);
        check_states(&House::of(&history), &history, seed);
    }
}

#[test]
fn what_never_was_has_no_state() {
    let mut history = History::founded();
    let unknown: DatasetId = history.id(DatasetId);
    let house = House::of(&history);
    let views = &house.views;
    assert_eq!(views.dataset_state(unknown).unwrap(), None);
    assert_eq!(views.project_state(ProjectId(unknown.0)).unwrap(), None);
    assert_eq!(views.task_state(TaskId(unknown.0)).unwrap(), None);
    assert_eq!(views.access_state().unwrap(), None);
}

#[test]
fn batches_of_any_size_come_to_the_same_rows() {
    for seed in 1..=SEEDS / 4 {
        let history = walk::history(seed, VERBS);
        let whole = House::of(&history).views.dump().unwrap();
        let mut random = Random::seeded(seed);
        let (mut single, mut mixed) = (House::empty(), House::empty());
        let mut rest = &history.facts[..];
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(1 + random.below(rest.len().min(20)));
            mixed.writer.fold(batch).unwrap();
            for fact in batch {
                single.writer.fold(std::slice::from_ref(fact)).unwrap();
            }
            rest = after;
        }
        assert_eq!(mixed.views.dump().unwrap(), whole, "seed {seed}");
        assert_eq!(single.views.dump().unwrap(), whole, "seed {seed}");
    }
}

#[test]
fn a_batch_that_breaks_off_leaves_nothing_behind() {
    for seed in 1..=SEEDS / 4 {
        let mut history = walk::history(seed, VERBS);
        let unknown = history.id(SnapshotId);
        let mut house = House::empty();
        let (begun, rest) = history.facts.split_at(history.facts.len() / 2);
        house.writer.fold(begun).unwrap();
        let mut broken = rest.to_vec();
        let dataset = *history.datasets.keys().next().unwrap();
        broken.last_mut().unwrap().event = Event::SnapshotDeleted(SnapshotDeleted {
            dataset,
            snapshot: unknown,
        });
        assert!(house.writer.fold(&broken).is_err(), "seed {seed}");
        house.writer.fold(rest).unwrap();
        let whole = House::of(&history).views.dump().unwrap();
        assert_eq!(house.views.dump().unwrap(), whole, "seed {seed}");
    }
}

#[test]
fn a_history_folded_again_comes_to_the_same_rows() {
    let history = walk::history(7, 300);
    let mut house = House::of(&history);
    let before = house.views.dump().unwrap();
    house.writer.reset().unwrap();
    assert_eq!(house.views.dump().unwrap(), []);
    house.catch_up(&history);
    assert_eq!(house.views.dump().unwrap(), before);
    assert_eq!(house.reopened().views.dump().unwrap(), before);
}
