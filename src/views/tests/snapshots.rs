//! What is found of snapshots, and what is hidden.

use chrono::{DateTime, TimeDelta};

use super::House;
use super::history::{History, name};
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::domain::values::SnapshotReason;
use crate::views::{
    DeletedSnapshots, Direction, Page, Scope, SnapshotFilter, SnapshotOrder, SnapshotOrderField,
    SnapshotRow, Views,
};

/// The numbers of the snapshots listed.
pub(super) fn numbers(views: &Views, scope: &Scope, filter: &SnapshotFilter) -> Vec<u32> {
    let (order, page) = (SnapshotOrder::default(), Page::first(99));
    let slice = views.snapshots(scope, filter, order, &page).unwrap();
    let count = views.snapshot_count(scope, filter).unwrap();
    assert_eq!(count, slice.rows.len() as u64);
    slice.rows.iter().map(|keyed| keyed.row.number).collect()
}

pub(super) fn of(dataset: DatasetId) -> SnapshotFilter {
    SnapshotFilter {
        dataset: Some(dataset),
        ..SnapshotFilter::default()
    }
}

/// A dataset with snapshots 1 (CREATION), 2 "Before", 3 (nameless), 4 "after" (deleted).
pub(super) fn four() -> (History, DatasetId, [SnapshotId; 4]) {
    let mut history = History::founded();
    let dataset = history.create_dataset("Penguins");
    let first = history.datasets[&dataset].current.unwrap();
    history.commit(dataset, 8);
    let before = history.snapshot(dataset, Some("Before"));
    history.commit(dataset, 4);
    history.actor = "grace".into();
    let nameless = history.snapshot(dataset, None);
    let after = history.snapshot(dataset, Some("after"));
    history.delete_snapshot(dataset, after);
    (history, dataset, [first, before, nameless, after])
}

#[test]
fn a_row_tells_what_the_snapshot_is() {
    let (mut history, dataset, [_, before, nameless, _]) = four();
    history.begin_restore(dataset, before);
    history.rename_dataset(dataset, "Gulls");
    let house = House::of(&history);
    let views = &house.views;
    let row = views.snapshot(nameless).unwrap().unwrap();
    assert_eq!(
        (row.dataset, row.project),
        (dataset, history.default_project)
    );
    let shown = format!("Penguins_snapshot_{}", &nameless.to_string()[..8]);
    assert_eq!((row.given_name, &*row.shown_name), (None, shown.as_str()));
    assert_eq!((row.number, row.reason), (3, SnapshotReason::Manual));
    let head = history.datasets[&dataset].head;
    assert_eq!(row.version.version, head);
    assert_eq!(
        row.version.position,
        history.position_of(dataset, head.revision)
    );
    assert_eq!(row.asked, None);
    assert_eq!(&*row.created_by, "grace");
    assert_eq!(row.created_at, row.updated_at);
    assert_eq!(row.dataset_name, name("Penguins"));
    assert_eq!(&*row.dataset_description, "about Penguins");
    assert_eq!(
        (row.is_current, row.is_restoring),
        (false, false),
        "its successor is"
    );
    let row = views.snapshot(before).unwrap().unwrap();
    assert_eq!(row.given_name, Some(name("Before")));
    assert_eq!((&*row.shown_name, row.is_restoring), ("Before", true));
}

#[test]
fn a_snapshot_of_an_older_version_names_its_place_in_the_log() {
    let (mut history, dataset, [first, ..]) = four();
    let [created, _, _] = history.versions[&dataset][..] else {
        panic!("three versions")
    };
    let asked = history.head();
    let older = history.snapshot_of(dataset, created);
    let mut house = House::of(&history);
    let row = house.views.snapshot(older).unwrap().unwrap();
    assert_eq!(
        row.version.position,
        history.position_of(dataset, created.revision)
    );
    assert_eq!(row.asked, Some(asked));
    assert!(!row.is_current);
    let head = history.datasets[&dataset].head;
    history.move_snapshot(dataset, older, head);
    house.catch_up(&history);
    let row = house.views.snapshot(older).unwrap().unwrap();
    assert_eq!(row.version.version, head);
    assert!(row.is_current && row.updated_at > row.created_at);
    let found = house.views.snapshots_of_versions(&[
        history.position_of(dataset, head.revision),
        history.position_of(dataset, created.revision),
    ]);
    let found: Vec<_> = found.unwrap().iter().map(|row| row.number).collect();
    assert_eq!(found, [3, 5, 1], "4 is deleted; 5 has moved");
    assert!(house.views.snapshot(first).unwrap().is_some());
}

#[test]
fn a_deleted_snapshot_is_hidden_until_it_is_undeleted() {
    let (mut history, dataset, [_, before, _, after]) = four();
    let mut house = House::of(&history);
    assert_eq!(house.views.snapshot(after).unwrap(), None);
    let row = house.views.snapshot_even_deleted(after).unwrap().unwrap();
    assert!(row.deleted_at == Some(row.updated_at) && !row.is_live());
    let both = house.views.snapshots_by_ids(&[after, before]).unwrap();
    assert_eq!(both.iter().map(|row| row.id).collect::<Vec<_>>(), [before]);
    assert_eq!(numbers(&house.views, &Scope::All, &of(dataset)), [3, 2, 1]);
    history.undelete_snapshot(dataset, after);
    house.catch_up(&history);
    assert!(house.views.snapshot(after).unwrap().unwrap().is_live());
    assert_eq!(
        numbers(&house.views, &Scope::All, &of(dataset)),
        [4, 3, 2, 1]
    );
    history.delete_dataset(dataset);
    house.catch_up(&history);
    assert_eq!(house.views.snapshot(before).unwrap(), None);
    assert_eq!(numbers(&house.views, &Scope::All, &of(dataset)), [0_u32; 0]);
    let row: SnapshotRow = house.views.snapshot_even_deleted(before).unwrap().unwrap();
    assert!(row.deleted_at.is_none() && row.dataset_deleted_at.is_some());
}

