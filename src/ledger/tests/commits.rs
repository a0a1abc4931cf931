//! Commits: what is put is read, at every version; who comes late is told.

use serde_json::json;

use super::house::{Stage, ada, item, refusal};
use crate::domain::Refusal;
use crate::domain::values::CommitMode;
use crate::ledger::{LedgerError, NewCommit, NewImport, VersionSpec};

#[tokio::test(flavor = "multi_thread")]
async fn every_version_stays_readable() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let first = stage.put(dataset, &["a", "b"], &json!(1)).await;
    let second = stage.put(dataset, &["b", "c"], &json!(2)).await;
    assert_eq!((second.summary.added, second.summary.modified), (1, 1));
    let at = |xact: crate::domain::ids::Position| VersionSpec::Xact(dataset, xact.xact());
    let keys = |items: Vec<(String, serde_json::Value)>| {
        items
            .into_iter()
            .map(|(key, data)| (key, data["value"].clone()))
            .collect::<Vec<_>>()
    };
    let one = json!(1);
    let two = json!(2);
    let expected = [("a", &one), ("b", &one)].map(|(key, value)| (key.to_owned(), value.clone()));
    assert_eq!(keys(stage.items(at(first.xact)).await), expected);
    let expected =
        [("a", &one), ("b", &two), ("c", &two)].map(|(key, value)| (key.to_owned(), value.clone()));
    assert_eq!(keys(stage.items(at(second.xact)).await), expected);
    assert_eq!(
        keys(stage.items(VersionSpec::Head(dataset)).await),
        expected
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_changes_nothing_is_a_version_with_the_same_root() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let first = stage.put(dataset, &["a"], &json!(1)).await;
    let again = stage.put(dataset, &["a"], &json!(1)).await;
    assert!(again.xact > first.xact);
    assert_eq!((again.summary.modified, again.summary.unchanged), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_that_saw_one_version_exactly_one_commits() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let seen = stage.put(dataset, &["a"], &json!(0)).await.xact.xact();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..8 {
        let ledger = stage.ledger().clone();
        clients.spawn(async move {
            let upserts = vec![item("a", &json!(client + 1))];
            let if_version = Some(seen);
            let commit = NewCommit {
                upserts,
                if_version,
                ..NewCommit::default()
            };
            ledger.commit_items(&ada(), dataset, commit).await
        });
    }
    let (mut won, mut told) = (Vec::new(), Vec::new());
    while let Some(ended) = clients.join_next().await {
        match ended.expect("no panic") {
            Ok(committed) => won.push(committed.xact),
            Err(LedgerError::Refused {
                refusal: Refusal::VersionConflict { .. },
                current,
            }) => {
                told.push(current);
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won.len(), 1);
    assert_eq!(told, vec![Some(won[0]); 7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_commits_lose_nothing() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..8 {
        let ledger = stage.ledger().clone();
        clients.spawn(async move {
            for round in 0..10 {
                let upserts = vec![item(&format!("{client}-{round}"), &json!(round))];
                let commit = NewCommit {
                    upserts,
                    ..NewCommit::default()
                };
                ledger
                    .commit_items(&ada(), dataset, commit)
                    .await
                    .expect("a commit");
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.expect("no panic");
    }
    assert_eq!(stage.items(VersionSpec::Head(dataset)).await.len(), 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_becomes_visible_at_once_or_never() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["old"], &json!(0)).await;
    let new = |mode| NewImport {
        dataset,
        mode,
        message: None,
        if_version: None,
        auto_snapshot: false,
    };
    let ledger = stage.ledger();
    let mut broken = ledger
        .begin_import(&ada(), new(CommitMode::Upsert))
        .await
        .expect("begun");
    for number in 0..5_000 {
        broken
            .put(item(&format!("{number:06}"), &json!(number)))
            .await
            .expect("taken");
    }
    drop(broken);
    assert_eq!(stage.items(VersionSpec::Head(dataset)).await.len(), 1);

    let mut import = ledger
        .begin_import(&ada(), new(CommitMode::Replace))
        .await
        .expect("begun");
    let task = import.task();
    for number in 0..900 {
        import
            .put(item(&format!("{number:06}"), &json!("x".repeat(200))))
            .await
            .expect("taken");
    }
    let committed = import.finish().await.expect("committed");
    assert_eq!(
        (committed.summary.added, committed.summary.removed),
        (900, 1)
    );
    assert_eq!(stage.items(VersionSpec::Head(dataset)).await.len(), 900);
    let words: Vec<_> = stage
        .watched(task)
        .await
        .iter()
        .map(|phase| phase.word())
        .collect();
    assert_eq!(words, ["QUEUED", "STAGING", "SWITCHING", "COMPLETED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_items_are_refused_with_their_reason() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let long = "k".repeat(1_025);
    for (key, field) in [("", "key"), (long.as_str(), "key"), ("a\0b", "key")] {
        let refused = refusal(stage.try_put(dataset, &[key], &json!(1)).await);
        assert!(matches!(refused, Refusal::BadInput { field: found, .. } if found == field));
    }
    let huge = json!("x".repeat(2 << 20));
    let refused = refusal(stage.try_put(dataset, &["a"], &huge).await);
    assert!(matches!(refused, Refusal::TooLarge { .. }));
    // What counts is what is written, also of many items that are almost nothing.
    let keys: Vec<_> = (0..50_000).map(|number| number.to_string()).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let refused = refusal(stage.try_put(dataset, &keys, &json!({})).await);
    assert!(matches!(refused, Refusal::TooLarge { .. }));
    assert!(stage.items(VersionSpec::Head(dataset)).await.is_empty());
}
