//! Nodes that write to the same dataset: nothing is lost, nothing is twice, and nobody is told no
//! because of what was so before.

use serde_json::json;

use super::line::{A_MOMENT, Carries, Node, in_time, log, two};
use crate::domain::Refusal;
use crate::domain::ids::Position;
use crate::event_log::EventLog;
use crate::ledger::tests::house::{ada, item, refusal};
use crate::ledger::{NewCommit, NewRestore, NewSnapshot, RestoreTarget, VersionSpec};

fn named(name: impl Into<String>) -> NewSnapshot {
    NewSnapshot {
        name: Some(name.into()),
        ..NewSnapshot::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_snapshots_of_one_name_one_is_made() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    other.abreast().await;
    for round in 0..10 {
        let make = |node: &Node| {
            let ledger = node.ledger().clone();
            async move {
                let new = named(format!("v{round}"));
                ledger.create_snapshot(&ada(), dataset, new).await
            }
        };
        let (first, second) = in_time(async { tokio::join!(make(&one), make(&other)) }).await;
        let (made, refused) = if first.is_ok() {
            (first, second)
        } else {
            (second, first)
        };
        made.expect("one of them");
        assert!(
            matches!(refusal(refused), Refusal::NameTaken { .. }),
            "round {round}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_what_was_so_before_is_not_told() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    let made = one
        .ledger()
        .create_snapshot(&ada(), dataset, named("v1"))
        .await;
    let made = made.expect("made").id;
    other.abreast().await;
    // So that this node has the state at hand.
    let taken = other
        .ledger()
        .create_snapshot(&ada(), dataset, named("v1"))
        .await;
    assert!(matches!(refusal(taken), Refusal::NameTaken { .. }));
    other.line(Carries::NoEvents);
    let deleted = one.ledger().delete_snapshot(&ada(), made, true).await;
    deleted.expect("deleted");
    let ledger = other.ledger().clone();
    let again =
        tokio::spawn(async move { ledger.create_snapshot(&ada(), dataset, named("v1")).await });
    tokio::time::sleep(A_MOMENT).await;
    assert!(
        !again.is_finished(),
        "it is not refused by what this node has"
    );
    other.line(Carries::All);
    in_time(again)
        .await
        .expect("no panic")
        .expect("the name is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_on_an_append_that_another_node_forestalled_is_decided_again() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    other.abreast().await;
    other.line(Carries::Late);
    // The second is decided on the first, whose place goes to the deletion.
    let mut made = Vec::new();
    for name in ["v1", "v2"] {
        let ledger = other.ledger().clone();
        let make = async move { ledger.create_snapshot(&ada(), dataset, named(name)).await };
        made.push(tokio::spawn(make));
        tokio::time::sleep(A_MOMENT).await;
    }
    let deleted = one.ledger().delete_dataset(&ada(), dataset).await;
    deleted.expect("deleted");
    other.line(Carries::All);
    for made in made {
        let refused = refusal(in_time(made).await.expect("no panic"));
        assert!(matches!(refused, Refusal::NotFound { .. }), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_not_computed_on_one_that_another_node_forestalled() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    other.abreast().await;
    other.line(Carries::Late);
    let commit = |key: &str| {
        let new = NewCommit {
            upserts: vec![item(key, &json!(1))],
            ..NewCommit::default()
        };
        let ledger = other.ledger().clone();
        tokio::spawn(async move { ledger.commit_items(&ada(), dataset, new).await })
    };
    let first = commit("first");
    tokio::time::sleep(A_MOMENT).await;
    // Its client has gone, and its turn with it; its two events are still on their way.
    first.abort();
    for name in ["v1", "v2"] {
        let caller = ada();
        let made = one.ledger().create_snapshot(&caller, dataset, named(name));
        made.await.expect("made");
    }
    let second = commit("second");
    tokio::time::sleep(A_MOMENT).await;
    other.line(Carries::All);
    let done = in_time(second).await.expect("no panic").expect("committed");
    assert_eq!(done.summary.added, 1);
    let repairs = other.ledger().inner.content.repairs();
    assert_eq!(repairs, 0, "content was looked for that never was");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_restores_one_is_begun_and_it_ends_once() {
    let [one, other] = two().await;
    let dataset = one.stage.dataset("penguins").await;
    let first = one.stage.put(dataset, &["a"], &json!(1)).await.xact.xact();
    one.stage.put(dataset, &["b"], &json!(2)).await;
    other.abreast().await;
    let restore = NewRestore {
        dataset,
        target: RestoreTarget::Xact(first),
        safety_snapshot: false,
        result_snapshot: false,
        words_too: false,
        if_version: None,
    };
    let begin = |node: &Node| {
        let ledger = node.ledger().clone();
        async move { ledger.restore_snapshot(&ada(), restore).await }
    };
    let begun = in_time(async { tokio::join!(begin(&one), begin(&other)) }).await;
    let mut count = 0;
    for (node, begun) in [(&one, begun.0), (&other, begun.1)] {
        match begun {
            Ok(begun) => {
                count += 1;
                in_time(node.stage.watched(begun.id)).await;
            }
            refused => {
                let refused = refusal(refused);
                assert!(
                    matches!(refused, Refusal::OperationRunning { .. }),
                    "{refused:?}"
                );
            }
        }
    }
    // The second may have come after the end of the first.
    assert!((1..=2).contains(&count));
    other.abreast().await;
    let all = other
        .stage
        .log
        .read_all(Position(1), usize::MAX)
        .expect("events");
    let restored = all
        .iter()
        .filter(|event| &*event.name == "SnapshotRestored");
    assert_eq!(restored.count(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_on_three_nodes_all_come_through() {
    const WRITERS: usize = 4;
    const ROUNDS: usize = 6;
    let log = log();
    let nodes = [
        Node::on(&log, "one").await,
        Node::on(&log, "two").await,
        Node::on(&log, "three").await,
    ];
    let dataset = nodes[0].stage.dataset("penguins").await;
    let mut writing = tokio::task::JoinSet::new();
    for (place, node) in nodes.iter().enumerate() {
        for writer in 0..WRITERS {
            let ledger = node.ledger().clone();
            writing.spawn(async move {
                for round in 0..ROUNDS {
                    let name = format!("{place} {writer} {round}");
                    let made = ledger.create_snapshot(&ada(), dataset, named(name)).await;
                    made.expect("made");
                }
            });
        }
        let (ledger, key) = (node.ledger().clone(), format!("key of {place}"));
        writing.spawn(async move {
            for round in 0..ROUNDS {
                let commit = NewCommit {
                    upserts: vec![item(&key, &json!(round))],
                    ..Default::default()
                };
                let done = ledger.commit_items(&ada(), dataset, commit).await;
                done.expect("committed");
            }
        });
    }
    in_time(async {
        while let Some(ended) = writing.join_next().await {
            ended.expect("a writer");
        }
    })
    .await;
    let mut dumps = Vec::new();
    for node in &nodes {
        node.abreast().await;
        let items = node.stage.items(VersionSpec::Head(dataset)).await;
        assert!(items.len() == 3 && items.iter().all(|(_, data)| data["value"] == ROUNDS - 1));
        dumps.push(node.ledger().inner.views.dump().expect("rows"));
    }
    assert!(dumps.iter().all(|dump| *dump == dumps[0]));
    let all = EventLog::read_all(&*log, Position(1), usize::MAX).expect("events");
    let made = all.iter().filter(|event| &*event.name == "SnapshotCreated");
    assert_eq!(made.count(), 1 + 3 * WRITERS * ROUNDS);
}
