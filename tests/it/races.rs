//! Many at once: one wins, and the others are told what they lost to.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Home, item, text};

/// Clients that try the same at the same time.
const CLIENTS: u64 = 8;

#[tokio::test]
async fn of_eight_commits_on_one_version_one_wins_and_the_others_learn_the_new_one() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("contended").await;
    let seen = server.commit(&dataset, vec![item(0, 1)], &[]).await;
    let document = "mutation ($input: CommitItemsInput!) {
        commitItems(input: $input) { xactId }
    }";
    let tries = (0..CLIENTS).map(|client| {
        let upserts = json!([{ "key": "owner", "data": { "client": client } }]);
        let input = json!({ "datasetId": dataset, "upserts": upserts, "ifVersion": seen });
        server.answer(document, json!({ "input": input }))
    });
    let (won, lost): (Vec<_>, Vec<_>) = join_all(tries)
        .await
        .into_iter()
        .partition(|answer| !answer.is_refused());
    assert_eq!((won.len(), lost.len()), (1, 7));
    let winner = text(&won[0].body["data"]["commitItems"]["xactId"]);
    for answer in &lost {
        let error = answer.error();
        assert_eq!(error.code, "VERSION_CONFLICT", "{error:?}");
        assert_eq!(error.current.as_deref(), Some(winner.as_str()), "{error:?}");
    }
    let versions = "query ($id: ID!) { dataset(id: $id) { versions { nodes { xactId } } } }";
    let found = server.ask(versions, json!({ "id": dataset })).await;
    assert_eq!(
        found["dataset"]["versions"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn of_eight_snapshots_with_one_name_one_is_made() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("names").await;
    let document = "mutation ($input: CreateSnapshotInput!) {
        createSnapshot(input: $input) { snapshot { number } }
    }";
    let input = json!({ "datasetId": dataset, "name": "wanted by all" });
    let tries = (0..CLIENTS).map(|_| server.answer(document, json!({ "input": input })));
    let answers = join_all(tries).await;
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| !answer.is_refused());
    assert_eq!(won.len(), 1);
    assert_eq!(
        won[0].body["data"]["createSnapshot"]["snapshot"]["number"],
        2
    );
    assert!(
        lost.iter()
            .all(|answer| answer.error().code == "NAME_TAKEN")
    );
}

#[tokio::test]
async fn commits_without_a_condition_all_win_and_none_is_lost() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("shared").await;
    let tries = (0..CLIENTS * 4).map(|number| server.commit(&dataset, vec![item(number, 1)], &[]));
    let mut versions = join_all(tries).await;
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len() as u64, CLIENTS * 4);
    assert_eq!(server.head(&dataset).await["itemCount"], CLIENTS * 4);
}
