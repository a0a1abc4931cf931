//! Bad input by GraphQL: each gets a clear error with a code, and the server stays well.

use serde_json::{Value, json};

use crate::harness::{Home, KEY, Server, item, reply, within};

/// A UUID that names nothing.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// A mutation by its verb, with its input's fields as JSON.
async fn refused(server: &Server, verb: &str, input: Value) -> (String, u16, String) {
    let mut letters = verb.chars();
    let first = letters.next().expect("a verb").to_ascii_uppercase();
    let kind = format!("{first}{}Input", letters.as_str());
    let document = format!("mutation ($i: {kind}!) {{ {verb}(input: $i) {{ xactId }} }}");
    let error = server.refused(&document, json!({ "i": input })).await;
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
                put(json!({ "key": "a", "data": {}, "media": { "uri": "" } })),
            ),
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
    let future = "1000192656881000000";
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
                of(json!({ "target": { "xactId": "1000192656880881665" } })),
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
                of(json!({ "target": { "xactId": seen, "snapshotId": foreign } })),
            ),
            ("restoreSnapshot", of(json!({ "target": {} }))),
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
}

/// Queries that are refused with a code, and how.
fn refused_queries(dataset: &str) -> Vec<(String, &'static str)> {
    let of = |fields: &str| format!("{{ dataset(id: \"{dataset}\") {{ {fields} }} }}");
    let deep = format!(
        "{{ {} id {} }}",
        "projects { nodes { ".repeat(10),
        "} }".repeat(10)
    );
    let doubling: String = (0..24)
        .map(|level| {
            format!(
                "fragment f{level} on Query {{ ...f{0} ...f{0} }} ",
                level + 1
            )
        })
        .collect();
    let doubling = format!("{{ ...f0 }} {doubling} fragment f24 on Query {{ __typename }}");
    vec![
        (of("items(first: -1) { nodes { key } }"), "BAD_INPUT"),
        (of("items(first: 100000) { nodes { key } }"), "BAD_INPUT"),
        (
            of("items(first: 1, last: 1) { nodes { key } }"),
            "BAD_INPUT",
        ),
        (
            of("items(after: \"no cursor\") { nodes { key } }"),
            "BAD_INPUT",
        ),
        (of("items(after: \"\") { nodes { key } }"), "BAD_INPUT"),
        (of("items(offset: -1) { nodes { key } }"), "BAD_INPUT"),
        (
            of("items(at: { xactId: \"1000192656881000000\" }) { nodes { key } }"),
            "BAD_INPUT",
        ),
        (
            of("items(at: { xactId: \"x\" }) { nodes { key } }"),
            "BAD_INPUT",
        ),
        (
            of(&format!(
                "items(at: {{ snapshotId: \"{NOBODY}\" }}) {{ nodes {{ key }} }}"
            )),
            "NOT_FOUND",
        ),
        (of("versions(first: 501) { nodes { xactId } }"), "BAD_INPUT"),
        (of("nothing"), "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ dataset(id: \"malformed\") { id } }".to_owned(),
            "BAD_INPUT",
        ),
        ("{ node(id: \"malformed\") { id } }".to_owned(), "BAD_INPUT"),
        ("{ event(xactId: \"12\") { id } }".to_owned(), "BAD_INPUT"),
        (
            "{ events(first: -1) { nodes { id } } }".to_owned(),
            "BAD_INPUT",
        ),
        (
            "{ datasets(first: 501) { nodes { id } } }".to_owned(),
            "BAD_INPUT",
        ),
        (
            "{ snapshots(after: \"zz\") { nodes { id } } }".to_owned(),
            "BAD_INPUT",
        ),
        ("{ datasets(".to_owned(), "GRAPHQL_PARSE_FAILED"),
        (String::new(), "GRAPHQL_PARSE_FAILED"),
        (deep, "QUERY_TOO_COMPLEX"),
        (doubling, "QUERY_TOO_COMPLEX"),
    ]
}

