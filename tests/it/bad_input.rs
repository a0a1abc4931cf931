//! Bad input to mutations: each gets a clear error with a code, and nothing is changed by it.

use serde_json::{Value, json};

use crate::harness::{Home, NOBODY, Server, item};

/// A mutation by its verb, with its input's fields as JSON.
async fn refused(server: &Server, verb: &str, input: Value) -> (String, u16, String) {
    let mut letters = verb.chars();
    let first = letters.next().expect("a verb").to_ascii_uppercase();
    let kind = format!("{first}{}Input", letters.as_str());
    let document = format!("mutation ($i: {kind}!) {{ {verb}(input: $i) {{ xactId }} }}");
    let answer = server.answer(&document, json!({ "i": input })).await;
    let shown: String = input.to_string().chars().take(200).collect();
    assert!(answer.is_refused(), "{verb} {shown} was done");
    let error = answer.error();
    (error.code, error.status, error.message)
}

/// Every one of these mutations is refused with this code, and not as a fault.
async fn check(server: &Server, code: &str, cases: Vec<(&str, Value)>) {
    for (verb, input) in cases {
        let shown: String = input.to_string().chars().take(200).collect();
        let (found, status, message) = refused(server, verb, input).await;
        assert_eq!(found, code, "{verb} {shown}: {message}");
        assert!(status < 500, "{verb} {shown}: {status}");
        assert!(!message.is_empty(), "{verb} {shown}");
    }
}

#[tokio::test]
async fn names_and_words_out_of_bounds_are_refused() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("good").await;
    let long = "n".repeat(300);
    let words = "w".repeat(10_001);
    check(
        &server,
        "BAD_INPUT",
        vec![
            ("createDataset", json!({ "name": "" })),
            ("createDataset", json!({ "name": "   " })),
            ("createDataset", json!({ "name": long })),
            ("createDataset", json!({ "name": "a\u{0}b" })),
            ("createDataset", json!({ "name": "a\nb" })),
            (
                "createDataset",
                json!({ "name": "d", "description": words }),
            ),
            (
                "createDataset",
                json!({ "name": "d", "idempotencyKey": "" }),
            ),
            (
                "createDataset",
                json!({ "name": "d", "idempotencyKey": long }),
            ),
            ("createProject", json!({ "name": "" })),
            ("updateDataset", json!({ "datasetId": dataset, "name": "" })),
            (
                "createSnapshot",
                json!({ "datasetId": dataset, "name": "" }),
            ),
            (
                "createSnapshot",
                json!({ "datasetId": dataset, "name": long }),
            ),
            (
                "createSnapshot",
                json!({ "datasetId": dataset, "name": "s", "description": words }),
            ),
        ],
    )
    .await;
    check(
        &server,
        "NAME_TAKEN",
        vec![
            ("createDataset", json!({ "name": "good" })),
            ("createDataset", json!({ "name": " GOOD " })),
        ],
    )
    .await;
    check(
        &server,
        "NOTHING_TO_UPDATE",
        vec![("updateDataset", json!({ "datasetId": dataset }))],
    )
    .await;
}

