//! GraphQL over HTTP as a client finds it: what status says what, in which media type, by which
//! method; and that nothing is an error without a code.

use serde_json::{Value, json};

use crate::harness::{Home, KEY, Reply, Server, reply, text};

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

/// The stable code of the first error.
fn code(reply: &Reply) -> &str {
    let code = reply.body["errors"][0]["extensions"]["code"].as_str();
    code.unwrap_or_default()
}

/// Checks that a reply is a refusal: a code, a hint, and no data.
fn check_refused(reply: &Reply, status: u16, expected: &str) {
    assert_eq!((reply.status, code(reply)), (status, expected), "{reply:?}");
    assert!(reply.body.get("data").is_none(), "{reply:?}");
    assert!(
        reply.body["errors"][0]["extensions"]["hint"].is_string(),
        "{reply:?}"
    );
}

impl Server {
    fn posted(&self, accept: &str, body: impl ToString) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}/graphql", self.address));
        let request = request.bearer_auth(KEY).header("accept", accept);
        request.header("content-type", JSON).body(body.to_string())
    }

    fn got(&self, parameters: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let address = format!("{}/graphql", self.address);
        let address = reqwest::Url::parse_with_params(&address, parameters);
        self.http.get(address.expect("an address")).bearer_auth(KEY)
    }
}

