//! Tasks of nodes that die, and of nodes that are only slow.

use std::time::Duration;

use serde_json::json;

use super::line::{Carries, Node, PATIENCE, log};
use crate::domain::ids::{Position, TaskId};
use crate::domain::values::{CommitMode, TaskPhase};
use crate::event_log::EventLog;
use crate::ledger::tasks::Heartbeat;
use crate::ledger::tests::house::{ada, item};
use crate::ledger::{NewImport, NewRestore, RestoreTarget, VersionSpec};

/// A node that begins tasks and never works on them, as one that dies at once.
async fn dying(log: &std::sync::Arc<crate::event_log::MemoryLog>) -> Node {
    Node::as_told(log, "dying", |role| role.works = false).await
}

async fn ended(node: &Node, task: TaskId) -> TaskPhase {
    let ended = node.ledger().ended(&ada(), task, PATIENCE).await;
    ended.expect("readable").phase
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_of_a_node_that_died_is_ended_once_by_another() {
    for is_claimed in [false, true] {
        let log = log();
        let dying = dying(&log).await;
        let others = [Node::on(&log, "one").await, Node::on(&log, "two").await];
        let dataset = dying.stage.dataset("penguins").await;
        let first = dying
            .stage
            .put(dataset, &["a"], &json!(1))
            .await
            .xact
            .xact();
        dying.stage.put(dataset, &["b"], &json!(2)).await;
        let restore = NewRestore {
            dataset,
            target: RestoreTarget::Xact(first),
            safety_snapshot: false,
            result_snapshot: false,
            words_too: false,
            if_version: None,
        };
        let begun = dying.ledger().restore_snapshot(&ada(), restore).await;
        let task = begun.expect("begun").id;
        if is_claimed {
            let call = dying.ledger().call(&ada(), None);
            let claimed = Heartbeat::new(dying.ledger(), task).claim(&call).await;
            claimed.expect("claimed");
        }
        for other in &others {
            other.abreast().await;
            other.clock.move_on(Duration::from_secs(12));
        }
        for other in &others {
            assert_eq!(ended(other, task).await, TaskPhase::Completed);
            let items = other.stage.items(VersionSpec::Head(dataset)).await;
            assert_eq!(items.len(), 1);
        }
        let all = EventLog::read_all(&*log, Position(1), usize::MAX).expect("events");
        let count = |name: &str| all.iter().filter(|event| &*event.name == name).count();
        assert_eq!((count("SnapshotRestored"), count("TaskCompleted")), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_slow_is_left_alone_and_one_that_died_is_ended() {
    let log = log();
    let one = Node::on(&log, "one").await;
    let other = Node::on(&log, "other").await;
    let dataset = one.stage.dataset("penguins").await;
    let new = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot: false,
    };
    let mut slow = one
        .ledger()
        .begin_import(&ada(), new.clone())
        .await
        .expect("begun");
    slow.put(item("a", &json!(1))).await.expect("taken");
    other.abreast().await;
    // Old enough for a sweep from its first claim on, and for every sweep of the next seconds.
    other.clock.move_on(Duration::from_secs(5));
    tokio::time::sleep(Duration::from_secs(7)).await;
    slow.put(item("b", &json!(1))).await.expect("taken");
    slow.finish().await.expect("committed");
    let head = VersionSpec::Head(dataset);
    assert_eq!(one.stage.items(head).await.len(), 2);

    let dying = dying(&log).await;
    let broken = dying
        .ledger()
        .begin_import(&ada(), new)
        .await
        .expect("begun");
    let task = broken.task();
    // Gone without a word: nothing of it is dropped in good order.
    std::mem::forget(broken);
    dying.line(Carries::Nothing);
    other.abreast().await;
    other.clock.move_on(Duration::from_secs(20));
    assert_eq!(ended(&other, task).await, TaskPhase::Failed);
}
