//! What is found of tasks and operations together.

use super::House;
use super::history::History;
use crate::domain::event::{GivenUp, TaskProgressed};
use crate::domain::ids::{DatasetId, Stream};
use crate::domain::values::{
    DatasetStatus, OperationKind, OperationOutcome, TaskKind, TaskPhase, TaskStatus,
};
use crate::views::{
    ActivityFilter, ActivityOrder, ActivityOrderField, ActivityRow, Direction, Scope, Work,
};

fn fail(history: &mut History, dataset: DatasetId) {
    history.finish_operation(dataset, OperationOutcome::Failed, DatasetStatus::Error);
}

fn rows(house: &House, filter: &ActivityFilter, order: ActivityOrder) -> Vec<ActivityRow> {
    let found = house.views.activities(&Scope::All, filter, order, (0, 50));
    let found = found.unwrap();
    assert_eq!(found.total, found.rows.len() as u64, "{filter:?}");
    found.rows
}

#[test]
fn an_operation_is_told_like_a_task() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let failed = history.begin_operation(dataset, OperationKind::Enrichment);
    fail(&mut history, dataset);
    let done = history.begin_operation(dataset, OperationKind::Reindex);
    history.finish_operation(dataset, OperationOutcome::Succeeded, DatasetStatus::Ready);
    let running = history.begin_operation(dataset, OperationKind::LabelPropagation);
    let house = House::of(&history);
    let found = rows(&house, &ActivityFilter::default(), ActivityOrder::default());
    let seen: Vec<_> = found
        .iter()
        .map(|row| {
            (
                row.id,
                row.work.word(),
                row.phase,
                row.finished_at.is_some(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (running.0, "LABEL_PROPAGATION", TaskPhase::Applying, false),
            (done.0, "REINDEX", TaskPhase::Completed, true),
            (failed.0, "ENRICHMENT", TaskPhase::Failed, true),
        ]
    );
    for row in &found {
        assert_eq!(
            (row.dataset, row.dataset_name.as_str()),
            (dataset, "penguins")
        );
        assert_eq!(row.dataset_status, DatasetStatus::Indexing);
        assert_eq!(&*row.created_by, "ada@example.org");
    }
}

#[test]
fn every_word_of_work_is_its_own() {
    let tasks = TaskKind::ALL.iter().copied().map(Work::Task);
    let operations = OperationKind::ALL.iter().copied().map(Work::Operation);
    for work in tasks.chain(operations) {
        assert_eq!(Work::from_word(work.word()), Some(work));
    }
    assert_eq!(Work::from_word("SLEEP"), None);
}

/// Two datasets, in two projects; newest last: an import that runs, an enrichment that failed,
/// a restore that was cancelled, an import that waits.
fn four() -> (History, [uuid::Uuid; 4], [DatasetId; 2]) {
    let mut history = History::founded();
    let second = history.create_project("second");
    let penguins = history.create_dataset("Penguins");
    let gulls = history.create_dataset_in(second, "gulls");
    let import = history.queue_import(penguins);
    let progressed = TaskProgressed {
        task: import,
        phase: TaskPhase::Staging,
        done: 3,
        total: Some(7),
    };
    history.add(Stream::Task(import), progressed);
    let enrichment = history.begin_operation(gulls, OperationKind::Enrichment);
    fail(&mut history, gulls);
    let snapshot = history.datasets[&penguins].current.unwrap();
    let restore = history.begin_restore(penguins, snapshot);
    history.give_up_restore(penguins, GivenUp::Cancelled);
    history.actor = "Grace".into();
    let late = history.queue_import(gulls);
    let ids = [import.0, enrichment.0, restore.0, late.0];
    (history, ids, [penguins, gulls])
}

#[test]
fn listings_hold_what_passes_scope_and_filter() {
    let (history, ids, [penguins, gulls]) = four();
    let house = House::of(&history);
    let check = |filter: ActivityFilter, expected: &[usize]| {
        let found = rows(&house, &filter, ActivityOrder::default());
        let found: Vec<_> = found.iter().map(|row| row.id).collect();
        let expected: Vec<_> = expected.iter().map(|place| ids[*place]).collect();
        assert_eq!(found, expected, "{filter:?}");
    };
    let all = ActivityFilter::default;
    check(all(), &[3, 2, 1, 0]);
    let of = |dataset| ActivityFilter {
        dataset: Some(dataset),
        ..all()
    };
    check(of(penguins), &[2, 0]);
    check(of(gulls), &[3, 1]);
    let named = |name: &str| ActivityFilter {
        dataset_name: Some(name.to_owned()),
        ..all()
    };
    check(named("PENGUINS"), &[2, 0]);
    check(named("pengu"), &[]);
    let works = |works: &[Work]| ActivityFilter {
        works: Some(works.to_vec()),
        ..all()
    };
    check(works(&[Work::Task(TaskKind::Import)]), &[3, 0]);
    check(works(&[Work::Operation(OperationKind::Enrichment)]), &[1]);
    check(works(&[]), &[]);
    let statuses = |statuses: &[TaskStatus]| ActivityFilter {
        statuses: Some(statuses.to_vec()),
        ..all()
    };
    check(statuses(&[TaskStatus::Running]), &[0]);
    check(statuses(&[TaskStatus::Queued]), &[3]);
    check(
        statuses(&[TaskStatus::Failed, TaskStatus::Cancelled]),
        &[2, 1],
    );
    check(statuses(&[TaskStatus::Completed]), &[]);
    let by = |actor: &str| ActivityFilter {
        created_by: Some(actor.to_owned()),
        ..all()
    };
    check(by("Grace"), &[3]);
    check(by("grace"), &[]);
    let times: Vec<_> = rows(&house, &all(), ActivityOrder::default())
        .iter()
        .map(|row| row.created_at)
        .collect();
    let between = ActivityFilter {
        created_from: Some(times[2]),
        created_before: Some(times[0]),
        ..all()
    };
    check(between, &[2, 1]);
    let second = history.datasets[&gulls].project;
    for (scope, expected) in [(vec![second], 2), (Vec::new(), 0)] {
        let found = house.views.activities(
            &Scope::Only(scope),
            &all(),
            ActivityOrder::default(),
            (0, 50),
        );
        let found = found.unwrap();
        assert_eq!((found.rows.len(), found.total), (expected, expected as u64));
    }
}

#[test]
fn listings_come_in_the_order_asked_for_and_in_pages() {
    let (mut history, ids, [penguins, _]) = four();
    let (import, enrichment, restore, late) = (ids[0], ids[1], ids[2], ids[3]);
    let mut house = House::of(&history);
    let check = |house: &House, field, expected: &[uuid::Uuid]| {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = ActivityOrder { field, direction };
            let found = rows(house, &ActivityFilter::default(), order);
            let found: Vec<_> = found.iter().map(|row| row.id).collect();
            let mut expected = expected.to_vec();
            if direction == Direction::Descending {
                expected.reverse();
            }
            assert_eq!(found, expected, "{order:?}");
            for (page, ids) in expected.chunks(3).enumerate() {
                let window = (3 * page as u64, 3);
                let (scope, filter) = (Scope::All, ActivityFilter::default());
                let found = house.views.activities(&scope, &filter, order, window);
                let found = found.unwrap();
                let found_ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
                assert_eq!((&*found_ids, found.total), (ids, 4), "{order:?}");
            }
        }
    };
    // Of equals the id decides, and these were given in the order of their creation.
    check(&house, ActivityOrderField::CreatedAt, &ids);
    check(
        &house,
        ActivityOrderField::Status,
        &[restore, enrichment, late, import],
    );
    check(
        &house,
        ActivityOrderField::Work,
        &[enrichment, import, late, restore],
    );
    check(
        &house,
        ActivityOrderField::DatasetName,
        &[enrichment, late, import, restore],
    );
    check(
        &house,
        ActivityOrderField::Dataset,
        &[import, restore, enrichment, late],
    );
    check(
        &house,
        ActivityOrderField::CreatedBy,
        &[late, import, enrichment, restore],
    );

    history.delete_dataset(penguins);
    house.catch_up(&history);
    check(&house, ActivityOrderField::CreatedAt, &ids);
}
