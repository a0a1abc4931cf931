//! What is found of datasets, and what is hidden.

use super::House;
use super::history::{History, name, root};
use crate::domain::ids::DatasetId;
use crate::domain::values::{DatasetStatus, OperationKind, OperationOutcome};
use crate::views::{
    DatasetFilter, DatasetOrder, DatasetOrderField, DatasetRow, Direction, Page, Scope, Slice,
};

fn names(slice: &Slice<DatasetRow>) -> Vec<&str> {
    let rows = slice.rows.iter();
    rows.map(|keyed| keyed.row.name.as_str()).collect()
}

/// Five datasets in two projects, each in another condition.
fn five() -> (History, [DatasetId; 5]) {
    let mut history = History::founded();
    let second = history.create_project("Second");
    let penguins = history.create_dataset("Penguins");
    let gulls = history.create_dataset("gulls");
    let seals = history.create_dataset("Seals & penguins");
    let krill = history.create_dataset_in(second, "Krill");
    let ice = history.create_dataset("Ice");
    history.commit(penguins, 9);
    history.commit(gulls, 5);
    history.snapshot(gulls, None);
    history.begin_operation(seals, OperationKind::Reindex);
    history.commit(krill, 5);
    history.delete_dataset(ice);
    (history, [penguins, gulls, seals, krill, ice])
}

#[test]
fn a_row_tells_what_the_dataset_is() {
    let (mut history, [penguins, gulls, ..]) = five();
    let task = history.begin_restore(gulls, history.datasets[&gulls].current.unwrap());
    let house = House::of(&history);
    let views = &house.views;
    let row = views.dataset(penguins).unwrap().unwrap();
    let state = &history.datasets[&penguins];
    assert_eq!(row.id, penguins);
    assert_eq!(row.project, history.default_project);
    assert_eq!(
        (row.name, row.description, row.metadata),
        (name("Penguins"), "about Penguins".into(), "{}".into())
    );
    assert_eq!(&*row.owner, "ada@example.org");
    assert_eq!(
        (row.status, row.revision),
        (DatasetStatus::Ready, state.revision)
    );
    assert_eq!(row.head.version, state.head);
    assert_eq!(
        row.head.position,
        history.position_of(penguins, state.head.revision)
    );
    assert_eq!(row.current_snapshot, state.current);
    assert_eq!(row.current_snapshot_root, Some(root(0)));
    assert_eq!((row.active_operation, row.active_restore), (None, None));
    assert!(row.created_at < row.updated_at && row.deleted_at.is_none());
    let row = views.dataset(gulls).unwrap().unwrap();
    assert_eq!(row.active_restore, Some(task));
    assert_eq!(row.status, DatasetStatus::ReadOnly);
}

#[test]
fn a_deleted_dataset_is_found_only_by_those_who_say_so() {
    let (history, [penguins, .., ice]) = five();
    let house = House::of(&history);
    let views = &house.views;
    assert_eq!(views.dataset(ice).unwrap(), None);
    let row = views.dataset_even_deleted(ice).unwrap().unwrap();
    assert!(row.deleted_at.is_some());
    let ids = [ice, DatasetId(uuid::Uuid::nil()), penguins];
    let ids_of = |rows: Vec<DatasetRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let live = views.datasets_by_ids(&ids).unwrap();
    assert_eq!(ids_of(live), [penguins]);
    let all = views.datasets_by_ids_even_deleted(&ids).unwrap();
    assert_eq!(ids_of(all), [ice, penguins]);
}

#[test]
fn a_name_finds_the_live_dataset_that_has_it_now() {
    let (mut history, [penguins, gulls, .., ice]) = five();
    history.rename_dataset(gulls, "Penguin chicks");
    let again = history.create_dataset("ICE");
    let project = history.default_project;
    let house = House::of(&history);
    let views = &house.views;
    let find = |text: &str| {
        let row = views.dataset_by_name(project, &name(text).key()).unwrap();
        row.map(|row| row.id)
    };
    assert_eq!(find("PENGUINS"), Some(penguins));
    assert_eq!(find("Gulls"), None);
    assert_eq!(find("penguin chicks"), Some(gulls));
    assert_eq!(find("ice"), Some(again));
    assert_ne!(again, ice);
    assert_eq!(find("Krill"), None, "it is another project's");
}

#[test]
fn listings_hold_what_passes_scope_and_filter() {
    let (history, _) = five();
    let second = *history.projects.keys().nth(1).unwrap();
    let house = House::of(&history);
    let views = &house.views;
    let check = |scope: Scope, filter: DatasetFilter, expected: &[&str]| {
        let slice = views
            .datasets(&scope, &filter, DatasetOrder::default(), &Page::first(9))
            .unwrap();
        assert_eq!(names(&slice), expected, "{scope:?} {filter:?}");
        let count = views.dataset_count(&scope, &filter).unwrap();
        assert_eq!(count, expected.len() as u64);
    };
    let all = DatasetFilter::default;
    check(
        Scope::All,
        all(),
        &["Krill", "Seals & penguins", "gulls", "Penguins"],
    );
    check(Scope::Only(vec![second]), all(), &["Krill"]);
    check(Scope::Only(vec![]), all(), &[]);
    check(
        Scope::Only(vec![second, history.default_project]),
        all(),
        &["Krill", "Seals & penguins", "gulls", "Penguins"],
    );
    let containing = |part: &str| DatasetFilter {
        name_contains: Some(part.to_owned()),
        ..all()
    };
    check(
        Scope::All,
        containing("PENGUINS"),
        &["Seals & penguins", "Penguins"],
    );
    check(Scope::All, containing("%"), &[]);
    let with = |statuses: &[DatasetStatus]| DatasetFilter {
        statuses: Some(statuses.to_vec()),
        ..all()
    };
    check(
        Scope::All,
        with(&[DatasetStatus::Indexing]),
        &["Seals & penguins"],
    );
    check(
        Scope::Only(vec![history.default_project]),
        with(&[DatasetStatus::Ready, DatasetStatus::Error]),
        &["gulls", "Penguins"],
    );
    check(Scope::All, with(&[]), &[]);
    let modified = |modified| DatasetFilter {
        modified: Some(modified),
        ..all()
    };
    check(Scope::All, modified(true), &["Krill", "Penguins"]);
    check(Scope::All, modified(false), &["Seals & penguins", "gulls"]);
}