#[tokio::test]
async fn questions_that_make_no_sense_are_refused_and_unknown_ids_are_null() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("questions").await;
    for (document, code) in refused_queries(&dataset) {
        let error = server.refused(&document, json!({})).await;
        assert_eq!(error.code, code, "{document}: {error:?}");
        assert!(error.status < 500, "{document}: {error:?}");
        assert!(
            !error.message.is_empty() && !error.hint.is_empty(),
            "{document}: {error:?}"
        );
    }
    for field in ["dataset", "snapshot", "task", "node"] {
        let document = format!("{{ found: {field}(id: \"{NOBODY}\") {{ id }} }}");
        assert_eq!(
            server.ask(&document, json!({})).await["found"],
            Value::Null,
            "{field}"
        );
    }
    let unknown = format!("{{ dataset(id: \"{dataset}\") {{ item(key: \"none\") {{ key }} }} }}");
    assert_eq!(
        server.ask(&unknown, json!({})).await["dataset"]["item"],
        Value::Null
    );
}

#[tokio::test]
async fn bodies_and_credentials_that_are_none_are_refused() {
    let home = Home::new();
    let server = home.start().await;
    for body in ["", "{", "[]", "7", "{\"query\":7}", "{\"variables\":{}}"] {
        let answer = server.post_graphql(body.to_owned()).await;
        assert!(
            (400..500).contains(&answer.status),
            "{body}: {}",
            answer.status
        );
        let error = answer.error();
        let is_told = ["BAD_INPUT", "GRAPHQL_PARSE_FAILED"].contains(&error.code.as_str());
        assert!(is_told, "{body}: {error:?}");
    }
    let huge = json!({ "query": "{ __typename }", "extensions": { "x": "x".repeat(2 << 20) } });
    let answer = server.post_graphql(huge.to_string()).await;
    assert_eq!(
        (answer.status, answer.error().code.as_str()),
        (413, "TOO_LARGE")
    );

    for key in ["", "sl_wrong", "Bearer"] {
        let asked = server
            .http
            .post(format!("{}/graphql", server.address))
            .bearer_auth(key);
        let asked = asked.json(&json!({ "query": "{ __typename }" }));
        let refused = reply(asked).await;
        assert_eq!(refused.status, 401, "{key:?}: {refused:?}");
        let code = &refused.body["errors"][0]["extensions"]["code"];
        assert_eq!(*code, "UNAUTHENTICATED", "{refused:?}");
    }
}

#[tokio::test]
async fn paths_and_parameters_of_bulk_that_make_no_sense_are_refused() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("bulk").await;
    for (dataset, query, status, code) in [
        (NOBODY, "", 404, "NOT_FOUND"),
        ("malformed", "", 400, "BAD_INPUT"),
        (dataset.as_str(), "?mode=merge", 400, "BAD_INPUT"),
        (dataset.as_str(), "?ifVersion=12", 400, "BAD_INPUT"),
        (
            dataset.as_str(),
            "?ifVersion=1000192656881000000",
            400,
            "BAD_INPUT",
        ),
        (dataset.as_str(), "?moed=replace", 400, "BAD_INPUT"),
    ] {
        let refused = reply(server.upload(dataset, query).body("")).await;
        assert_eq!(
            (refused.status, refused.code()),
            (status, code),
            "{query}: {refused:?}"
        );
        assert!(refused.body["hint"].is_string(), "{query}: {refused:?}");
    }
    for (path, status) in [
        (format!("/v1/datasets/{dataset}/items?at=12"), 400),
        (
            format!("/v1/datasets/{dataset}/items?at=1000192656881000000"),
            400,
        ),
        (format!("/v1/datasets/{NOBODY}/items"), 404),
        ("/v1/nothing".to_owned(), 404),
    ] {
        let asked = server
            .http
            .get(format!("{}{path}", server.address))
            .bearer_auth(KEY);
        let refused = reply(asked).await;
        assert_eq!(refused.status, status, "{path}: {refused:?}");
        assert!(!refused.code().is_empty(), "{path}: {refused:?}");
    }
    let asked = server
        .http
        .post(format!("{}/v1/datasets/{dataset}/items", server.address));
    let refused = reply(asked.body("")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (401, "UNAUTHENTICATED"),
        "{refused:?}"
    );
    let ready = server
        .http
        .get(format!("{}/healthz", server.address))
        .send();
    assert!(
        within("health", ready)
            .await
            .expect("an answer")
            .status()
            .is_success()
    );
}
