//! This dialect's words for every fault, and its calls over the wire.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Dws, dialect, error};
use crate::rest::fault::every;
use crate::rest::tests::served::{KEY, Served};
use crate::rest::tongue::Tongue;

#[test]
fn every_route_is_documented_and_every_document_served() {
    assert_eq!(dialect().undocumented(), Vec::<String>::new());
}

/// Fault, status, code.
const TOLD: &[(&str, u16, &str)] = &[
    ("UNAUTHENTICATED", 401, "APIGW.0301"),
    ("RATE_LIMITED", 429, "APIGW.0308"),
    ("NO_SUCH_PATH", 404, "APIGW.0101"),
    ("METHOD_NOT_ALLOWED", 405, "APIGW.0101"),
    ("BAD_PATH", 400, "DWS.0001"),
    ("BAD_QUERY", 400, "DWS.0001"),
    ("BAD_HEADER", 400, "DWS.0001"),
    ("BODY_MISSING", 400, "DWS.0006"),
    ("BODY_MALFORMED", 400, "DWS.0001"),
    ("BODY_WRONG_TYPE", 400, "DWS.0001"),
    ("BODY_TOO_LARGE", 413, "DWS.0001"),
    ("BODY_BROKE_OFF", 400, "DWS.0001"),
    ("FORBIDDEN", 403, "DWS.0015"),
    ("UNAVAILABLE", 503, "DWS.0005"),
    ("FAULT", 500, "DWS.0005"),
    ("BAD_INPUT", 400, "DWS.0001"),
    ("NOT_FOUND", 404, "DWS.0015"),
    ("NAME_TAKEN", 409, "DWS.5050"),
    ("VERSION_CONFLICT", 409, "DWS.0011"),
    ("DATASET_LOCKED", 409, "DWS.0011"),
    ("DATASET_NOT_READY", 409, "DWS.0011"),
    ("OPERATION_RUNNING", 409, "DWS.0011"),
    ("SNAPSHOTS_DISABLED", 403, "DWS.0015"),
    ("SNAPSHOT_IS_CURRENT", 409, "DWS.0011"),
    ("NOTHING_TO_UPDATE", 400, "DWS.0001"),
    ("TASK_ENDED", 409, "DWS.0011"),
    ("API_KEY_REVOKED", 409, "DWS.0011"),
    ("LEASE_HELD", 409, "DWS.0011"),
    ("IDEMPOTENCY_KEY_REUSED", 409, "DWS.0011"),
    ("TOO_LARGE", 413, "DWS.0001"),
    ("BEYOND_HEAD", 400, "DWS.0001"),
];