#[test]
fn a_name_finds_the_snapshot_that_shows_it() {
    let (mut history, dataset, [_, before, nameless, _]) = four();
    let made_name = format!("penguins_SNAPSHOT_{}", &nameless.to_string()[..8]);
    let mut house = House::of(&history);
    let find = |house: &House, text: &str| {
        let found = house.views.snapshot_by_name(dataset, &name(text).key());
        found.unwrap().map(|row| row.number)
    };
    assert_eq!(find(&house, "BEFORE"), Some(2));
    assert_eq!(find(&house, &made_name), Some(3));
    assert_eq!(find(&house, "after"), None, "it is deleted");
    history.rename_snapshot(dataset, before, &made_name);
    house.catch_up(&history);
    assert_eq!(find(&house, "before"), None);
    assert_eq!(find(&house, &made_name), Some(2), "given goes before made");
    let other = house
        .views
        .snapshot_by_name(DatasetId(nameless.0), &name("after").key());
    assert_eq!(other.unwrap(), None);
}

#[test]
fn listings_hold_what_passes_scope_and_filter() {
    let (mut history, dataset, _) = four();
    let second = history.create_project("second");
    let other = history.create_dataset_in(second, "Other");
    let house = House::of(&history);
    let views = &house.views;
    let check = |scope: Scope, filter: SnapshotFilter, expected: &[u32]| {
        let found = numbers(views, &scope, &filter);
        assert_eq!(found, expected, "{scope:?} {filter:?}");
    };
    let all = SnapshotFilter::default;
    check(Scope::All, all(), &[1, 3, 2, 1]);
    check(Scope::Only(vec![second]), all(), &[1]);
    check(
        Scope::Only(vec![history.default_project]),
        all(),
        &[3, 2, 1],
    );
    check(Scope::Only(vec![second]), of(dataset), &[]);
    check(
        Scope::Only(vec![second, history.default_project]),
        of(other),
        &[1],
    );
    let part = |text: &str| SnapshotFilter {
        name_contains: Some(text.to_owned()),
        ..of(dataset)
    };
    check(Scope::All, part("penguins_snap"), &[3, 1]);
    check(Scope::All, part("efo"), &[2]);
    let reasons = |reasons: &[SnapshotReason]| SnapshotFilter {
        reasons: Some(reasons.to_vec()),
        ..all()
    };
    check(Scope::All, reasons(&[SnapshotReason::Manual]), &[3, 2]);
    check(
        Scope::All,
        reasons(&[SnapshotReason::Creation, SnapshotReason::Auto]),
        &[1, 1],
    );
    check(Scope::All, reasons(&[]), &[]);
}

#[test]
fn listings_hold_what_passes_author_time_and_deletion() {
    let (history, dataset, _) = four();
    let house = House::of(&history);
    let views = &house.views;
    let check = |filter: SnapshotFilter, expected: &[u32]| {
        let found = numbers(views, &Scope::All, &filter);
        assert_eq!(found, expected, "{filter:?}");
    };
    let by = |actor: &str| SnapshotFilter {
        created_by: Some(actor.into()),
        ..of(dataset)
    };
    check(by("grace"), &[3]);
    let deleted = |deleted| SnapshotFilter {
        deleted,
        ..of(dataset)
    };
    check(deleted(DeletedSnapshots::Only), &[4]);
    check(deleted(DeletedSnapshots::Included), &[4, 3, 2, 1]);
    let time_of = |number: u32| {
        let slice = views.snapshots(
            &Scope::All,
            &of(dataset),
            SnapshotOrder::default(),
            &Page::first(9),
        );
        let rows = slice.unwrap().rows.into_iter();
        let row = rows.map(|keyed| keyed.row).find(|row| row.number == number);
        row.unwrap().created_at
    };
    let between = |after: DateTime<_>, before: DateTime<_>| SnapshotFilter {
        created_after: Some(after),
        created_before: Some(before),
        ..of(dataset)
    };
    check(between(time_of(1), time_of(3)), &[2]);
    let moment = TimeDelta::microseconds(1);
    check(
        between(time_of(1) - moment, time_of(3) + moment),
        &[3, 2, 1],
    );
}

#[test]
fn listings_come_in_the_order_asked_for() {
    let (mut history, dataset, [_, before, ..]) = four();
    history.rename_snapshot(dataset, before, "Zero");
    let house = House::of(&history);
    let views = &house.views;
    let check = |field: SnapshotOrderField, filter: SnapshotFilter, expected: [u32; 3]| {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = SnapshotOrder { field, direction };
            let slice = views
                .snapshots(&Scope::All, &filter, order, &Page::first(9))
                .unwrap();
            let found: Vec<_> = slice.rows.iter().map(|keyed| keyed.row.number).collect();
            let mut expected = expected;
            if direction == Direction::Descending {
                expected.reverse();
            }
            assert_eq!(found, expected, "{order:?}");
        }
    };
    use SnapshotOrderField::{CreatedAt, ItemCount, Name, Number, UpdatedAt};
    for filter in [of(dataset), SnapshotFilter::default()] {
        check(Number, filter.clone(), [1, 2, 3]);
        check(CreatedAt, filter.clone(), [1, 2, 3]);
        check(Name, filter.clone(), [1, 3, 2]);
        check(UpdatedAt, filter.clone(), [1, 3, 2]);
        check(ItemCount, filter, [1, 3, 2]);
    }
}
