//! What is found of tasks on their way from queued to ended.

use super::House;
use super::history::History;
use crate::domain::event::{GivenUp, TaskClaimed, TaskProgressed};
use crate::domain::ids::{DatasetId, Stream, TaskId};
use crate::domain::task::Lease;
use crate::domain::values::{ChangeSummary, CommitMode, TaskKind, TaskPhase, TaskStatus};
use crate::views::{Page, Scope, TaskFilter, TaskRow};

fn claim(history: &mut History, task: TaskId) -> Lease {
    let lease = Lease {
        node: "node 1".into(),
        until: chrono::DateTime::from_timestamp_micros(77).unwrap(),
    };
    let claimed = TaskClaimed {
        task,
        node: lease.node.clone(),
        lease_until: lease.until,
    };
    history.add(Stream::Task(task), claimed);
    lease
}

#[test]
fn a_restore_is_followed_from_queued_to_completed() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let snapshot = history.datasets[&dataset].current.unwrap();
    history.commit(dataset, 8);
    let task = history.begin_restore(dataset, snapshot);
    let mut house = House::of(&history);
    let mut row = |history: &History| -> TaskRow {
        house.catch_up(history);
        house.views.task(task).unwrap().unwrap()
    };
    let queued = row(&history);
    assert_eq!(
        (queued.kind, queued.phase),
        (TaskKind::SnapshotRestore, TaskPhase::Queued)
    );
    assert_eq!(
        (queued.project, queued.dataset),
        (history.default_project, dataset)
    );
    assert_eq!(queued.snapshot, Some(snapshot));
    assert_eq!(
        (queued.done, queued.total, queued.started_at),
        (0, None, None)
    );
    assert_eq!(&*queued.created_by, "ada@example.org");
    assert!(queued.correlation.is_some());
    let lease = claim(&mut history, task);
    let claimed = row(&history);
    assert_eq!(claimed.lease, Some(lease));
    assert!(claimed.started_at > Some(claimed.created_at));
    let progressed = TaskProgressed {
        task,
        phase: TaskPhase::Verifying,
        done: 5,
        total: Some(12),
    };
    history.add(Stream::Task(task), progressed);
    let verifying = row(&history);
    assert_eq!(
        (verifying.phase, verifying.done, verifying.total),
        (TaskPhase::Verifying, 5, Some(12))
    );
    assert_eq!(verifying.started_at, claimed.started_at);
    history.switch_restore(dataset);
    let completed = row(&history);
    assert_eq!(
        (completed.phase, completed.done, completed.total),
        (TaskPhase::Completed, 12, Some(12))
    );
    assert_eq!(completed.summary.map(|summary| summary.modified), Some(7));
    let switched = history.datasets[&dataset].head.revision;
    assert_eq!(
        completed.result,
        Some(history.position_of(dataset, switched))
    );
    assert!(completed.finished_at > completed.started_at);
    assert_eq!(completed.revision, history.tasks[&task].revision);
}

#[test]
fn a_restore_that_is_given_up_says_why() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let snapshot = history.datasets[&dataset].current.unwrap();
    let failed = history.begin_restore(dataset, snapshot);
    history.give_up_restore(dataset, GivenUp::Failed("node 7 is missing".into()));
    let cancelled = history.begin_restore(dataset, snapshot);
    history.give_up_restore(dataset, GivenUp::Cancelled);
    let house = House::of(&history);
    let views = &house.views;
    let rows = views
        .tasks_by_ids(&[failed, cancelled, TaskId(dataset.0)])
        .unwrap();
    let [failed, cancelled] = &rows[..] else {
        panic!("two tasks: {rows:?}")
    };
    assert_eq!(failed.error.as_deref(), Some("node 7 is missing"));
    assert_eq!(
        (failed.phase, cancelled.phase),
        (TaskPhase::Failed, TaskPhase::Cancelled)
    );
    for row in &rows {
        assert!(row.finished_at.is_some() && row.started_at.is_none() && row.result.is_none());
    }
}

#[test]
fn a_clone_is_recorded_as_completed() {
    let mut history = History::founded();
    let source = history.create_dataset("source");
    let snapshot = history.datasets[&source].current.unwrap();
    let clone = history.clone_snapshot(source, snapshot, "clone");
    let house = House::of(&history);
    let views = &house.views;
    let task = *history.tasks.keys().next().unwrap();
    let row = views.task(task).unwrap().unwrap();
    assert_eq!(
        (row.kind, row.phase),
        (TaskKind::SnapshotClone, TaskPhase::Completed)
    );
    assert_eq!((row.dataset, row.snapshot), (clone, Some(snapshot)));
    let created = history.position_of(clone, crate::domain::ids::Revision::FIRST);
    assert_eq!(row.result, Some(created));
    assert_eq!(row.started_at, row.finished_at);
    assert_eq!(views.active_task(clone).unwrap(), None);
}

