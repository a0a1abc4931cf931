//! The caches are folds: without them the same questions have the same answers.

use serde_json::{Value, json};

use crate::harness::{Home, Server, binary, item, lines, run};

/// A history in which something of everything has happened.
async fn live_a_little(server: &Server) -> Vec<String> {
    let first = server.dataset("first").await;
    server.import(&first, "", lines(1_500, 1)).await;
    let snapshot = server.snapshot(&first, "all of them").await;
    server
        .commit(&first, vec![item(3, 2), item(9_000, 1)], &["item-0000005"])
        .await;
    server.snapshot(&first, "changed").await;
    server.restore(&first, &snapshot).await;
    let clone = server.clone_snapshot(&snapshot, None).await;
    server.commit(&clone, vec![item(4, 4)], &[]).await;

    let gone = server.dataset("gone").await;
    server.commit(&gone, vec![item(1, 1)], &[]).await;
    server.delete_dataset(&gone).await;

    let begin = "mutation ($id: ID!) {
        beginOperation(input: { datasetId: $id, kind: ENRICHMENT }) { operation { id } }
    }";
    let begun = server.ask(begin, json!({ "id": clone })).await;
    let finish = "mutation ($id: ID!) {
        finishOperation(input: { operationId: $id, outcome: SUCCEEDED }) { xactId }
    }";
    let operation = &begun["beginOperation"]["operation"]["id"];
    server.ask(finish, json!({ "id": operation })).await;
    let delete = "mutation ($id: ID!) { deleteSnapshot(input: { snapshotId: $id }) { xactId } }";
    let creation = server.snapshot_of_creation(&first).await;
    server.ask(delete, json!({ "id": creation })).await;
    vec![first, clone]
}

const EVERYTHING: &str = "{
    projects { nodes { id name externalId createdAt } totalCount }
    datasets(first: 10) { totalCount nodes { ...WholeDataset } }
    snapshots { totalCount nodes { ...WholeSnapshot } }
    deleted: snapshots(filter: { deleted: true }) { nodes { ...WholeSnapshot } }
    tasks { nodes {
        id type status phase error createdBy createdAt startedAt finishedAt resultXactId
        dataset { id } snapshot { id } summary { added removed modified unchanged }
        progress { done total percent }
    } }
}
fragment WholeDataset on Dataset {
    id name description metadata owner status snapshotsEnabled createdAt updatedAt xactId digest
    itemCount imageCount videoCount byteCount isModified currentSnapshot { id } clonedFrom { id }
    clones(first: 10) { nodes { id } }
    versions(first: 20) { nodes {
        xactId kind digest itemCount byteCount createdAt actor message
        summary { added removed modified unchanged } snapshots { id } restoredFrom { id }
    } }
}
fragment WholeSnapshot on Snapshot {
    id dataset { id } number name description reason xactId digest itemCount imageCount videoCount
    byteCount createdAt createdBy updatedAt deletedAt isCurrent isRestoring trainingModelId
    trainingModelName restoredFrom { id } clones(first: 10) { nodes { id } }
}";

/// All that can be asked, answered: rows, events, and every version of every dataset.
async fn answers(server: &Server, datasets: &[String]) -> Vec<Value> {
    let fields = "id xactId type stream revision recordedAt actor correlationId data
        dataset { id } snapshot { id } task { id } project { id }";
    let mut answers = vec![server.ask(EVERYTHING, json!({})).await];
    answers.extend(server.events(fields).await);
    for dataset in datasets {
        let document = "query ($id: ID!) { dataset(id: $id) { versions { nodes { xactId } } } }";
        let found = server.ask(document, json!({ "id": dataset })).await;
        let versions = found["dataset"]["versions"]["nodes"].as_array().cloned();
        for version in versions.expect("versions") {
            let at = version["xactId"].as_str();
            answers.push(server.export(dataset, at).await.into());
        }
    }
    answers
}

fn check_same(found: &[Value], expected: &[Value]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn without_its_caches_a_server_gives_the_same_answers() {
    let home = Home::new();
    let server = home.start().await;
    let datasets = live_a_little(&server).await;
    let expected = answers(&server, &datasets).await;
    server.stop().await;
    for lost in [
        vec!["content.db"],
        vec!["views.db"],
        vec!["content.db", "views.db"],
    ] {
        lost.iter().for_each(|cache| home.forget(cache));
        let server = home.start().await;
        check_same(&answers(&server, &datasets).await, &expected);
        server.stop().await;
    }
    // Also when it is killed instead of stopped.
    home.start().await.kill();
    let server = home.start().await;
    check_same(&answers(&server, &datasets).await, &expected);
}

#[tokio::test]
async fn the_command_rebuild_gives_the_same_answers_and_waits_for_no_server() {
    let home = Home::new();
    let server = home.start().await;
    let datasets = live_a_little(&server).await;
    let expected = answers(&server, &datasets).await;
    let data = home.data();
    let meanwhile = run(binary().arg("rebuild").arg("--data").arg(&data));
    assert!(
        !meanwhile.is_success,
        "rebuilt under a running server: {meanwhile:?}"
    );
    assert!(
        meanwhile.told.contains("stop"),
        "says not what to do: {}",
        meanwhile.told
    );

    server.stop().await;
    let rebuilt = run(binary().arg("rebuild").arg("--data").arg(&data));
    assert!(rebuilt.is_success, "{rebuilt:?}");
    let server = home.start().await;
    check_same(&answers(&server, &datasets).await, &expected);
}
