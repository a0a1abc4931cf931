//! Clones: they begin as their source was, and need it no more.

use serde_json::{Value, json};

use crate::harness::{Home, Server, item};

/// A dataset whose snapshot holds 50 items, and which has moved on since.
async fn source(server: &Server) -> (String, String) {
    let dataset = server.dataset("the source").await;
    server
        .commit(
            &dataset,
            (0..50).map(|number| item(number, 1)).collect(),
            &[],
        )
        .await;
    let snapshot = server.snapshot(&dataset, "fifty").await;
    server
        .commit(&dataset, vec![item(7, 2), item(70, 1)], &["item-0000003"])
        .await;
    (dataset, snapshot)
}

#[tokio::test]
async fn a_clone_stays_whole_when_its_source_is_deleted_and_the_caches_are_lost() {
    let home = Home::new();
    let server = home.start().await;
    let (source, snapshot) = source(&server).await;
    let clone = server.clone_snapshot(&snapshot, None).await;
    let expected = server.items(&clone, None).await;
    assert_eq!(expected.len(), 50);
    let own = server.commit(&clone, vec![item(7, 3)], &[]).await;
    let changed = server.items(&clone, None).await;

    server.delete_dataset(&source).await;
    let found = server.ask(
        "query ($id: ID!) { dataset(id: $id) { id } }",
        json!({ "id": source }),
    );
    assert_eq!(found.await["dataset"], Value::Null);
    assert_eq!(server.items(&clone, None).await, changed);
    let first = server.snapshot_of_creation(&clone).await;
    assert_eq!(server.restore(&clone, &first).await["phase"], "COMPLETED");
    assert_eq!(server.items(&clone, None).await, expected);

    server.stop().await;
    home.forget("content.db");
    home.forget("views.db");
    let server = home.start().await;
    assert_eq!(server.items(&clone, None).await, expected);
    assert_eq!(server.items(&clone, Some(&own)).await, changed);
}

#[tokio::test]
async fn a_clone_is_named_after_its_source_and_lineage_reads_both_ways() {
    let home = Home::new();
    let server = home.start().await;
    let (source, snapshot) = source(&server).await;
    let clones = [
        server.clone_snapshot(&snapshot, None).await,
        server.clone_snapshot(&snapshot, None).await,
        server.clone_snapshot(&snapshot, Some("my own name")).await,
    ];
    let document = "query ($id: ID!) { dataset(id: $id) { name clonedFrom { id } } }";
    let names = [
        "the source (cloned)",
        "the source (cloned 2)",
        "my own name",
    ];
    for (clone, name) in clones.iter().zip(names) {
        let found = server.ask(document, json!({ "id": clone })).await;
        assert_eq!(found["dataset"]["name"], name);
        assert_eq!(found["dataset"]["clonedFrom"]["id"], snapshot);
    }
    let document = "query ($id: ID!) { dataset(id: $id) { clones { nodes { id } } } }";
    let found = server.ask(document, json!({ "id": source })).await;
    let listed = found["dataset"]["clones"]["nodes"].to_string();
    assert!(
        clones.iter().all(|clone| listed.contains(clone.as_str())),
        "{listed}"
    );

    let clone = "mutation ($input: CloneSnapshotInput!) {
        cloneSnapshot(input: $input) { dataset { id } }
    }";
    let input = json!({ "snapshotId": snapshot, "name": "My Own Name" });
    let refused = server.refused(clone, json!({ "input": input })).await;
    assert_eq!(refused.code, "NAME_TAKEN");
}

#[tokio::test]
async fn a_diff_across_a_clone_tells_what_both_sides_did_since() {
    let home = Home::new();
    let server = home.start().await;
    let (source, snapshot) = source(&server).await;
    let clone = server.clone_snapshot(&snapshot, None).await;
    server.commit(&clone, vec![item(9, 5)], &[]).await;
    let document = "query ($from: ID!, $to: ID!) {
        diff(from: { dataset: { id: $from } }, to: { dataset: { id: $to } }) {
            summary { added removed modified unchanged }
            nodes { key change }
        }
    }";
    let found = server
        .ask(document, json!({ "from": source, "to": clone }))
        .await;
    let summary = json!({ "added": 1, "removed": 1, "modified": 2, "unchanged": 47 });
    assert_eq!(found["diff"]["summary"], summary);
    let changes = json!([
        { "key": "item-0000003", "change": "ADDED" },
        { "key": "item-0000007", "change": "MODIFIED" },
        { "key": "item-0000009", "change": "MODIFIED" },
        { "key": "item-0000070", "change": "REMOVED" },
    ]);
    assert_eq!(found["diff"]["nodes"], changes);
}
