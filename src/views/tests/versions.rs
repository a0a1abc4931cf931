//! Every version of a dataset can be found, by its place and by time travel.

use super::House;
use super::history::{History, counts, root};
use crate::domain::ids::{DatasetId, Position, Revision};
use crate::domain::values::ChangeSummary;
use crate::views::{Page, VersionKind};

#[test]
fn every_event_that_made_content_is_a_version() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let snapshot = history.datasets[&dataset].current.unwrap();
    history.commit(dataset, 8);
    history.begin_restore(dataset, snapshot);
    history.switch_restore(dataset);
    let house = House::of(&history);
    let views = &house.views;
    let slice = views.versions(dataset, &Page::first(9)).unwrap();
    let rows: Vec<_> = slice.rows.into_iter().map(|keyed| keyed.row).collect();
    assert_eq!(views.version_count(dataset).unwrap(), 3);
    let [restored, committed, created] = &rows[..] else {
        panic!("three versions, newest first: {rows:?}")
    };
    assert_eq!(created.kind, VersionKind::Created);
    assert_eq!(
        (created.root_before, created.summary),
        (None, ChangeSummary::default())
    );
    assert_eq!(committed.kind, VersionKind::Committed);
    assert_eq!(committed.at.version.counts, counts(8));
    assert_eq!(committed.root_before, Some(root(0)));
    assert_eq!(committed.summary.added, 8);
    assert_eq!(committed.message.as_deref(), Some("now 8"));
    assert_eq!(&*committed.actor, "ada@example.org");
    assert_eq!(restored.kind, VersionKind::Restored);
    assert_eq!(restored.restored_from, Some(snapshot));
    assert_eq!(restored.at.version.root, created.at.version.root);
    assert_eq!(restored.root_before, Some(root(8)));
    assert_eq!(restored.summary.modified, 7);
    let known = &history.versions[&dataset];
    let found: Vec<_> = rows.iter().rev().map(|row| row.at.version).collect();
    assert_eq!(&found, known);
}

#[test]
fn a_clone_begins_with_everything_unchanged() {
    let mut history = History::founded();
    let source = history.create_dataset("source");
    history.commit(source, 8);
    let snapshot = history.snapshot(source, None);
    let clone = history.clone_snapshot(source, snapshot, "clone");
    let house = House::of(&history);
    let views = &house.views;
    let first = views.first_version(clone).unwrap().unwrap();
    let expected = ChangeSummary {
        unchanged: 8,
        ..ChangeSummary::default()
    };
    assert_eq!(
        (first.kind, first.summary),
        (VersionKind::Created, expected)
    );
    assert_eq!(first.at.version.root, root(8));
}

#[test]
fn a_position_names_the_newest_version_at_or_before_it() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let other = history.create_dataset("gulls");
    history.commit(dataset, 1);
    history.commit(other, 1);
    history.commit(dataset, 2);
    history.snapshot(dataset, None);
    let house = House::of(&history);
    let views = &house.views;
    for position in 0..=history.head().0 + 1 {
        let expected = history.versions[&dataset]
            .iter()
            .rfind(|version| history.position_of(dataset, version.revision).0 <= position);
        let found = views.version_at(dataset, Position(position)).unwrap();
        let found = found.map(|row| (row.dataset, row.at.version));
        assert_eq!(
            found,
            expected.map(|version| (dataset, *version)),
            "{position}"
        );
    }
    let unknown = DatasetId(uuid::Uuid::nil());
    assert_eq!(views.version_at(unknown, history.head()).unwrap(), None);
}

#[test]
fn a_revision_names_the_version_it_made_and_nothing_else() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let revision = history.commit(dataset, 1);
    let house = House::of(&history);
    let views = &house.views;
    let found = views
        .version_by_revision(dataset, revision)
        .unwrap()
        .unwrap();
    assert_eq!(found.at.position, history.position_of(dataset, revision));
    let snapshot_event = Revision(1);
    assert_eq!(
        views.version_by_revision(dataset, snapshot_event).unwrap(),
        None
    );
}
