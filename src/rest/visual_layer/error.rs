//! Every fault in the words of this API: `{"detail"}`, under the status that it documents.
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
    (400, "A header is wrong, or the body broke off."),
    (401, "The token is missing, invalid or expired."),
    (
        403,
        "The credential does not allow this, or the dataset takes no snapshots.",
    ),
    (
        404,
        "There is no such thing, at least not for this credential.",
    ),
    (
        409,
        "The dataset's status, what runs on it, or what is there already does not allow this.",
    ),
    (413, "The body is too large."),
    (422, "A parameter has the wrong form or value."),
    (429, "More was asked for than the quota allows."),
    (500, "Something is broken."),
    (503, "This cannot be done now; it may be asked again."),
];

/// The answer to a fault.
pub(super) fn tell(fault: &Fault) -> Response {
    let detail = detail(fault);
    let mut response = (status(fault), Json(ErrorBody { detail })).into_response();
    if let Some(seconds) = fault.again_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

const fn status(fault: &Fault) -> StatusCode {
    use StatusCode as Status;
    match fault {
        Fault::Unauthenticated => Status::UNAUTHORIZED,
        Fault::RateLimited { .. } => Status::TOO_MANY_REQUESTS,
        Fault::NoSuchPath => Status::NOT_FOUND,
        Fault::MethodNotAllowed => Status::METHOD_NOT_ALLOWED,
        Fault::BadPath(_) | Fault::BadQuery(_) => Status::UNPROCESSABLE_ENTITY,
        Fault::BadHeader { .. } => Status::BAD_REQUEST,
        Fault::Body(fault) => match fault {
            BodyFault::Missing | BodyFault::Malformed { .. } | BodyFault::WrongType { .. } => {
                Status::UNPROCESSABLE_ENTITY
            }
            BodyFault::TooLarge { .. } => Status::PAYLOAD_TOO_LARGE,
            BodyFault::BrokeOff => Status::BAD_REQUEST,
        },
        Fault::Ledger(error) => match error {
            LedgerError::Refused { refusal, .. } => refused(refusal),
            LedgerError::Forbidden => Status::FORBIDDEN,
            LedgerError::Unavailable(_) => Status::SERVICE_UNAVAILABLE,
            LedgerError::Fault(_) => Status::INTERNAL_SERVER_ERROR,
        },
    }
}

const fn refused(refusal: &Refusal) -> StatusCode {
    use StatusCode as Status;
    match refusal {
        Refusal::NotFound { .. } => Status::NOT_FOUND,
        Refusal::SnapshotsDisabled => Status::FORBIDDEN,
        Refusal::NameTaken { .. }
        | Refusal::VersionConflict { .. }
        | Refusal::DatasetLocked { .. }
        | Refusal::DatasetNotReady { .. }
        | Refusal::OperationRunning { .. }
        | Refusal::SnapshotIsCurrent
        | Refusal::TaskEnded
        | Refusal::ApiKeyRevoked
        | Refusal::LeaseHeld { .. }
        | Refusal::IdempotencyKeyReused => Status::CONFLICT,
        Refusal::TooLarge { .. } => Status::PAYLOAD_TOO_LARGE,
        Refusal::BadInput { .. } | Refusal::NothingToUpdate | Refusal::BeyondHead { .. } => {
            Status::UNPROCESSABLE_ENTITY
        }
    }
}

fn detail(fault: &Fault) -> String {
    match fault {
        Fault::Unauthenticated => "Token is missing, invalid or expired".to_owned(),
        Fault::RateLimited { .. } => "Too Many Requests".to_owned(),
        Fault::NoSuchPath => "Not Found".to_owned(),
        Fault::MethodNotAllowed => "Method Not Allowed".to_owned(),
        Fault::BadPath(message) | Fault::BadQuery(message) => message.clone(),
        Fault::BadHeader { name, message } => format!("{name}: {message}"),
        Fault::Body(fault) => fault.to_string(),
        Fault::Ledger(error) => match error {
            LedgerError::Refused { refusal, .. } => refusal.to_string(),
            LedgerError::Forbidden | LedgerError::Unavailable(_) => error.to_string(),
            LedgerError::Fault(_) => "Internal Server Error".to_owned(),
        },
    }
}