#[tokio::test]
async fn items_that_cannot_be_are_refused() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("items").await;
    let put = |item: Value| json!({ "datasetId": dataset, "upserts": [item] });
    let mut deep = json!({});
    for _ in 0..70 {
        deep = json!({ "a": deep });
    }
    check(
        &server,
        "BAD_INPUT",
        vec![
            ("commitItems", put(json!({ "key": "", "data": {} }))),
            (
                "commitItems",
                put(json!({ "key": "k".repeat(1_025), "data": {} })),
            ),
            (
                "commitItems",
                put(json!({ "key": "é".repeat(513), "data": {} })),
            ),
            ("commitItems", put(json!({ "key": "a\u{0}b", "data": {} }))),
            ("commitItems", put(json!({ "key": "a\tb", "data": {} }))),
            ("commitItems", put(json!({ "key": "a", "data": [1] }))),
            ("commitItems", put(json!({ "key": "a", "data": "text" }))),
            ("commitItems", put(json!({ "key": "a", "data": 7 }))),
            ("commitItems", put(json!({ "key": "a", "data": deep }))),
            (
                "commitItems",
                json!({ "datasetId": dataset, "deletes": [""] }),
            ),
            (
                "commitItems",
                json!({ "datasetId": dataset, "deletes": ["a\u{0}"] }),
            ),
        ],
    )
    .await;
    let text = "x".repeat(600 << 10);
    check(
        &server,
        "TOO_LARGE",
        vec![
            (
                "commitItems",
                put(json!({ "key": "a", "data": { "text": text } })),
            ),
            (
                "commitItems",
                put(json!({ "key": "a", "data": { "text": "x".repeat(2_000_000) } })),
            ),
        ],
    )
    .await;
    assert_eq!(server.head(&dataset).await["itemCount"], 0);
    // At the bound it is taken.
    server
        .commit(
            &dataset,
            vec![json!({ "key": "k".repeat(1_024), "data": {} })],
            &[],
        )
        .await;
}

#[tokio::test]
async fn ids_and_versions_that_name_nothing_are_refused() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("ids").await;
    let seen = server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let elsewhere = server.dataset("elsewhere").await;
    let foreign = server.snapshot(&elsewhere, "foreign").await;
    let future = "1000080592259999999";
    let of = |more: Value| {
        let mut input = more;
        input["datasetId"] = json!(dataset);
        input
    };
    check(
        &server,
        "NOT_FOUND",
        vec![
            ("commitItems", json!({ "datasetId": NOBODY, "upserts": [] })),
            ("createSnapshot", json!({ "datasetId": NOBODY })),
            ("deleteDataset", json!({ "datasetId": NOBODY })),
            (
                "restoreSnapshot",
                of(json!({ "target": { "snapshotId": NOBODY } })),
            ),
            (
                "restoreSnapshot",
                of(json!({ "target": { "snapshotId": foreign } })),
            ),
            (
                "restoreSnapshot",
                of(json!({ "target": { "xactId": "1000080592252960769" } })),
            ),
            ("cloneSnapshot", json!({ "snapshotId": NOBODY })),
            ("deleteSnapshot", json!({ "snapshotId": NOBODY })),
            ("undeleteSnapshot", json!({ "snapshotId": NOBODY })),
            (
                "renameSnapshot",
                json!({ "snapshotId": NOBODY, "name": "x" }),
            ),
            ("cancelTask", json!({ "taskId": NOBODY })),
            (
                "finishOperation",
                json!({ "operationId": NOBODY, "outcome": "FAILED" }),
            ),
        ],
    )
    .await;
    check(
        &server,
        "BAD_INPUT",
        vec![
            ("commitItems", json!({ "datasetId": "7", "upserts": [] })),
            ("deleteSnapshot", json!({ "snapshotId": "no id" })),
            ("cancelTask", json!({ "taskId": "" })),
            ("createSnapshot", of(json!({ "xactId": future }))),
            ("createSnapshot", of(json!({ "xactId": "12" }))),
            (
                "createSnapshot",
                of(json!({ "xactId": "9999999999999999999" })),
            ),
            (
                "restoreSnapshot",
                of(json!({ "target": { "xactId": future } })),
            ),
            (
                "restoreSnapshot",
                of(json!({ "target": { "at": "yesterday" } })),
            ),
            ("cloneSnapshot", json!({})),
            (
                "cloneSnapshot",
                json!({ "snapshotId": foreign, "version": { "id": dataset } }),
            ),
        ],
    )
    .await;
    check(
        &server,
        "GRAPHQL_VALIDATION_FAILED",
        vec![
            (
                "restoreSnapshot",
                of(json!({ "target": { "xactId": seen, "snapshotId": foreign } })),
            ),
            ("restoreSnapshot", of(json!({ "target": {} }))),
        ],
    )
    .await;
}
