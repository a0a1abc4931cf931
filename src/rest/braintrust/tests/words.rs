//! What is told when it does not go as asked.

use axum::body::to_bytes;
use serde_json::{Value, json};

use super::Desk;
use crate::rest::braintrust::{Braintrust, dialect, error};
use crate::rest::fault::every;
use crate::rest::tongue::Tongue;

#[test]
fn every_route_is_documented_and_every_document_served() {
    assert_eq!(dialect().undocumented(), Vec::<String>::new());
}

/// Fault, status.
const TOLD: &[(&str, u16)] = &[
    ("UNAUTHENTICATED", 401),
    ("RATE_LIMITED", 429),
    ("NO_SUCH_PATH", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("BAD_PATH", 400),
    ("BAD_QUERY", 400),
    ("BAD_HEADER", 400),
    ("BODY_MISSING", 400),
    ("BODY_MALFORMED", 400),
    ("BODY_WRONG_TYPE", 400),
    ("BODY_TOO_LARGE", 413),
    ("BODY_BROKE_OFF", 400),
    ("FORBIDDEN", 403),
    ("UNAVAILABLE", 503),
    ("FAULT", 500),
    ("BAD_INPUT", 400),
    ("NOT_FOUND", 404),
    ("NAME_TAKEN", 400),
    ("VERSION_CONFLICT", 409),
    ("DATASET_LOCKED", 409),
    ("DATASET_NOT_READY", 409),
    ("OPERATION_RUNNING", 409),
    ("SNAPSHOTS_DISABLED", 403),
    ("SNAPSHOT_IS_CURRENT", 409),
    ("NOTHING_TO_UPDATE", 400),
    ("TASK_ENDED", 409),
    ("API_KEY_REVOKED", 400),
    ("LEASE_HELD", 409),
    ("IDEMPOTENCY_KEY_REUSED", 409),
    ("TOO_LARGE", 413),
    ("BEYOND_HEAD", 400),
];

#[tokio::test]
async fn every_fault_has_its_status_and_is_told_as_plain_text() {
    let faults = every::faults();
    assert_eq!(faults.len(), TOLD.len());
    for ((code, fault), (expected, status)) in faults.iter().zip(TOLD) {
        assert_eq!(code, expected);
        let response = Braintrust::tell(fault);
        assert_eq!(response.status().as_u16(), *status, "{code}");
        let documented = error::ERRORS.iter().any(|(known, _)| known == status);
        assert!(documented || *status == 405, "{status} is not documented");
        let (parts, body) = response.into_parts();
        assert_eq!(parts.headers["content-type"], Braintrust::ERROR_TYPE);
        let again = parts.headers.contains_key("retry-after");
        assert_eq!(again, matches!(status, 429 | 503), "{code}");
        let bytes = to_bytes(body, 1 << 16).await.expect("bytes");
        let message = String::from_utf8(bytes.to_vec()).expect("text");
        assert!(!message.is_empty() && !message.contains("disk 7"), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_and_never_a_fault() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let nobody = uuid::Uuid::nil().to_string();
    let at = |rest: &str| format!("/v1/dataset/{dataset}{rest}");
    let snapshot = |id: &str| format!("/v1/dataset_snapshot/{id}");
    let head = desk.head().await;
    let new =
        |name: &str, xact: &str| json!({"dataset_id": dataset, "name": name, "xact_id": xact});
    let cases = [
        ("GET", snapshot(&nobody), Value::Null, 404),
        ("GET", snapshot("7"), Value::Null, 400),
        ("PATCH", snapshot(&nobody), json!({"name": "x"}), 404),
        ("DELETE", snapshot(&nobody), Value::Null, 404),
        ("PUT", snapshot(&nobody), Value::Null, 405),
        ("POST", "/v1/dataset_snapshot".into(), Value::Null, 400),
        ("POST", "/v1/dataset_snapshot".into(), json!([1]), 400),
        (
            "POST",
            "/v1/dataset_snapshot".into(),
            json!({"name": "x"}),
            400,
        ),
        ("POST", "/v1/dataset_snapshot".into(), new("", &head), 400),
        ("POST", "/v1/dataset_snapshot".into(), new("x", ""), 400),
        ("POST", "/v1/dataset_snapshot".into(), new("x", "12"), 400),
        (
            "POST",
            "/v1/dataset_snapshot".into(),
            new("x", "1000474850105884672"),
            400,
        ),
        (
            "POST",
            "/v1/dataset_snapshot".into(),
            json!({"dataset_id": nobody, "name": "x", "xact_id": head}),
            400,
        ),
        (
            "GET",
            format!("/v1/dataset_snapshot?starting_after={nobody}"),
            Value::Null,
            400,
        ),
        (
            "GET",
            "/v1/dataset_snapshot?limit=-1".into(),
            Value::Null,
            400,
        ),
        ("GET", "/v1/dataset_snapshot?ids=7".into(), Value::Null, 400),
        ("POST", at("/restore"), json!({"version": ""}), 400),
        ("POST", at("/restore"), json!({}), 400),
        (
            "POST",
            format!("/v1/dataset/{nobody}/restore"),
            json!({"version": head}),
            404,
        ),
        (
            "POST",
            format!("/v1/dataset/{nobody}/restore/preview"),
            json!({"version": head}),
            404,
        ),
        ("POST", at("/insert"), json!({"events": [{"id": 7}]}), 400),
        ("POST", at("/insert"), json!({"events": [{"id": ""}]}), 400),
        (
            "POST",
            at("/insert"),
            json!({"events": [{"tags": [1]}]}),
            400,
        ),
        (
            "POST",
            at("/insert"),
            json!({"events": [{"metadata": "x"}]}),
            400,
        ),
        ("POST", at("/fetch"), json!({"cursor": "x"}), 400),
        ("POST", at("/fetch"), json!({"limit": -1}), 400),
        ("GET", at("/fetch?version=7"), Value::Null, 400),
        (
            "GET",
            at("/summarize?summarize_data=maybe"),
            Value::Null,
            400,
        ),
        ("GET", "/v1/dataset/7".into(), Value::Null, 400),
        ("GET", "/v1/dataset/%ff".into(), Value::Null, 400),
        ("GET", "/dataset-summary".into(), Value::Null, 400),
        (
            "POST",
            "/v1/dataset".into(),
            json!({"project_id": nobody, "name": "x"}),
            404,
        ),
        ("POST", "/v1/project".into(), json!({"name": " "}), 400),
        ("POST", "/logs3".into(), json!({"rows": [{"id": "a"}]}), 400),
        (
            "POST",
            "/logs3".into(),
            json!({"rows": [{"id": "a", "dataset_id": nobody}]}),
            404,
        ),
        ("POST", "/btql".into(), json!({"query": "select 1"}), 400),
        ("POST", "/api/dataset/register".into(), json!({}), 400),
    ];
    for (method, path, body, expected) in cases {
        let shown = format!("{method} {path} {body}");
        let (status, told) = desk.ask(method, &path, body).await;
        assert_eq!(status, expected, "{shown}: {told}");
    }
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_key_is_told_so_everywhere() {
    let desk = Desk::open().await;
    for path in [
        "/v1/project",
        "/v1/dataset_snapshot",
        "/version",
        "/xact-id",
    ] {
        for headers in [&[][..], &[("authorization", "Bearer sl_no")][..]] {
            let (status, _, told) = desk.served.ask(("GET", path), headers, None).await;
            assert_eq!(status.as_u16(), 401, "{path}: {told}");
            assert!(told.contains("API key"), "{told}");
        }
    }
    desk.close().await;
}

#[test]
fn what_is_not_there_is_told_in_the_words_of_the_dialect() {
    for path in [
        "/v1/dataset/x/nothing",
        "/v1/project",
        "/api/self/x",
        "/environment-object/x",
    ] {
        let told = crate::rest::not_found(path);
        assert_eq!(
            told.headers()["content-type"],
            Braintrust::ERROR_TYPE,
            "{path}"
        );
    }
    let told = crate::rest::not_found("/v1/datasets/x/nothing");
    assert_ne!(told.headers()["content-type"], Braintrust::ERROR_TYPE);
}
