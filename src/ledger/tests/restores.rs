//! Restores: the state before stays readable, nobody writes meanwhile, and it ends once.

use chrono::TimeDelta;
use serde_json::json;

use super::house::{Stage, ada};
use crate::domain::ids::TaskId;
use crate::domain::values::{CommitMode, DatasetStatus, SnapshotReason, TaskPhase};
use crate::ledger::tasks::left_behind;
use crate::ledger::{
    DatasetChanges, NewImport, NewRestore, NewSnapshot, RestoreTarget, VersionSpec,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_brings_everything_back_and_loses_nothing() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["a", "b"], &json!(1)).await;
    let before = stage.items(VersionSpec::Head(dataset)).await;
    let snapshot = ledger
        .create_snapshot(&ada(), dataset, NewSnapshot::default())
        .await
        .expect("made")
        .id;
    let later = stage.put(dataset, &["b", "c"], &json!(2)).await.xact.xact();
    let after = stage.items(VersionSpec::Head(dataset)).await;
    let new = NewRestore {
        dataset,
        target: RestoreTarget::Snapshot(snapshot),
        safety_snapshot: true,
        result_snapshot: false,
        words_too: false,
        if_version: None,
    };
    let task = ledger
        .restore_snapshot(&ada(), new)
        .await
        .expect("begun")
        .id;
    let expected = [
        TaskPhase::Queued,
        TaskPhase::Verifying,
        TaskPhase::Switching,
        TaskPhase::Completed,
    ];
    assert_eq!(stage.watched(task).await, expected);
    assert_eq!(stage.items(VersionSpec::Head(dataset)).await, before);
    assert_eq!(stage.items(VersionSpec::Xact(dataset, later)).await, after);
    let reads = ledger.reads(&ada().principal);
    let row = reads.dataset(dataset).expect("readable").expect("there");
    assert_eq!(
        (row.status, row.current_snapshot),
        (DatasetStatus::Ready, Some(snapshot))
    );
    assert!(!row.is_modified());
    let task = reads.task(task).expect("readable").expect("there");
    let progress = reads.progress(&task);
    assert_eq!((progress.done, progress.total), (2, Some(2)));
    assert_eq!(task.result, Some(row.head.position));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_leaves_a_fresh_task_to_the_node_that_was_offered_it() {
    let stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let new = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot: false,
    };
    let importer = stage.ledger().begin_import(&ada(), new).await;
    let importer = importer.expect("begun");
    let check = |age_min, expected: &[TaskId]| {
        let left = left_behind(stage.ledger(), age_min).expect("readable");
        assert_eq!(left, expected, "{age_min}");
    };
    check(TimeDelta::hours(1), &[]);
    check(TimeDelta::zero(), &[importer.task()]);
    importer.give_up("enough").await;
    check(TimeDelta::zero(), &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_left_by_a_stop_goes_on_after_the_start() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let old = stage.put(dataset, &["a"], &json!(1)).await.xact.xact();
    stage.put(dataset, &["a"], &json!(2)).await;
    // The stop comes between the beginning and the runner.
    stage
        .ledger()
        .inner
        .jobs
        .begin(crate::domain::ids::TaskId(uuid::Uuid::nil()));
    let new = NewRestore {
        dataset,
        target: RestoreTarget::Xact(old),
        safety_snapshot: false,
        result_snapshot: false,
        words_too: false,
        if_version: None,
    };
    let task = stage
        .ledger()
        .restore_snapshot(&ada(), new)
        .await
        .expect("begun")
        .id;
    stage.reopen_after(|_| {}).await;
    let reads = stage.ledger().reads(&ada().principal);
    let mut positions = reads.views().positions();
    let ended = async {
        loop {
            let row = reads.task(task).expect("readable").expect("there");
            if row.phase.is_end() {
                return row.phase;
            }
            positions.changed().await.expect("the views go on");
        }
    };
    let limit = std::time::Duration::from_secs(20);
    let ended = tokio::time::timeout(limit, ended).await.expect("it ends");
    assert_eq!(ended, TaskPhase::Completed);
    assert_eq!(
        stage.items(VersionSpec::Head(dataset)).await[0].1["value"],
        json!(1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_gives_back_words_and_names_its_result_also_after_a_stop() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["a"], &json!(1)).await;
    let snapshot = stage
        .ledger()
        .create_snapshot(&ada(), dataset, NewSnapshot::default())
        .await
        .expect("made")
        .id;
    let changes = DatasetChanges {
        name: Some("gentoos".to_owned()),
        description: Some("counted again".to_owned()),
        ..DatasetChanges::default()
    };
    let ledger = stage.ledger();
    ledger
        .update_dataset(&ada(), dataset, changes)
        .await
        .expect("updated");
    stage.put(dataset, &["b"], &json!(2)).await;
    // The first stop comes between the beginning and the runner; the second restore runs freely,
    // and finds the name taken.
    stage
        .ledger()
        .inner
        .jobs
        .begin(crate::domain::ids::TaskId(uuid::Uuid::nil()));
    let new = NewRestore {
        dataset,
        target: RestoreTarget::Snapshot(snapshot),
        safety_snapshot: false,
        result_snapshot: true,
        words_too: true,
        if_version: None,
    };
    for (round, name) in ["penguins", "gentoos"].into_iter().enumerate() {
        let ledger = stage.ledger();
        let task = ledger
            .restore_snapshot(&ada(), new)
            .await
            .expect("begun")
            .id;
        if round == 0 {
            stage.reopen_after(|_| {}).await;
        }
        let ledger = stage.ledger();
        let within = std::time::Duration::from_secs(30);
        let row = ledger.ended(&ada(), task, within).await.expect("readable");
        assert_eq!(row.phase, TaskPhase::Completed);
        let reads = ledger.reads(&ada().principal);
        let row = reads.dataset(dataset).expect("readable").expect("there");
        assert_eq!((row.name.as_str(), &*row.description), (name, ""));
        let current = row.current_snapshot.expect("a current one");
        let result = reads.snapshot(current).expect("readable").expect("there");
        assert_eq!(result.restored_from, Some(snapshot));
        assert_eq!(result.reason, SnapshotReason::Restore);
        assert_eq!(result.version.position, row.head.position);
        assert_eq!(stage.items(VersionSpec::Head(dataset)).await.len(), 1);
        let changes = DatasetChanges {
            name: Some("gentoos".to_owned()),
            ..DatasetChanges::default()
        };
        let ledger = stage.ledger();
        ledger
            .update_dataset(&ada(), dataset, changes)
            .await
            .expect("updated");
        if round == 0 {
            stage.dataset("Penguins").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_an_end_is_told_that_there_was_none_in_time() {
    let stage = Stage::set().await;
    let ledger = stage.ledger();
    let dataset = stage.dataset("penguins").await;
    let import = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot: false,
    };
    let importer = ledger.begin_import(&ada(), import).await.expect("begun");
    let task = importer.task();
    let moment = std::time::Duration::from_millis(1);
    let row = ledger.ended(&ada(), task, moment).await.expect("readable");
    assert!(!row.phase.is_end());
    let waiter = {
        let ledger = ledger.clone();
        let within = std::time::Duration::from_secs(30);
        tokio::spawn(async move { ledger.ended(&ada(), task, within).await })
    };
    importer.finish().await.expect("imported");
    let row = waiter.await.expect("no panic").expect("readable");
    assert_eq!(row.phase, TaskPhase::Completed);
}
