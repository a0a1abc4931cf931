//! What the server measures: told to those who may read everything, in Prometheus' form.

use serde_json::json;

use crate::harness::{Home, KEY, PAUSE, Server, Socket, line, within};

/// The figures as they are told.
async fn figures(server: &Server) -> String {
    let request = server.http.get(format!("{}/metrics", server.address));
    let answered = request.bearer_auth(KEY).send().await.expect("an answer");
    assert_eq!(answered.status(), 200);
    let kind = answered.headers()["content-type"].to_str().expect("a type");
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    answered.text().await.expect("a body")
}

/// The value of the row that begins so.
fn value(figures: &str, row: &str) -> f64 {
    let line = figures.lines().find_map(|line| line.strip_prefix(row));
    let line = line.unwrap_or_else(|| panic!("no {row} in {figures}"));
    line.trim().parse().expect("a number")
}

const WATCH: &str = "subscription ($id: ID!) { restoreProgress(datasetId: $id) { phase } }";

#[tokio::test]
async fn figures_tell_what_was_asked_and_what_the_log_did() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("measured").await;
    server.import(&dataset, "", line(0, 1)).await;
    server.ask("{ datasets { nodes { id } } }", json!({})).await;
    server.refused("{ nothing }", json!({})).await;
    server
        .refused(
            "mutation { deleteDataset(input: { datasetId: \"x\" }) { xactId } }",
            json!({}),
        )
        .await;

    let told = figures(&server).await;
    assert!(told.ends_with("# EOF\n"), "{told}");
    for (row, expected) in [
        (
            "snapledger_graphql_operations_total{kind=\"mutation\",code=\"OK\"}",
            1.0,
        ),
        (
            "snapledger_graphql_operations_total{kind=\"query\",code=\"OK\"}",
            1.0,
        ),
        (
            "snapledger_graphql_operations_total{kind=\"unknown\",code=\"GRAPHQL_VALIDATION_FAILED\"}",
            1.0,
        ),
        (
            "snapledger_graphql_operations_total{kind=\"mutation\",code=\"BAD_INPUT\"}",
            1.0,
        ),
        (
            "snapledger_graphql_operation_seconds_count{kind=\"query\"}",
            1.0,
        ),
        (
            "snapledger_http_requests_total{method=\"POST\",route=\"/v1/datasets/{id}/items\",status=\"200\"}",
            1.0,
        ),
        (
            "snapledger_http_request_seconds_count{route=\"/v1/datasets/{id}/items\"}",
            1.0,
        ),
        ("snapledger_views_lag_positions", 0.0),
        ("snapledger_content_repairs_total", 0.0),
        ("snapledger_tasks_running", 0.0),
        ("snapledger_subscribers", 0.0),
        ("snapledger_sockets", 0.0),
        ("snapledger_connections_turned_away_total", 0.0),
        ("snapledger_well", 1.0),
    ] {
        assert_eq!(value(&told, &format!("{row} ")), expected, "{row}\n{told}");
    }
    assert!(value(&told, "snapledger_log_head_position ") >= 5.0);
    assert!(value(&told, "snapledger_log_append_seconds_count ") >= 2.0);
    assert!(value(&told, "snapledger_log_batch_appends_sum ") >= 2.0);
    assert!(value(&told, "snapledger_connections ") >= 1.0);
    assert!(told.contains(concat!("version=\"", env!("CARGO_PKG_VERSION"), "\"")));
    assert!(!told.contains(&dataset), "no id of anybody's is told");

    let socket = Socket::open(&server, WATCH, json!({ "id": dataset })).await;
    within("a subscriber", async {
        loop {
            let told = figures(&server).await;
            let seen = ["snapledger_sockets ", "snapledger_subscribers "];
            if seen.iter().all(|row| value(&told, row) == 1.0) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    drop(socket);
    within("the subscriber's end", async {
        while value(&figures(&server).await, "snapledger_sockets ") > 0.0 {
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn figures_are_told_only_with_a_key_and_health_to_everyone() {
    let home = Home::new();
    let server = home.start().await;
    for (path, key, expected) in [
        ("/metrics", None, 401),
        ("/metrics", Some("sl_wrong"), 401),
        ("/metrics", Some(KEY), 200),
        ("/healthz", None, 200),
        ("/readyz", None, 200),
    ] {
        let request = server.http.get(format!("{}{path}", server.address));
        let request = key
            .into_iter()
            .fold(request, |request, key| request.bearer_auth(key));
        let answered = request.send().await.expect("an answer");
        assert_eq!(answered.status(), expected, "{path} {key:?}");
    }
    server.stop().await;
}
