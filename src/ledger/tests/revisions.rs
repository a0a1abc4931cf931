//! Items revised beside other writers: no row is lost, of whatever size the revision is.

use serde_json::{Value, json};

use super::house::{Stage, ada, item, refusal};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::ledger::{Committed, Ledger, NewRevision, Outcome, RevisedItems, VersionSpec};

const CALLERS: usize = 8;
const ROUNDS: usize = 5;

/// Adds one to the number that an item holds; of one that is not there, it is the first.
async fn count_up(ledger: &Ledger, dataset: DatasetId, key: &str) -> Outcome<Committed> {
    let new = NewRevision {
        keys: vec![key.to_owned()],
        ..NewRevision::default()
    };
    let rule = |seen: Vec<Option<crate::ledger::Item>>| {
        let before = seen[0]
            .as_ref()
            .and_then(|item| item.data["value"].as_u64());
        Ok(RevisedItems {
            upserts: vec![item(key, &json!(before.unwrap_or(0) + 1))],
            deletes: Vec::new(),
        })
    };
    ledger.revise_items(&ada(), dataset, new, rule).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_eight_add_together_is_all_there() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..CALLERS {
        let ledger = stage.ledger().clone();
        callers.spawn(async move {
            for _ in 0..ROUNDS {
                count_up(&ledger, dataset, "all").await.expect("revised");
                let own = format!("caller {caller}");
                count_up(&ledger, dataset, &own).await.expect("revised");
            }
        });
    }
    // Somebody writes other items all the while.
    for round in 0..ROUNDS {
        stage.put(dataset, &["beside"], &json!(round)).await;
    }
    callers.join_all().await;
    let items = stage.items(VersionSpec::Head(dataset)).await;
    assert_eq!(
        items[0],
        ("all".to_owned(), json!({"value": CALLERS * ROUNDS}))
    );
    assert_eq!(items.len(), CALLERS + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_sees_the_items_in_the_order_of_its_keys_and_may_refuse() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["a", "c"], &json!(1)).await;
    let new = NewRevision {
        keys: ["c", "b", "a", "c"].map(str::to_owned).to_vec(),
        ..NewRevision::default()
    };
    let rule = |seen: Vec<Option<crate::ledger::Item>>| {
        let keys: Vec<Option<String>> = seen.into_iter().map(|item| Some(item?.key)).collect();
        let keys: Vec<Option<&str>> = keys.iter().map(Option::as_deref).collect();
        assert_eq!(keys, [Some("c"), None, Some("a"), Some("c")]);
        Err(Refusal::NotFound { what: "item" })
    };
    let head = stage.ledger().head();
    let refused = stage
        .ledger()
        .revise_items(&ada(), dataset, new, rule)
        .await;
    assert_eq!(refusal(refused), Refusal::NotFound { what: "item" });
    assert_eq!(stage.ledger().head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_of_any_size_is_one_version_with_its_snapshot() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["00000", "gone"], &json!("kept")).await;
    let text = Value::from("x".repeat(2_000));
    let new = NewRevision {
        keys: vec!["00000".to_owned()],
        auto_snapshot: true,
        ..NewRevision::default()
    };
    let rule = |seen: Vec<Option<crate::ledger::Item>>| {
        assert!(seen[0].is_some());
        let keys = (1..1_000).map(|number| format!("{number:05}"));
        Ok(RevisedItems {
            upserts: keys.map(|key| item(&key, &text)).collect(),
            deletes: vec!["gone".to_owned()],
        })
    };
    let done = stage
        .ledger()
        .revise_items(&ada(), dataset, new, rule)
        .await
        .expect("revised");
    assert_eq!((done.summary.added, done.summary.removed), (999, 1));
    let snapshot = done.snapshot.expect("a snapshot");
    let items = stage.items(VersionSpec::Snapshot(snapshot)).await;
    assert_eq!(items.len(), 1_000);
    assert_eq!(items[0].1, json!({"value": "kept"}));
}
