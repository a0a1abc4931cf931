//! Retries: one key, one effect, one answer.

use serde_json::json;

use super::house::{Stage, ada, item, refusal};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::ledger::{CallKey, Caller, NewCommit, NewDataset, NewSnapshot};

fn with_key(text: &str, input: &str) -> Caller {
    for_mutation("createSnapshot", text, input)
}

fn for_mutation(mutation: &'static str, text: &str, input: &str) -> Caller {
    let key = CallKey {
        text: text.into(),
        mutation,
        input: Digest::of(input.as_bytes()),
    };
    Caller {
        key: Some(key),
        ..ada()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_known_for_as_long_as_the_log_is() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let named = |name: &str| NewSnapshot {
        name: Some(name.to_owned()),
        ..NewSnapshot::default()
    };
    let first = stage
        .ledger()
        .create_snapshot(&with_key("k", "one"), dataset, named("one"))
        .await
        .expect("made");
    for later in 0..20 {
        let key = format!("k{later}");
        let caller = with_key(&key, &key);
        let made = stage
            .ledger()
            .create_snapshot(&caller, dataset, named(&key));
        made.await.expect("made");
    }
    // Nothing beside the log remembers it.
    stage
        .reopen_after(|folder| {
            for cache in ["views.db", "content.db"] {
                std::fs::remove_file(folder.join(cache)).expect("removed");
            }
        })
        .await;
    let again = stage
        .ledger()
        .create_snapshot(&with_key("k", "one"), dataset, named("one"))
        .await;
    assert_eq!(again.expect("answered"), first);
    let other = stage
        .ledger()
        .create_snapshot(&with_key("k", "two"), dataset, named("two"))
        .await;
    assert_eq!(refusal(other), Refusal::IdempotencyKeyReused);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_of_many_events_is_answered_with_its_last() {
    let stage = Stage::set().await;
    let key = CallKey {
        text: "k".into(),
        mutation: "createDataset",
        input: Digest::of(b"penguins"),
    };
    let caller = Caller {
        key: Some(key),
        ..ada()
    };
    let new = || NewDataset {
        project: None,
        name: "penguins".to_owned(),
        description: String::new(),
        metadata: None,
        draft: false,
        snapshots_enabled: true,
    };
    let made = stage.ledger().create_dataset(&caller, new()).await;
    let made = made.expect("made");
    stage.dataset("gulls").await;
    let again = stage.ledger().create_dataset(&caller, new()).await;
    assert_eq!(again.expect("answered"), made);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_retries_at_once_and_one_after_a_restart_have_one_effect() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let named = || NewSnapshot {
        name: Some("one".to_owned()),
        ..NewSnapshot::default()
    };
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let ledger = stage.ledger().clone();
        let new = named();
        clients.spawn(async move {
            ledger
                .create_snapshot(&with_key("k", "one"), dataset, new)
                .await
                .expect("answered")
        });
    }
    let mut answers = Vec::new();
    while let Some(ended) = clients.join_next().await {
        answers.push(ended.expect("no panic"));
    }
    stage.reopen_after(|_| {}).await;
    let ledger = stage.ledger();
    answers.push(
        ledger
            .create_snapshot(&with_key("k", "one"), dataset, named())
            .await
            .expect("answered"),
    );
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let other = ledger
        .create_snapshot(&with_key("k", "two"), dataset, named())
        .await;
    assert_eq!(refusal(other), Refusal::IdempotencyKeyReused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_commit_is_not_refused_for_what_its_first_try_did() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let mut seen = stage.put(dataset, &["a"], &json!(0)).await.xact;
    for round in 0..20 {
        let key = round.to_string();
        let commit = || {
            let ledger = stage.ledger().clone();
            let caller = for_mutation("commitItems", &key, "one");
            let new = NewCommit {
                upserts: vec![item("a", &json!({ "value": round + 1 }))],
                if_version: Some(seen.xact()),
                ..NewCommit::default()
            };
            async move { ledger.commit_items(&caller, dataset, new).await }
        };
        // The first caller goes away in the middle; where, is left to chance.
        let first = tokio::spawn(commit());
        tokio::task::yield_now().await;
        first.abort();
        let answers = futures_util::future::join_all((0..8).map(|_| commit())).await;
        let answers: Vec<_> = answers
            .into_iter()
            .map(|answer| answer.expect("answered"))
            .collect();
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
        seen = answers[0].xact;
    }
}
