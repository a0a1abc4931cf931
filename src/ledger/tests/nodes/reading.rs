//! What one node was told, every other one shows to whoever waits for it.

use serde_json::json;

use super::line::{A_MOMENT, Carries, Node, in_time, log, two};
use crate::domain::Refusal;
use crate::domain::ids::{Position, SnapshotId};
use crate::ledger::tests::house::{ada, refusal};
use crate::ledger::{
    CallKey, Caller, CloneSource, NewClone, NewRestore, NewSnapshot, RestoreTarget, VersionSpec,
};

fn named(name: &str) -> NewSnapshot {
    NewSnapshot {
        name: Some(name.to_owned()),
        ..NewSnapshot::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_found_a_ledger_together_found_one() {
    let log = log();
    let (one, two, three) = tokio::join!(
        Node::on(&log, "one"),
        Node::on(&log, "two"),
        Node::on(&log, "three")
    );
    let nodes = [one, two, three];
    let founders = nodes.iter().filter(|node| node.stage.house().is_founder);
    assert_eq!(founders.count(), 1);
    let id = nodes[0].ledger().id();
    assert!(nodes.iter().all(|node| node.ledger().id() == id));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_an_xact_id_sees_it_on_every_node() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    other.line(Carries::NoEvents);
    let done = one.stage.put(dataset, &["a"], &json!(1)).await.xact;
    let reached = tokio::spawn({
        let ledger = other.ledger().clone();
        async move { ledger.reached(done.xact()).await }
    });
    tokio::time::sleep(A_MOMENT).await;
    assert!(!reached.is_finished(), "this node does not have it yet");
    other.line(Carries::All);
    assert_eq!(
        in_time(reached).await.expect("no panic").expect("reached"),
        done
    );
    let head = VersionSpec::Head(dataset);
    assert_eq!(other.stage.items(head).await, one.stage.items(head).await);
    let beyond = Position(done.0 + 1);
    let refused = refusal(other.ledger().reached(beyond.xact()).await);
    assert_eq!(refused, Refusal::BeyondHead { head: done });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_finds_what_another_node_has_just_made() {
    let [one, other] = two().await;
    let ledger = other.ledger().clone();
    let dataset = one.stage.dataset("penguins").await;
    one.stage.put(dataset, &["a"], &json!(1)).await;
    other.abreast().await;
    other.line(Carries::NoEvents);
    one.stage.put(dataset, &["b"], &json!(2)).await;
    let made = one
        .ledger()
        .create_snapshot(&ada(), dataset, named("v1"))
        .await;
    let snapshot = made.expect("made").id;
    let fresh = one.stage.dataset("whales").await;
    let calls = tokio::spawn(async move {
        let described = crate::ledger::SnapshotChanges {
            description: Some("seen".to_owned()),
            ..Default::default()
        };
        let renamed = ledger.rename_snapshot(&ada(), snapshot, described).await;
        renamed.expect("a snapshot made elsewhere");
        let first = ledger.create_snapshot(&ada(), fresh, named("first")).await;
        first.expect("a dataset made elsewhere");
        let new = NewClone {
            source: CloneSource::Head(dataset),
            name: None,
            project: None,
        };
        ledger.clone_snapshot(&ada(), new).await.expect("cloned")
    });
    tokio::time::sleep(A_MOMENT).await;
    other.line(Carries::All);
    let cloned = in_time(calls).await.expect("no panic").dataset;
    let items = other.stage.items(VersionSpec::Head(cloned)).await;
    assert_eq!(items.len(), 2, "the head of all nodes, not of this one");
    let unknown = SnapshotId(other.ledger().new_item_id());
    let deleted = other.ledger().delete_snapshot(&ada(), unknown, true).await;
    assert_eq!(refusal(deleted), Refusal::NotFound { what: "snapshot" });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_to_the_current_snapshot_means_that_of_all_nodes() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    one.stage.put(dataset, &["a"], &json!(1)).await;
    other.abreast().await;
    other.line(Carries::NoEvents);
    let made = one
        .ledger()
        .create_snapshot(&ada(), dataset, named("v1"))
        .await;
    made.expect("made");
    one.stage.put(dataset, &["b"], &json!(2)).await;
    let ledger = other.ledger().clone();
    let restore = NewRestore {
        dataset,
        target: RestoreTarget::Current,
        safety_snapshot: false,
        result_snapshot: false,
        words_too: false,
        if_version: None,
    };
    let begun = tokio::spawn(async move { ledger.restore_snapshot(&ada(), restore).await });
    tokio::time::sleep(A_MOMENT).await;
    other.line(Carries::All);
    let task = in_time(begun).await.expect("no panic").expect("begun").id;
    in_time(other.stage.watched(task)).await;
    let items = other.stage.items(VersionSpec::Head(dataset)).await;
    let keys: Vec<_> = items.iter().map(|(key, _)| &**key).collect();
    assert_eq!(keys, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_on_another_node_is_answered_as_the_first_call_was() {
    let keyed = |input: &[u8]| Caller {
        key: Some(CallKey {
            text: "once".into(),
            mutation: "createSnapshot",
            input: crate::digest::Digest::of(input),
        }),
        ..ada()
    };
    for is_behind in [false, true] {
        let [one, other] = two().await;
        let dataset = one.stage.dataset("penguins").await;
        other.abreast().await;
        if is_behind {
            other.line(Carries::NoEvents);
        }
        let first = one
            .ledger()
            .create_snapshot(&keyed(b"a"), dataset, named("v1"))
            .await;
        let first = first.expect("made");
        let ledger = other.ledger().clone();
        let retries = tokio::spawn(async move {
            let same = ledger
                .create_snapshot(&keyed(b"a"), dataset, named("v1"))
                .await;
            let reused = ledger
                .create_snapshot(&keyed(b"b"), dataset, named("v2"))
                .await;
            (same, reused)
        });
        tokio::time::sleep(A_MOMENT).await;
        other.line(Carries::All);
        let (same, reused) = in_time(retries).await.expect("no panic");
        assert_eq!(same.expect("answered"), first, "behind: {is_behind}");
        assert_eq!(refusal(reused), Refusal::IdempotencyKeyReused);
    }
}