#[test]
fn an_import_ends_with_its_commit() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let task = history.queue_import(dataset);
    history.stage(Stream::Task(task), dataset);
    history.stage(Stream::Dataset(dataset), dataset);
    history.complete_import(task, 5);
    let house = House::of(&history);
    let views = &house.views;
    let row = views.task(task).unwrap().unwrap();
    assert_eq!(
        (row.kind, row.mode),
        (TaskKind::Import, Some(CommitMode::Replace))
    );
    assert_eq!(row.summary, Some(ChangeSummary::default()));
    let head = views.dataset(dataset).unwrap().unwrap().head;
    assert_eq!(row.result, Some(head.position));
    assert_eq!(row.revision, history.tasks[&task].revision);
}

#[test]
fn the_active_task_is_the_restore_else_the_newest_import() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let snapshot = history.datasets[&dataset].current.unwrap();
    let mut house = House::of(&history);
    let mut active = |history: &History, dataset: DatasetId| {
        house.catch_up(history);
        let row = house.views.active_task(dataset).unwrap();
        row.map(|row| row.id)
    };
    assert_eq!(active(&history, dataset), None);
    let restore = history.begin_restore(dataset, snapshot);
    assert_eq!(active(&history, dataset), Some(restore));
    let early = history.queue_import(dataset);
    let late = history.queue_import(dataset);
    assert_eq!(active(&history, dataset), Some(restore));
    history.give_up_restore(dataset, GivenUp::Cancelled);
    assert_eq!(active(&history, dataset), Some(late));
    history.complete_import(late, 1);
    assert_eq!(active(&history, dataset), Some(early));
}

#[test]
fn listings_hold_what_passes_scope_and_filter() {
    let mut history = History::founded();
    let second = history.create_project("second");
    let dataset = history.create_dataset("penguins");
    let other = history.create_dataset_in(second, "gulls");
    let import = history.queue_import(dataset);
    history.actor = "grace".into();
    let claimed = history.queue_import(other);
    claim(&mut history, claimed);
    let progressed = TaskProgressed {
        task: claimed,
        phase: TaskPhase::Staging,
        done: 1,
        total: None,
    };
    history.add(Stream::Task(claimed), progressed);
    let restore = history.begin_restore(dataset, history.datasets[&dataset].current.unwrap());
    history.give_up_restore(dataset, GivenUp::Cancelled);
    let house = House::of(&history);
    let views = &house.views;
    let check = |scope: Scope, filter: TaskFilter, expected: &[TaskId]| {
        let slice = views.tasks(&scope, &filter, &Page::first(9)).unwrap();
        let found: Vec<_> = slice.rows.iter().map(|keyed| keyed.row.id).collect();
        assert_eq!(found, expected, "{scope:?} {filter:?}");
        let count = views.task_count(&scope, &filter).unwrap();
        assert_eq!(count, expected.len() as u64);
    };
    let all = TaskFilter::default;
    check(Scope::All, all(), &[restore, claimed, import]);
    check(Scope::Only(vec![second]), all(), &[claimed]);
    let of = |dataset| TaskFilter {
        dataset: Some(dataset),
        ..all()
    };
    check(Scope::All, of(dataset), &[restore, import]);
    check(Scope::Only(vec![second]), of(dataset), &[]);
    let kinds = |kind| TaskFilter {
        kinds: Some(vec![kind]),
        ..all()
    };
    check(Scope::All, kinds(TaskKind::Import), &[claimed, import]);
    let statuses = |statuses: &[TaskStatus]| TaskFilter {
        statuses: Some(statuses.to_vec()),
        ..all()
    };
    check(Scope::All, statuses(&[TaskStatus::Running]), &[claimed]);
    check(
        Scope::All,
        statuses(&[TaskStatus::Queued, TaskStatus::Cancelled]),
        &[restore, import],
    );
    check(Scope::All, statuses(&[]), &[]);
    let by_grace = TaskFilter {
        created_by: Some("grace".into()),
        ..all()
    };
    check(Scope::All, by_grace, &[restore, claimed]);
    let unfinished = views.unfinished_tasks(&Page::first(9)).unwrap();
    let unfinished: Vec<_> = unfinished.rows.iter().map(|keyed| keyed.row.id).collect();
    assert_eq!(unfinished, [import, claimed]);
}