#[tokio::test]
async fn the_status_says_what_the_media_type_promises() {
    let home = Home::new();
    let server = home.start().await;
    let query = |query: &str| json!({ "query": query });
    let needs_id = "query($id: ID!) { dataset(id: $id) { id } }";
    let two = "query a { ledger { head } } query b { ledger { head } }";
    let deep = "{ projects { nodes { datasets { nodes { project { datasets { nodes { project { \
        datasets { nodes { project { datasets { nodes { id } } } } } } } } } } } } } }";
    let future = json!({ "query": "{ ledger { head } }",
        "extensions": { "minXactId": "1000080592259999999" } });
    // A request that the graph refuses: 400 for those who trust the status, else 200.
    for (body, expected) in [
        (query("{"), "GRAPHQL_PARSE_FAILED"),
        (query(""), "GRAPHQL_PARSE_FAILED"),
        (query("{ nothing }"), "GRAPHQL_VALIDATION_FAILED"),
        (query(needs_id), "BAD_INPUT"),
        (
            json!({ "query": needs_id, "variables": { "id": {} } }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (query(two), "GRAPHQL_VALIDATION_FAILED"),
        (query(deep), "QUERY_TOO_COMPLEX"),
        (query("subscription { events { caughtUp } }"), "BAD_INPUT"),
        (
            query("subscription { a: events { caughtUp } events { caughtUp } }"),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (future, "BAD_INPUT"),
    ] {
        check_refused(&reply(server.posted(GRAPHQL, &body)).await, 400, expected);
        check_refused(&reply(server.posted(JSON, &body)).await, 200, expected);
    }
    // One that runs: 200 for both, whatever comes of it.
    for (body, expected) in [
        (query("{ ledger { head } }"), ""),
        (query("{ node(id: \"x\") { id } }"), "BAD_INPUT"),
        (
            query("mutation { deleteDataset(input: { datasetId: \"x\" }) { xactId } }"),
            "BAD_INPUT",
        ),
    ] {
        for accept in [GRAPHQL, JSON] {
            let reply = reply(server.posted(accept, &body)).await;
            assert_eq!((reply.status, code(&reply)), (200, expected), "{body}");
            assert!(reply.body.get("data").is_some(), "{reply:?}");
            let cost = &reply.body["extensions"]["cost"];
            assert!(
                cost["requested"].is_number() && cost["actual"].is_number(),
                "{reply:?}"
            );
            assert_eq!(cost["limit"], 10_000, "{reply:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_in_every_media_type() {
    let home = Home::new();
    let server = home.start().await;
    let deep = format!(
        "{{\"query\":\"\",\"variables\":{}{}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    for body in [
        "",
        "{",
        "7",
        "{}",
        "[]",
        "[7]",
        r#"{"query":7}"#,
        deep.as_str(),
    ] {
        for accept in [GRAPHQL, JSON, "*/*"] {
            check_refused(&reply(server.posted(accept, body)).await, 400, "BAD_INPUT");
        }
    }
    let body = r#"{"query":"{ __typename }"}"#;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
        GRAPHQL,
    ] {
        let request = server.http.post(format!("{}/graphql", server.address));
        let request = request
            .bearer_auth(KEY)
            .header("content-type", content_type);
        check_refused(&reply(request.body(body)).await, 415, "BAD_INPUT");
    }
    let packed = server.posted(JSON, body).header("content-encoding", "gzip");
    check_refused(&reply(packed).await, 415, "BAD_INPUT");
    check_refused(
        &reply(server.posted("text/html", body)).await,
        406,
        "BAD_INPUT",
    );
    let huge = json!({ "query": "{ __typename }", "x": "x".repeat(5 << 20) });
    check_refused(&reply(server.posted(JSON, huge)).await, 413, "TOO_LARGE");
}

#[tokio::test]
async fn answers_come_in_the_media_type_that_is_liked_best() {
    let home = Home::new();
    let server = home.start().await;
    for (accept, expected) in [
        ("*/*", JSON),
        (
            "application/graphql-response+json, application/json;q=0.9",
            GRAPHQL,
        ),
        (
            "application/graphql-response+json;q=0.8, application/json;q=0.9",
            JSON,
        ),
        ("text/html, application/xhtml+xml, */*;q=0.1", JSON),
    ] {
        let asked = server.posted(accept, json!({ "query": "{ __typename }" }));
        let answered = asked.send().await.expect("an answer");
        let found = answered.headers()["content-type"].to_str().expect("text");
        assert_eq!(found, format!("{expected}; charset=utf-8"), "{accept}");
    }
}

#[tokio::test]
async fn by_get_only_queries_run() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("got").await;
    let document =
        "query one($id: ID!) { dataset(id: $id) { name } } query two { ledger { head } }";
    let variables = json!({ "id": dataset }).to_string();
    let found = server.got(&[
        ("query", document),
        ("operationName", "one"),
        ("variables", &variables),
    ]);
    assert_eq!(reply(found).await.body["data"]["dataset"]["name"], "got");
    let head = server.ask("{ ledger { head } }", json!({})).await;
    let extensions = json!({ "minXactId": head["ledger"]["head"] }).to_string();
    let found = server.got(&[
        ("query", document),
        ("operationName", "two"),
        ("extensions", &extensions),
    ]);
    assert_eq!(reply(found).await.body["data"], head);

    let makes = "mutation { createDataset(input: { name: \"by get\" }) { dataset { id } } }";
    for query in [makes, "subscription { events { caughtUp } }"] {
        let answered = server
            .got(&[("query", query)])
            .send()
            .await
            .expect("an answer");
        assert_eq!(answered.headers()["allow"], "POST", "{query}");
        assert_eq!(answered.status().as_u16(), 405, "{query}");
        let body: Value = answered.json().await.expect("JSON");
        assert_eq!(
            body["errors"][0]["extensions"]["code"], "BAD_INPUT",
            "{query}"
        );
    }
    let datasets = server.ask("{ datasets { totalCount } }", json!({})).await;
    assert_eq!(datasets["datasets"]["totalCount"], 1);

    for parameters in [
        &[][..],
        &[("query", "{ __typename }"), ("variables", "[")],
        &[("query", "{ __typename }"), ("variables", "[]")],
        &[("query", "{ __typename }"), ("query", "{ __typename }")],
    ] {
        check_refused(&reply(server.got(parameters)).await, 400, "BAD_INPUT");
    }
    for method in [
        reqwest::Method::PUT,
        reqwest::Method::DELETE,
        reqwest::Method::PATCH,
    ] {
        let request = server
            .http
            .request(method, format!("{}/graphql", server.address));
        check_refused(&reply(request.bearer_auth(KEY)).await, 405, "BAD_INPUT");
    }
}

#[tokio::test]
async fn each_request_of_a_batch_is_answered_for_itself() {
    let home = Home::new();
    let server = home.start().await;
    let makes = "mutation { createDataset(input: { name: \"batched\" }) { dataset { id } } }";
    let finds = "{ datasetByName(name: \"batched\") { id } }";
    let batch = json!([{ "query": makes }, { "query": finds }, { "query": "{ nothing }" }]);
    for accept in [GRAPHQL, JSON] {
        let found = reply(server.posted(accept, &batch)).await;
        assert_eq!(found.status, 200, "{found:?}");
        let id = text(&found.body[1]["data"]["datasetByName"]["id"]);
        let refused = &found.body[2];
        assert_eq!(
            refused["errors"][0]["extensions"]["code"],
            "GRAPHQL_VALIDATION_FAILED"
        );
        assert!(refused.get("data").is_none());
        server.delete_dataset(&id).await;
    }
    let many = json!(vec![json!({ "query": finds }); 100]);
    check_refused(&reply(server.posted(JSON, many)).await, 400, "BAD_INPUT");
}

#[tokio::test]
async fn nobody_is_answered_who_is_not_known() {
    let home = Home::new();
    let server = home.start().await;
    let address = format!("{}/graphql?query=%7B__typename%7D", server.address);
    for request in [
        server.http.get(&address),
        server.http.post(&address).body("no JSON"),
        server
            .http
            .post(&address)
            .bearer_auth("sl_wrong")
            .body("x".repeat(1 << 20)),
        server.http.delete(&address),
    ] {
        let answered = request.send().await.expect("an answer");
        assert_eq!(answered.status().as_u16(), 401);
        assert_eq!(answered.headers()["www-authenticate"], "Bearer");
        let body: Value = answered.json().await.expect("JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
    // Who is refused while they still send learns why, and not only that it broke.
    for _ in 0..20 {
        let request = server.http.post(&address).body("x".repeat(1 << 20));
        let answered = request.send().await.expect("an answer");
        assert_eq!(answered.status().as_u16(), 401);
    }
}