#[test]
fn listings_come_in_the_order_asked_for() {
    let (history, _) = five();
    let house = House::of(&history);
    let views = &house.views;
    let check = |field: DatasetOrderField, expected: [&str; 4]| {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = DatasetOrder { field, direction };
            let slice = views
                .datasets(
                    &Scope::All,
                    &DatasetFilter::default(),
                    order,
                    &Page::first(9),
                )
                .unwrap();
            let mut expected = expected;
            if direction == Direction::Descending {
                expected.reverse();
            }
            assert_eq!(names(&slice), expected, "{order:?}");
        }
    };
    use DatasetOrderField::{CreatedAt, ItemCount, Name, UpdatedAt};
    check(Name, ["gulls", "Krill", "Penguins", "Seals & penguins"]);
    check(
        CreatedAt,
        ["Penguins", "gulls", "Seals & penguins", "Krill"],
    );
    check(
        UpdatedAt,
        ["Penguins", "gulls", "Seals & penguins", "Krill"],
    );
    check(
        ItemCount,
        ["Seals & penguins", "gulls", "Krill", "Penguins"],
    );
}

#[test]
fn a_dataset_is_modified_when_its_content_is_not_its_current_snapshots() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let mut house = House::of(&history);
    let mut is_modified = |history: &History| {
        house.catch_up(history);
        house.views.dataset(dataset).unwrap().unwrap().is_modified()
    };
    assert!(!is_modified(&history));
    history.commit(dataset, 3);
    assert!(is_modified(&history));
    let snapshot = history.snapshot(dataset, None);
    assert!(!is_modified(&history));
    history.commit(dataset, 3);
    assert!(!is_modified(&history), "another version, the same content");
    history.delete_snapshot(dataset, snapshot);
    assert!(is_modified(&history), "it has no current snapshot");
}

#[test]
fn clones_are_found_from_both_sides() {
    let mut history = History::founded();
    let source = history.create_dataset("source");
    history.commit(source, 8);
    let snapshot = history.snapshot(source, None);
    let first = history.datasets[&source]
        .snapshots
        .newest_live_of(history.versions[&source][0]);
    let first = first.unwrap().id;
    let clone = history.clone_snapshot(source, snapshot, "clone");
    let early = history.clone_snapshot(source, first, "early clone");
    let gone = history.clone_snapshot(source, snapshot, "gone");
    history.delete_dataset(gone);
    history.delete_dataset(source);
    let house = House::of(&history);
    let views = &house.views;
    let row = views.dataset(clone).unwrap().unwrap();
    let origin = row.cloned_from.unwrap();
    assert_eq!((origin.dataset, origin.snapshot), (source, Some(snapshot)));
    assert_eq!(row.head.version.counts.items, 8);
    let page = Page::first(9);
    let of_source = views.clones_of_dataset(source, &Scope::All, &page).unwrap();
    assert_eq!(names(&of_source), ["early clone", "clone"]);
    assert_eq!(
        views.clone_count_of_dataset(source, &Scope::All).unwrap(),
        2
    );
    let of_snapshot = views
        .clones_of_snapshot(snapshot, &Scope::All, &page)
        .unwrap();
    assert_eq!(names(&of_snapshot), ["clone"]);
    assert_eq!(
        views.clone_count_of_snapshot(first, &Scope::All).unwrap(),
        1
    );
    let nobody = Scope::Only(vec![]);
    assert_eq!(views.clone_count_of_dataset(source, &nobody).unwrap(), 0);
    assert_eq!(
        views
            .clones_of_dataset(early, &Scope::All, &page)
            .unwrap()
            .rows,
        []
    );
}

#[test]
fn an_operation_is_active_until_it_is_finished() {
    let (mut history, [_, _, seals, ..]) = five();
    let mut house = House::of(&history);
    let operation = house.views.active_operation(seals).unwrap().unwrap();
    assert_eq!(
        Some(operation.id),
        house
            .views
            .dataset(seals)
            .unwrap()
            .unwrap()
            .active_operation
    );
    assert_eq!(operation.kind, OperationKind::Reindex);
    assert_eq!(operation.status_before, DatasetStatus::Ready);
    assert_eq!((operation.finished_at, operation.outcome), (None, None));
    history.finish_operation(seals, OperationOutcome::Failed, DatasetStatus::Error);
    house.catch_up(&history);
    assert_eq!(house.views.active_operation(seals).unwrap(), None);
    let ended = house.views.operation(operation.id).unwrap().unwrap();
    assert_eq!(ended.outcome, Some(OperationOutcome::Failed));
    assert!(ended.finished_at > Some(ended.started_at));
    let found = house.views.operations_by_ids(&[operation.id]).unwrap();
    assert_eq!(found, [ended]);
}