#[tokio::test]
async fn every_fault_has_its_status_and_its_code() {
    let faults = every::faults();
    assert_eq!(faults.len(), TOLD.len());
    for ((code, fault), (expected, status, error_code)) in faults.iter().zip(TOLD) {
        assert_eq!(code, expected);
        let response = Dws::tell(fault);
        assert_eq!(response.status().as_u16(), *status, "{code}");
        let documented = error::ERRORS.iter().any(|(known, _)| known == status);
        assert!(documented || *status == 405, "{status} is not documented");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await;
        let body: Value = serde_json::from_slice(&bytes.expect("bytes")).expect("JSON");
        assert_eq!(body["error_code"], *error_code, "{code}");
        let message = body["error_msg"].as_str().expect("text");
        assert!(!message.is_empty() && !message.contains("disk 7"), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_a_dataset_of_the_path_s_project() {
    let served = Served::start().await;
    let id = served.dataset("penguins").await;
    let project = served.ledger().default_project().0.simple().to_string();
    let token = [("x-auth-token", KEY), ("content-type", "application/json")];
    let get = |project: &str, id: &str| format!("/v1.0/{project}/clusters/{id}");
    let (status, _, text) = served.ask(("GET", &get(&project, &id)), &token, None).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let cluster: Value = serde_json::from_str(&text).expect("JSON");
    let cluster = &cluster["cluster"];
    assert_eq!(
        (&cluster["id"], &cluster["name"]),
        (&json!(id), &json!("penguins"))
    );
    assert_eq!(
        (&cluster["status"], &cluster["sub_status"]),
        (&json!("AVAILABLE"), &json!("NORMAL"))
    );
    let created = cluster["created"].as_str().expect("text");
    assert!(created.len() == 20 && created.ends_with('Z'), "{created}");

    let check =
        async |method: &str, path: &str, headers: &[(&str, &str)], expected: (u16, &str)| {
            let (status, _, text) = served.ask((method, path), headers, None).await;
            let body: Value =
                serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"));
            let code = body["error_code"].as_str().unwrap_or_default();
            assert_eq!((status.as_u16(), code), expected, "{method} {path}: {text}");
        };
    let there = get(&project, &id);
    let bearer = format!("Bearer {KEY}");
    check("GET", &there, &[], (401, "APIGW.0301")).await;
    check(
        "GET",
        &there,
        &[("x-auth-token", "sl_no")],
        (401, "APIGW.0301"),
    )
    .await;
    check(
        "GET",
        &there,
        &[("authorization", "Basic x")],
        (401, "APIGW.0301"),
    )
    .await;
    let late = [
        ("authorization", bearer.as_str()),
        ("x-min-xact-id", "soon"),
    ];
    check("GET", &there, &late, (400, "DWS.0001")).await;
    let nobody = uuid::Uuid::nil().to_string();
    for (project, id) in [
        (project.as_str(), "no-id"),
        (&project, &nobody),
        ("elsewhere", &id),
        (&nobody, &id),
        (&project, "%ff"),
    ] {
        let (status, _, text) = served.ask(("GET", &get(project, id)), &token, None).await;
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        assert!(body["error_code"].is_string(), "{text}");
        assert!(matches!(status.as_u16(), 400 | 404), "{status} {text}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_created_and_only_its_id_is_told() {
    let served = Served::start().await;
    let id = served.dataset("penguins").await;
    let project = served.ledger().default_project().0.simple().to_string();
    let path = format!("/v1.0/{project}/snapshots");
    let post = async |body: &str| {
        // The SDKs say a type with a charset; this caller says none.
        let headers = [("x-auth-token", KEY)];
        let (status, _, text) = served.ask(("POST", &path), &headers, Some(body)).await;
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        (status.as_u16(), body)
    };
    let asked = |name: &str, more: Value| {
        json!({"snapshot": {"name": name, "cluster_id": id, "description": more}}).to_string()
    };
    let (status, body) = post(&asked("Snapshot-1", json!("before"))).await;
    assert_eq!(status, 200, "{body}");
    let made: crate::domain::ids::SnapshotId = body["snapshot"]["id"]
        .as_str()
        .expect("text")
        .parse()
        .expect("an id");
    assert_eq!(body, json!({"snapshot": {"id": made.to_string()}}));
    let reads = served.ledger().reads(&Served::ada().principal);
    let row = reads.snapshot(made).expect("readable").expect("there");
    assert_eq!(
        (&*row.shown_name, &*row.description),
        ("Snapshot-1", "before")
    );

    let long = "x".repeat(257);
    for (body, status, code) in [
        ("", 400, "DWS.0006"),
        ("{", 400, "DWS.0001"),
        ("[1]", 400, "DWS.0001"),
        (r#"{"snapshot":{"name":"good"}}"#, 400, "DWS.0001"),
        (&asked("abc", Value::Null), 400, "DWS.0001"),
        (&asked("1abc", Value::Null), 400, "DWS.0001"),
        (&asked("with space", Value::Null), 400, "DWS.0001"),
        (&asked("good", json!("a < b")), 400, "DWS.0001"),
        (&asked("good", json!(long)), 400, "DWS.0001"),
        (&asked("SNAPSHOT-1", Value::Null), 409, "DWS.5050"),
        (
            &asked("good", Value::Null).replace(&id, "no-id"),
            404,
            "DWS.0015",
        ),
    ] {
        let (found, answer) = post(body).await;
        assert_eq!(
            (found, &answer["error_code"]),
            (status, &json!(code)),
            "{body} {answer}"
        );
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_in_the_words_of_the_dialect() {
    let told = |response: axum::response::Response| response.status().as_u16();
    assert_eq!(told(crate::rest::not_found("/v1.0/p/nothing")), 404);
    assert_eq!(
        told(crate::rest::method_not_allowed("/v1.0/p/clusters/1")),
        405
    );
    let response = crate::rest::not_found("/v1.0/p/nothing");
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await;
    let body: Value = serde_json::from_slice(&bytes.expect("bytes")).expect("JSON");
    assert_eq!(body["error_code"], "APIGW.0101");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_open_and_names_every_call() {
    let served = Served::start().await;
    let (status, headers, text) = served.ask(("GET", "/openapi/dws.json"), &[], None).await;
    assert_eq!(
        (status, headers["content-type"].to_str().expect("text")),
        (StatusCode::OK, "application/json")
    );
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let call = &document["paths"]["/v1.0/{project_id}/clusters/{cluster_id}"]["get"];
    for status in ["200", "400", "401", "404", "500", "503"] {
        assert!(call["responses"][status].is_object(), "{status}: {call}");
    }
    assert!(document["components"]["schemas"]["ErrorBody"].is_object());
    served.stop().await;
}
