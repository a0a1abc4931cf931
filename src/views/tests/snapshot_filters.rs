//! Single snapshots found by what tells them apart, and pages that go on after any of them.

use super::House;
use super::history::name;
use super::snapshots::{four, numbers, of};
use crate::domain::ids::SnapshotId;
use crate::views::{Page, Scope, SnapshotFilter, SnapshotOrder};

#[test]
fn single_ones_are_found_by_what_tells_them_apart() {
    let (history, dataset, [first, before, nameless, _]) = four();
    let house = House::of(&history);
    let views = &house.views;
    let place = |id| views.snapshot(id).unwrap().unwrap().place();
    let check = |filter: SnapshotFilter, expected: &[u32]| {
        let filter = SnapshotFilter {
            dataset: Some(dataset),
            ..filter
        };
        assert_eq!(numbers(views, &Scope::All, &filter), expected, "{filter:?}");
    };
    let filter = SnapshotFilter::default;
    check(
        SnapshotFilter {
            ids: Some(vec![nameless, first]),
            ..filter()
        },
        &[3, 1],
    );
    check(
        SnapshotFilter {
            number: Some(2),
            ..filter()
        },
        &[2],
    );
    check(
        SnapshotFilter {
            given_name: Some(name("BEFORE").key()),
            ..filter()
        },
        &[2],
    );
    // A name that is only shown was not given.
    let shown = views.snapshot(nameless).unwrap().unwrap().shown_name;
    check(
        SnapshotFilter {
            given_name: Some(name(&shown).key()),
            ..filter()
        },
        &[],
    );
    for (id, number) in [(first, 1), (before, 2), (nameless, 3)] {
        check(
            SnapshotFilter {
                place: Some(place(id)),
                ..filter()
            },
            &[number],
        );
    }
}

#[test]
fn a_page_goes_on_after_any_row_by_its_place_in_the_order() {
    let (history, dataset, [first, before, nameless, _]) = four();
    let house = House::of(&history);
    let views = &house.views;
    let row = |id| views.snapshot(id).unwrap().unwrap();
    let page = Page {
        after: Some(row(nameless).creation_key()),
        ..Page::first(9)
    };
    let order = SnapshotOrder::default();
    let slice = views
        .snapshots(&Scope::All, &of(dataset), order, &page)
        .unwrap();
    let ids: Vec<SnapshotId> = slice.rows.iter().map(|keyed| keyed.row.id).collect();
    assert_eq!(ids, [before, first]);
    assert_eq!(slice.rows[0].key, row(before).creation_key());
}

#[test]
fn the_bytes_of_live_snapshots_add_up() {
    let (history, dataset, ids) = four();
    let house = House::of(&history);
    let views = &house.views;
    let rows = views.snapshots_by_ids(&ids).unwrap();
    let sizes = rows.iter().map(|row| row.version.version.counts.bytes);
    let expected: u64 = sizes.sum();
    assert!(rows.len() == 3 && expected > 0);
    let sum = |scope| views.snapshot_bytes(&scope, &of(dataset)).unwrap();
    assert_eq!(sum(Scope::All), expected);
    assert_eq!(sum(Scope::Only(Vec::new())), 0);
}
