//! Retries: one key, one effect, one answer.

use super::house::{Stage, ada, refusal};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::ledger::{CallKey, Caller, NewSnapshot};

fn with_key(text: &str, input: &str) -> Caller {
    let key = CallKey {
        text: text.into(),
        mutation: "createSnapshot",
        input: Digest::of(input.as_bytes()),
    };
    Caller {
        key: Some(key),
        ..ada()
    }
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
