//! This dialect's words for every fault, and its calls over the wire.

mod bad_input;
mod life;
mod lists;
mod shapes;
mod strangers;
mod together;

use reqwest::StatusCode;
use serde_json::Value;

use super::{Lunary, dialect, error};
use crate::rest::fault::every;
use crate::rest::tests::served::{KEY, Served};
use crate::rest::tongue::Tongue;

const ROOT: &str = "/v1/datasets-v2";

/// Asks as one who is let in; answers the status and the JSON that came, null where none did.
async fn ask(served: &Served, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let bearer = format!("Bearer {KEY}");
    let body = body.map(Value::to_string);
    let headers = [("authorization", bearer.as_str())];
    let asked = served.ask((method, path), &headers, body.as_deref());
    let (status, headers, text) = asked.await;
    if status == StatusCode::NO_CONTENT {
        assert_eq!(text, "");
        return (204, Value::Null);
    }
    assert_eq!(headers["content-type"], "application/json", "{text}");
    let body = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    (status.as_u16(), body)
}

/// Asks what must be answered with this status.
async fn done(
    served: &Served,
    (method, path, status): (&str, &str, u16),
    body: Option<&Value>,
) -> Value {
    let (found, answer) = ask(served, method, path, body).await;
    assert_eq!(found, status, "{method} {path}: {answer}");
    answer
}

/// The path of a dataset that is made under this name.
async fn made(served: &Served, name: &str) -> String {
    let body = serde_json::json!({ "name": name });
    let dataset = done(served, ("POST", ROOT, 201), Some(&body)).await;
    format!("{ROOT}/{}", dataset["id"].as_str().expect("an id"))
}

#[test]
fn every_route_is_documented_and_every_document_served() {
    assert_eq!(dialect().undocumented(), Vec::<String>::new());
}

/// Fault, status, the message or its beginning.
const TOLD: &[(&str, u16, &str)] = &[
    ("UNAUTHENTICATED", 401, "Invalid API key"),
    ("RATE_LIMITED", 429, "Sometimes You Just Have to Slow Down."),
    ("NO_SUCH_PATH", 404, "Not Found"),
    ("METHOD_NOT_ALLOWED", 405, "Method Not Allowed"),
    ("BAD_PATH", 422, "Validation error: not UTF-8"),
    ("BAD_QUERY", 422, "Validation error: limit: not a number"),
    ("BAD_HEADER", 400, "X-Min-Xact-Id: not an xact id"),
    (
        "BODY_MISSING",
        422,
        "Validation error: Required at \"body\"",
    ),
    ("BODY_MALFORMED", 400, "the body is not JSON"),
    (
        "BODY_WRONG_TYPE",
        422,
        "Validation error: missing field at \"name\"",
    ),
    ("BODY_TOO_LARGE", 413, "the body is over the limit"),
    ("BODY_BROKE_OFF", 400, "the body broke off"),
    ("FORBIDDEN", 403, "You don't have access to this resource"),
    ("UNAVAILABLE", 503, "the ledger cannot do this now"),
    ("FAULT", 500, "An unexpected error occurred"),
    ("BAD_INPUT", 422, "Validation error: a name has"),
    ("NOT_FOUND", 404, "Dataset not found"),
    (
        "NAME_TAKEN",
        409,
        "Dataset name already exists in this project",
    ),
    ("VERSION_CONFLICT", 409, "the dataset has changed"),
    ("DATASET_LOCKED", 409, "the dataset cannot be written"),
    ("DATASET_NOT_READY", 409, "the dataset is DRAFT"),
    ("OPERATION_RUNNING", 409, "an operation (REINDEX) runs"),
    ("SNAPSHOTS_DISABLED", 403, "snapshots are not enabled"),
    ("SNAPSHOT_IS_CURRENT", 409, "this is the dataset's current"),
    ("NOTHING_TO_UPDATE", 400, "No fields to update"),
    ("TASK_ENDED", 409, "the task has ended"),
    ("API_KEY_REVOKED", 409, "this API key is revoked"),
    ("LEASE_HELD", 409, "another node works"),
    ("IDEMPOTENCY_KEY_REUSED", 409, "this idempotency key"),
    ("TOO_LARGE", 413, "a value is over the limit"),
    ("BEYOND_HEAD", 422, "Validation error: this xact id"),
];

#[tokio::test]
async fn every_fault_has_its_status_and_its_message() {
    let faults = every::faults();
    assert_eq!(faults.len(), TOLD.len());
    for ((code, fault), (expected, status, beginning)) in faults.iter().zip(TOLD) {
        assert_eq!(code, expected);
        let response = Lunary::tell(fault);
        assert_eq!(response.status().as_u16(), *status, "{code}");
        let documented = error::ERRORS.iter().any(|(known, _)| known == status);
        assert!(documented || *status == 405, "{status} is not documented");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await;
        let body: Value = serde_json::from_slice(&bytes.expect("bytes")).expect("JSON");
        let message = body["message"].as_str().expect("text");
        assert!(message.starts_with(beginning), "{code}: {message}");
        let error = match status {
            403 => Value::from("Forbidden"),
            422 => Value::from("Error"),
            _ => Value::Null,
        };
        assert_eq!(body["error"], error, "{code}");
    }
}
