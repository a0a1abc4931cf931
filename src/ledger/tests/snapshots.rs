//! Snapshots and clones: named, hidden, brought back, and whole when their source is gone.

use serde_json::json;

use super::house::{Stage, ada, refusal};
use crate::domain::Refusal;
use crate::ledger::{CloneSource, NewClone, NewSnapshot, VersionSpec};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_snapshot_comes_back_as_it_was() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let dataset = stage.dataset("penguins").await;
    let named = |name: &str| NewSnapshot {
        name: Some(name.to_owned()),
        ..NewSnapshot::default()
    };
    let first = ledger
        .create_snapshot(&ada(), dataset, named("one"))
        .await
        .expect("made")
        .id;
    let second = ledger
        .create_snapshot(&ada(), dataset, named("two"))
        .await
        .expect("made")
        .id;
    let refused = refusal(ledger.delete_snapshot(&ada(), second, false).await);
    assert_eq!(refused, Refusal::SnapshotIsCurrent);
    ledger
        .delete_snapshot(&ada(), first, false)
        .await
        .expect("deleted");
    let reads = ledger.reads(&ada().principal);
    assert!(reads.snapshot(first).expect("readable").is_none());
    ledger
        .undelete_snapshot(&ada(), first, None)
        .await
        .expect("back");
    let row = reads.snapshot(first).expect("readable").expect("there");
    assert_eq!((row.number, &*row.shown_name), (2, "one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_snapshots_at_once_are_numbered_without_gap() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let ledger = stage.ledger().clone();
        clients.spawn(async move {
            for _ in 0..10 {
                let new = NewSnapshot::default();
                ledger
                    .create_snapshot(&ada(), dataset, new)
                    .await
                    .expect("made");
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.expect("no panic");
    }
    let numbers = |dataset: &crate::domain::Dataset| Ok(dataset.next_number);
    let next = stage
        .ledger()
        .inner
        .hall
        .look(dataset, numbers)
        .await
        .expect("seen");
    assert_eq!(next, 162);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_is_whole_when_its_source_is_deleted() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["a", "b"], &json!(1)).await;
    let source = CloneSource::Head(dataset);
    let new = NewClone {
        source,
        name: None,
        project: None,
    };
    let clone = ledger
        .clone_snapshot(&ada(), new.clone())
        .await
        .expect("cloned")
        .dataset;
    let other = ledger
        .clone_snapshot(&ada(), new)
        .await
        .expect("cloned")
        .dataset;
    ledger
        .delete_dataset(&ada(), dataset)
        .await
        .expect("deleted");
    let reads = ledger.reads(&ada().principal);
    let name = |id| {
        reads
            .dataset(id)
            .expect("readable")
            .expect("there")
            .name
            .to_string()
    };
    assert_eq!(
        (&*name(clone), &*name(other)),
        ("penguins (cloned)", "penguins (cloned 2)")
    );
    assert_eq!(stage.items(VersionSpec::Head(clone)).await.len(), 2);
    stage.put(clone, &["c"], &json!(1)).await;
    assert_eq!(stage.items(VersionSpec::Head(clone)).await.len(), 3);
    assert_eq!(stage.items(VersionSpec::Head(other)).await.len(), 2);
}
