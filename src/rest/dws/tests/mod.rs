//! This dialect's words for every fault; its calls over the wire are in the files beside.

mod client;
mod clusters;
mod copies;
mod credentials;
mod shapes;
mod snapshots;

use reqwest::StatusCode;
use serde_json::Value;

use super::{Dws, dialect, error};
use crate::rest::fault::every;
use crate::rest::tests::served::Served;
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
async fn what_is_not_there_is_told_in_the_words_of_the_dialect() {
    let told = |response: axum::response::Response| response.status().as_u16();
    assert_eq!(told(crate::rest::not_found("/v1.0/p/nothing")), 404);
    assert_eq!(
        told(crate::rest::method_not_allowed("/v1.0/p/clusters/1")),
        405
    );
    let other_prefix = "/v1/p/snapshots/check";
    for response in [
        crate::rest::not_found("/v1.0/p/nothing"),
        crate::rest::method_not_allowed(other_prefix),
    ] {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await;
        let body: Value = serde_json::from_slice(&bytes.expect("bytes")).expect("JSON");
        assert_eq!(body["error_code"], "APIGW.0101");
    }
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
