//! This dialect's words for every fault, and its calls over the wire.

use serde_json::Value;

use super::{VisualLayer, dialect, error};
use crate::domain::ids::DatasetId;
use crate::ledger::DatasetChanges;
use crate::rest::fault::every;
use crate::rest::tests::served::{KEY, Served};
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
    ("BAD_PATH", 422),
    ("BAD_QUERY", 422),
    ("BAD_HEADER", 400),
    ("BODY_MISSING", 422),
    ("BODY_MALFORMED", 422),
    ("BODY_WRONG_TYPE", 422),
    ("BODY_TOO_LARGE", 413),
    ("BODY_BROKE_OFF", 400),
    ("FORBIDDEN", 403),
    ("UNAVAILABLE", 503),
    ("FAULT", 500),
    ("BAD_INPUT", 422),
    ("NOT_FOUND", 404),
    ("NAME_TAKEN", 409),
    ("VERSION_CONFLICT", 409),
    ("DATASET_LOCKED", 409),
    ("DATASET_NOT_READY", 409),
    ("OPERATION_RUNNING", 409),
    ("SNAPSHOTS_DISABLED", 403),
    ("SNAPSHOT_IS_CURRENT", 409),
    ("NOTHING_TO_UPDATE", 422),
    ("TASK_ENDED", 409),
    ("API_KEY_REVOKED", 409),
    ("LEASE_HELD", 409),
    ("IDEMPOTENCY_KEY_REUSED", 409),
    ("TOO_LARGE", 413),
    ("BEYOND_HEAD", 422),
];

#[tokio::test]
async fn every_fault_has_its_status_and_says_what_happened() {
    let faults = every::faults();
    assert_eq!(faults.len(), TOLD.len());
    for ((code, fault), (expected, status)) in faults.iter().zip(TOLD) {
        assert_eq!(code, expected);
        let response = VisualLayer::tell(fault);
        assert_eq!(response.status().as_u16(), *status, "{code}");
        let documented = error::ERRORS.iter().any(|(known, _)| known == status);
        assert!(documented || *status == 405, "{status} is not documented");
        let again = response.headers().contains_key("retry-after");
        assert_eq!(again, matches!(status, 429 | 503), "{code}");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await;
        let body: Value = serde_json::from_slice(&bytes.expect("bytes")).expect("JSON");
        let detail = body["detail"].as_str().expect("text");
        assert!(!detail.is_empty() && !detail.contains("disk 7"), "{code}");
        assert_eq!(body.as_object().expect("an object").len(), 1, "{code}");
    }
}

/// Asks with the key that opens everything.
pub(super) async fn ask(
    served: &Served,
    method: &str,
    path: &str,
    body: Option<&str>,
) -> (u16, Value) {
    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str())];
    let (status, _, text) = served.ask((method, path), &headers, body).await;
    let body = match text.as_str() {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| panic!("{path}: {text}")),
    };
    (status.as_u16(), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_that_takes_no_snapshots_forbids_each_of_their_calls() {
    let served = Served::start().await;
    let id = served.dataset("From before").await;
    let first = served.first_snapshot(&id);
    let dataset: DatasetId = id.parse().expect("an id");
    let changes = DatasetChanges {
        snapshots_enabled: Some(false),
        ..DatasetChanges::default()
    };
    let ada = Served::ada();
    let changed = served.ledger().update_dataset(&ada, dataset, changes);
    changed.await.expect("changed");
    let path = format!("/api/v1/dataset/{id}/snapshot");
    for (method, path) in [
        ("GET", path.clone()),
        ("POST", path.clone()),
        ("PATCH", format!("{path}/{first}")),
        ("DELETE", format!("{path}/{first}")),
        ("POST", format!("{path}/{first}/restore")),
        ("POST", format!("{path}/current/restore")),
        ("POST", format!("{path}/{first}/clone")),
    ] {
        let (status, body) = ask(&served, method, &path, Some("{}")).await;
        assert_eq!(status, 403, "{method} {path}: {body}");
    }
    let (status, _) = ask(&served, "GET", &format!("/api/v1/dataset/{id}"), None).await;
    assert_eq!(status, 200);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_request_is_told_in_the_words_of_the_dialect() {
    let served = Served::start().await;
    let id = served.dataset("penguins").await;
    let other = served.dataset("gulls").await;
    let (first, foreign) = (served.first_snapshot(&id), served.first_snapshot(&other));
    let nobody = uuid::Uuid::nil();
    let path = format!("/api/v1/dataset/{id}/snapshot");
    let long = format!(r#"{{"description":"{}"}}"#, "x".repeat(10_001));
    for (method, path, body, expected) in [
        ("GET", "/api/v1/dataset/no-id/snapshot", "", 422),
        ("GET", "/api/v1/dataset/%ff/snapshot", "", 422),
        (
            "GET",
            &format!("/api/v1/dataset/{nobody}/snapshot"),
            "",
            404,
        ),
        ("GET", "/api/v1/dataset/no-id", "", 422),
        ("POST", &path, "{", 422),
        ("POST", &path, "[1]", 422),
        ("POST", &path, r#"["name", null]"#, 422),
        ("POST", &path, r#"{"name":1}"#, 422),
        ("POST", &path, r#"{"name":" "}"#, 422),
        ("POST", &path, &long, 422),
        (
            "POST",
            &path,
            r#"{"name":null,"description":null,"more":[]}"#,
            200,
        ),
        ("POST", &path, "", 200),
        ("PATCH", &format!("{path}/{first}"), "", 422),
        ("PATCH", &format!("{path}/{first}"), r#"{"name":null}"#, 422),
        (
            "PATCH",
            &format!("{path}/{first}"),
            r#"{"description":""}"#,
            200,
        ),
        (
            "PATCH",
            &format!("{path}/{foreign}"),
            r#"{"name":"mine"}"#,
            404,
        ),
        ("POST", &format!("{path}/{foreign}/restore"), "", 404),
        ("POST", &format!("{path}/{foreign}/clone"), "", 404),
        ("DELETE", &format!("{path}/{foreign}"), "", 404),
        ("POST", &format!("{path}/current/clone"), "", 422),
        ("DELETE", &format!("{path}/current"), "", 422),
        ("GET", "/api/v1/tasks?page_size=51", "", 422),
    ] {
        let (status, told) = ask(&served, method, path, Some(body)).await;
        assert_eq!(status, expected, "{method} {path} {body}: {told}");
        assert_eq!(told["detail"].is_string(), expected >= 400, "{told}");
    }
    for headers in [
        vec![],
        vec![("authorization", "Bearer sl_no")],
        vec![("x-api-key", KEY)],
    ] {
        let (status, _, text) = served.ask(("GET", &path), &headers, None).await;
        let body: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            (status.as_u16(), body["detail"].is_string()),
            (401, true),
            "{text}"
        );
    }
    let told = |response: axum::response::Response| response.status().as_u16();
    assert_eq!(told(crate::rest::not_found("/api/v1/nothing")), 404);
    assert_eq!(told(crate::rest::method_not_allowed("/api/v1/tasks")), 405);
    served.stop().await;
}
