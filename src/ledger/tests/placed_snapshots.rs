//! Snapshots that may be there already, and those that a change makes itself.

use serde_json::json;

use super::house::{Stage, ada, item};
use crate::domain::commands::Once;
use crate::domain::ids::{SnapshotId, XactId};
use crate::domain::values::{CommitMode, SnapshotReason};
use crate::ledger::{
    DatasetChanges, Ledger, NewCommit, NewImport, NewSnapshot, SnapshotMove, VersionSpec,
};
use crate::views::SnapshotRow;

const CALLERS: usize = 8;

fn named(name: &str, xact: Option<XactId>) -> NewSnapshot {
    NewSnapshot {
        name: Some(name.to_owned()),
        xact,
        ..NewSnapshot::default()
    }
}

fn row(ledger: &Ledger, id: SnapshotId) -> SnapshotRow {
    let reads = ledger.reads(&ada().principal);
    reads.snapshot(id).expect("readable").expect("there")
}

/// Which one all of them were answered, and how many of them made it.
fn one_of(answers: &[Once<SnapshotId>]) -> (SnapshotId, usize) {
    let id = answers[0].id();
    assert!(answers.iter().all(|once| once.id() == id), "{answers:?}");
    (id, answers.iter().filter(|once| !once.is_found()).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_who_ask_for_one_name_one_makes_it_and_all_see_it() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let xact = stage.put(dataset, &["a"], &json!(1)).await.xact.xact();
    for (round, by_name) in [(0, true), (1, false), (2, true), (3, false)] {
        let xact = stage
            .put(dataset, &["a"], &json!(round))
            .await
            .xact
            .xact()
            .max(xact);
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..CALLERS {
            let ledger = stage.ledger().clone();
            let new = if by_name {
                named(&format!("round {round}"), None)
            } else {
                named(&format!("round {round} of {caller}"), Some(xact))
            };
            callers.spawn(async move {
                let once = ledger.create_snapshot_once(&ada(), dataset, new).await;
                let once = once.expect("answered");
                row(&ledger, once.id());
                once
            });
        }
        let answers = callers.join_all().await;
        assert_eq!(one_of(&answers).1, 1, "round {round}");
    }
    let reads = stage.ledger().reads(&ada().principal);
    let filter = crate::views::SnapshotFilter {
        dataset: Some(dataset),
        reasons: Some(vec![SnapshotReason::Manual]),
        ..Default::default()
    };
    let count = reads.views().snapshot_count(&reads.scope(), &filter);
    assert_eq!(count.expect("counted"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_the_head_is_found_at_the_xact_id_of_its_version() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let xact = stage.put(dataset, &["a"], &json!(1)).await.xact.xact();
    let first = stage
        .ledger()
        .create_snapshot(&ada(), dataset, named("head", None))
        .await
        .expect("made");
    // After a restart it is found from the rows as it was from memory.
    for _ in 0..2 {
        let again = named("again", Some(xact));
        let once = stage
            .ledger()
            .create_snapshot_once(&ada(), dataset, again)
            .await;
        assert_eq!(once.expect("answered"), Once::Found(first.id));
        stage.reopen_after(|_| {}).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_who_put_one_name_one_makes_it_and_the_others_move_it() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let mut xacts = Vec::new();
    for round in 0..CALLERS {
        let commit = stage.put(dataset, &["a"], &json!(round)).await;
        xacts.push(commit.xact.xact());
    }
    let mut callers = tokio::task::JoinSet::new();
    for xact in xacts {
        let ledger = stage.ledger().clone();
        callers.spawn(async move {
            let new = named("latest", Some(xact));
            let once = ledger.put_snapshot(&ada(), dataset, new).await;
            once.expect("put")
        });
    }
    let (id, made) = one_of(&callers.join_all().await);
    assert_eq!((made, row(stage.ledger(), id).number), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_snapshot_keeps_its_number_and_its_name() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let dataset = stage.dataset("penguins").await;
    let first = stage.put(dataset, &["a"], &json!(1)).await;
    let snapshot = ledger
        .create_snapshot(&ada(), dataset, named("baseline", None))
        .await
        .expect("made")
        .id;
    let before = row(ledger, snapshot);
    let second = stage.put(dataset, &["b"], &json!(1)).await;
    for (xact, description) in [(second.xact, "later"), (first.xact, "earlier")] {
        let to = SnapshotMove {
            xact: Some(xact.xact()),
            description: Some(description.to_owned()),
            if_version: None,
        };
        ledger
            .move_snapshot(&ada(), snapshot, to)
            .await
            .expect("moved");
        let after = row(ledger, snapshot);
        assert_eq!(after.version.position, xact);
        assert_eq!(
            (after.number, &after.shown_name),
            (before.number, &before.shown_name)
        );
        assert_eq!(&*after.description, description);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_makes_its_own_snapshot_in_its_own_append() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let dataset = stage.dataset("penguins").await;
    let commit = NewCommit {
        upserts: vec![item("a", &json!(1)), item("b", &json!(2))],
        auto_snapshot: true,
        ..NewCommit::default()
    };
    let committed = ledger
        .commit_items(&ada(), dataset, commit)
        .await
        .expect("committed");
    let first = row(ledger, committed.snapshot.expect("a snapshot"));
    assert_eq!(first.version.position, committed.xact);
    assert_eq!(
        (first.reason, first.version.version.counts.items),
        (SnapshotReason::Auto, 2)
    );
    assert!(first.is_current);
    // Nothing stands between the version and its snapshot.
    assert_eq!(ledger.head().0, committed.xact.0 + 1);

    let import = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot: true,
    };
    let mut importer = ledger.begin_import(&ada(), import).await.expect("begun");
    importer.put(item("c", &json!(3))).await.expect("taken");
    let imported = importer.finish().await.expect("imported");
    let second = row(ledger, imported.snapshot.expect("a snapshot"));
    assert_eq!((second.number, second.version.position), (3, imported.xact));
    assert_eq!(second.version.version.counts.items, 3);

    let changes = DatasetChanges {
        name: Some("gentoos".to_owned()),
        auto_snapshot: true,
        ..DatasetChanges::default()
    };
    ledger
        .update_dataset(&ada(), dataset, changes)
        .await
        .expect("updated");
    let reads = ledger.reads(&ada().principal);
    let dataset_row = reads.dataset(dataset).expect("readable").expect("there");
    let third = row(ledger, dataset_row.current_snapshot.expect("a current one"));
    assert_eq!((third.number, third.dataset_name.as_str()), (4, "gentoos"));
    assert_eq!(third.version.position, imported.xact);
    assert_eq!(stage.items(VersionSpec::Snapshot(third.id)).await.len(), 3);
}
