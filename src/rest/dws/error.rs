//! Every fault in the words of this API: `{"error_code","error_msg"}`, under the vendors' codes.
//!
//! One match over all that can go wrong. A fault of the ledger's tells nothing of the inside.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use super::wire::ErrorBody;
use crate::domain::Refusal;
use crate::ledger::LedgerError;
use crate::rest::fault::{BodyFault, Fault};

/// The statuses of errors, and when they come.
pub(super) const ERRORS: &[(u16, &str)] = &[
    (400, "A parameter is missing or wrong."),
    (401, "No credential, or one that opens nothing."),
    (403, "The credential does not allow this."),
    (
        404,
        "There is no such thing, at least not for this credential.",
    ),
    (409, "The name is taken, or the cluster is busy."),
    (413, "The body is too large."),
    (429, "More was asked for than the quota allows."),
    (500, "Something is broken."),
    (503, "This cannot be done now; it may be asked again."),
];

const PARAMETER: &str = "DWS.0001";
const BROKEN: &str = "DWS.0005";
const EMPTY: &str = "DWS.0006";
const BUSY: &str = "DWS.0011";
const DENIED: &str = "DWS.0015";
const CLUSTER_NAME_EXISTS: &str = "DWS.5050";
const SNAPSHOT_ID: &str = "DWS.5149";
const CREDENTIAL: &str = "APIGW.0301";
const THROTTLED: &str = "APIGW.0308";
const NO_SUCH_API: &str = "APIGW.0101";

/// The answer to a fault.
pub(super) fn tell(fault: &Fault) -> Response {
    let (status, code) = told(fault);
    let body = ErrorBody {
        error_code: code,
        error_msg: message(fault),
    };
    let mut response = (status, Json(body)).into_response();
    if let Some(seconds) = fault.again_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn told(fault: &Fault) -> (StatusCode, &'static str) {
    use StatusCode as Status;
    match fault {
        Fault::Unauthenticated => (Status::UNAUTHORIZED, CREDENTIAL),
        Fault::RateLimited { .. } => (Status::TOO_MANY_REQUESTS, THROTTLED),
        Fault::NoSuchPath => (Status::NOT_FOUND, NO_SUCH_API),
        Fault::MethodNotAllowed => (Status::METHOD_NOT_ALLOWED, NO_SUCH_API),
        Fault::BadPath(_) | Fault::BadQuery(_) | Fault::BadHeader { .. } => {
            (Status::BAD_REQUEST, PARAMETER)
        }
        Fault::Body(fault) => match fault {
            BodyFault::Missing => (Status::BAD_REQUEST, EMPTY),
            BodyFault::Malformed { .. } | BodyFault::WrongType { .. } | BodyFault::BrokeOff => {
                (Status::BAD_REQUEST, PARAMETER)
            }
            BodyFault::TooLarge { .. } => (Status::PAYLOAD_TOO_LARGE, PARAMETER),
        },
        Fault::Ledger(error) => match error {
            LedgerError::Refused { refusal, .. } => refused(refusal),
            LedgerError::Forbidden => (Status::FORBIDDEN, DENIED),
            LedgerError::Unavailable(_) => (Status::SERVICE_UNAVAILABLE, BROKEN),
            LedgerError::Fault(_) => (Status::INTERNAL_SERVER_ERROR, BROKEN),
        },
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, &'static str) {
    use StatusCode as Status;
    match refusal {
        Refusal::NotFound { what: "snapshot" } => (Status::NOT_FOUND, SNAPSHOT_ID),
        Refusal::NotFound { .. } => (Status::NOT_FOUND, DENIED),
        Refusal::NameTaken { .. } => (Status::CONFLICT, CLUSTER_NAME_EXISTS),
        Refusal::SnapshotsDisabled => (Status::FORBIDDEN, DENIED),
        Refusal::VersionConflict { .. }
        | Refusal::DatasetLocked { .. }
        | Refusal::DatasetNotReady { .. }
        | Refusal::OperationRunning { .. }
        | Refusal::SnapshotIsCurrent
        | Refusal::TaskEnded
        | Refusal::ApiKeyRevoked
        | Refusal::LeaseHeld { .. }
        | Refusal::IdempotencyKeyReused => (Status::CONFLICT, BUSY),
        Refusal::TooLarge { .. } => (Status::PAYLOAD_TOO_LARGE, PARAMETER),
        Refusal::BadInput { .. } | Refusal::NothingToUpdate | Refusal::BeyondHead { .. } => {
            (Status::BAD_REQUEST, PARAMETER)
        }
    }
}

fn message(fault: &Fault) -> String {
    match fault {
        Fault::Unauthenticated => "Incorrect authentication information".to_owned(),
        Fault::RateLimited { .. } => "Too many requests".to_owned(),
        Fault::NoSuchPath => "There is no such API".to_owned(),
        Fault::MethodNotAllowed => "This API does not take this method".to_owned(),
        Fault::BadPath(message) | Fault::BadQuery(message) => message.clone(),
        Fault::BadHeader { name, message } => format!("{name}: {message}"),
        Fault::Body(fault) => fault.to_string(),
        Fault::Ledger(error) => match error {
            LedgerError::Refused { refusal, .. } => refusal.to_string(),
            LedgerError::Forbidden | LedgerError::Unavailable(_) => error.to_string(),
            LedgerError::Fault(_) => "Something is broken on our side".to_owned(),
        },
    }
}
