//! Where the views stand, and what becomes of a file that is not theirs.

use std::fs;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use super::House;
use super::history::History;
use crate::domain::ids::{EventId, LedgerId, Position};
use crate::views::{Checkpoint, ViewFault, Views};

#[test]
fn a_checkpoint_names_the_ledger_and_its_last_event() {
    let mut house = House::empty();
    assert_eq!(house.views.checkpoint().unwrap(), None);
    assert_eq!(house.views.position(), Position::START);
    let history = History::founded();
    house.catch_up(&history);
    let expected = Checkpoint {
        ledger: LedgerId(uuid::Uuid::from_u128(0xF00D)),
        default_project: history.default_project,
        position: Position(2),
        event: EventId(uuid::Uuid::from_u128(2)),
    };
    assert_eq!(house.views.checkpoint().unwrap(), Some(expected));
    assert_eq!(house.views.position(), Position(2));
    let house = house.reopened();
    assert_eq!(house.views.checkpoint().unwrap(), Some(expected));
    assert_eq!(house.views.position(), Position(2));
    assert_eq!(house.writer.position(), Position(2));
}

#[test]
fn facts_that_do_not_go_on_are_refused_and_leave_no_trace() {
    let mut history = History::founded();
    history.create_dataset("penguins");
    let mut house = House::empty();
    house.writer.fold(&history.facts[..2]).unwrap();
    let before = house.views.dump().unwrap();
    for (from, to, found) in [(0, 2, 1), (1, 3, 2), (3, 5, 4)] {
        let fault = house.writer.fold(&history.facts[from..to]).unwrap_err();
        let gap = ViewFault::Gap {
            expected: Position(3),
            found: Position(found),
        };
        assert_eq!(fault.to_string(), gap.to_string());
    }
    let mut torn = history.facts[2..].to_vec();
    torn.remove(1);
    house.writer.fold(&torn).unwrap_err();
    assert_eq!(house.views.dump().unwrap(), before);
    house.writer.fold(&[]).unwrap();
    house.catch_up(&history);
    assert_eq!(house.views.position(), history.head());
}

#[test]
fn a_log_that_founds_no_ledger_is_refused() {
    let mut history = History::founded();
    history.facts.remove(0);
    history.facts[0].recorded.position = Position(1);
    let fault = House::empty().writer.fold(&history.facts).unwrap_err();
    assert!(matches!(fault, ViewFault::Unfounded), "{fault}");
}

#[test]
fn a_fact_about_nothing_is_refused_and_leaves_no_trace() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let snapshot = history.snapshot(dataset, None);
    let mut house = House::of(&history);
    let before = house.views.dump().unwrap();
    history.commit(dataset, 3);
    history.delete_snapshot(dataset, crate::domain::ids::SnapshotId(dataset.0));
    let at = usize::try_from(house.views.position().0).unwrap();
    let fault = house.writer.fold(&history.facts[at..]).unwrap_err();
    let missing = ViewFault::Missing {
        what: "snapshot",
        position: history.head(),
    };
    assert_eq!(fault.to_string(), missing.to_string());
    assert_eq!(house.views.dump().unwrap(), before);
    assert!(house.views.snapshot(snapshot).unwrap().is_some());
}

#[test]
fn a_file_of_another_version_is_begun_anew() {
    for spoil in [
        "PRAGMA user_version = 9",
        "PRAGMA application_id = 9",
        "PRAGMA user_version = 0; DROP TABLE snapshots",
    ] {
        let house = House::of(&History::founded());
        let House {
            folder,
            views,
            writer,
        } = house;
        drop((views, writer));
        let path = folder.path().join("views.db");
        Connection::open(&path)
            .unwrap()
            .execute_batch(spoil)
            .unwrap();
        let (views, _writer) = Views::open(&path).unwrap();
        assert_eq!(views.checkpoint().unwrap(), None, "{spoil}");
        assert_eq!(views.position(), Position::START);
        assert_eq!(views.dump().unwrap(), []);
    }
}

#[test]
fn a_file_that_is_no_database_is_begun_anew() {
    let house = House::empty();
    let path = house.path().join("other.db");
    fs::write(&path, "no database, whatever its name says ".repeat(200)).unwrap();
    let (views, mut writer) = Views::open(&path).unwrap();
    writer.fold(&History::founded().facts).unwrap();
    assert_eq!(views.position(), Position(2));
}

#[test]
fn views_that_were_discarded_are_begun_anew() {
    let house = House::of(&History::founded());
    let House {
        folder,
        views,
        writer,
    } = house;
    drop((views, writer));
    let path = folder.path().join("views.db");
    Views::discard(&path).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    Views::discard(&path).unwrap();
    let (views, _writer) = Views::open(&path).unwrap();
    assert_eq!(views.checkpoint().unwrap(), None);
}

#[tokio::test]
async fn who_waits_for_a_position_sees_its_rows() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let House {
        folder: _folder,
        views,
        mut writer,
    } = House::empty();
    let (readers, head) = (views.clone(), history.head());
    let waiting = tokio::spawn(async move {
        readers.wait_for(head).await.unwrap();
        readers.dataset(dataset).unwrap()
    });
    for fact in &history.facts {
        tokio::task::yield_now().await;
        writer.fold(std::slice::from_ref(fact)).unwrap();
    }
    assert!(waiting.await.unwrap().is_some());
    views.wait_for(head).await.unwrap();
    drop(writer);
    let fault = views.wait_for(head.next()).await.unwrap_err();
    assert!(matches!(fault, ViewFault::Closed), "{fault}");
}

#[test]
fn many_readers_read_whole_commits_while_the_writer_goes_on() {
    let mut history = History::founded();
    let dataset = history.create_dataset("penguins");
    let mut house = House::of(&history);
    let views = house.views.clone();
    thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                while views.position() < Position(400) {
                    // Each append below is a commit and a snapshot of it, folded in one batch.
                    let row = views.dataset(dataset).unwrap().unwrap();
                    assert!(!row.is_modified());
                    let state = views.dataset_state(dataset).unwrap().unwrap();
                    assert_eq!(
                        state.current,
                        state.snapshots.newest_live_of(state.head).map(|s| s.id)
                    );
                    thread::sleep(Duration::from_micros(50));
                }
            });
        }
        while history.head() < Position(400) {
            let items = history.head().0;
            history.commit(dataset, items);
            history.snapshot(dataset, None);
            house.catch_up(&history);
        }
    });
}
