//! Questions, bodies and paths that make no sense: each gets a clear error with a code, never a
//! fault, and the server stays well.

use serde_json::{Value, json};

use crate::harness::{Home, KEY, NOBODY, reply, within};

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
            of("items(at: { xactId: \"1000080592259999999\" }) { nodes { key } }"),
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
        assert!(answer.status < 500, "{body}: {}", answer.status);
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
            "?ifVersion=1000080592259999999",
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
            format!("/v1/datasets/{dataset}/items?at=1000080592259999999"),
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
