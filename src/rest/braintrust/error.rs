//! Every fault in the words of this API: a status and a plain text.
//!
//! One match over all that can go wrong. A fault of the ledger's tells nothing of the inside.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use crate::domain::Refusal;
use crate::ledger::LedgerError;
use crate::rest::fault::{BodyFault, Fault};

/// The statuses of errors, and when they come.
pub(super) const ERRORS: &[(u16, &str)] = &[
    (
        400,
        "The request was unacceptable: a parameter is missing or wrong, or a name is taken.",
    ),
    (401, "No valid API key was provided."),
    (403, "The API key does not allow this."),
    (
        404,
        "There is no such thing, at least not for this API key.",
    ),
    (
        409,
        "Something else is at work on the dataset; the same may be sent again.",
    ),
    (413, "The body, or a row of it, is too large."),
    (429, "More was asked for than the quota allows."),
    (500, "Something is broken."),
    (503, "This cannot be done now; it may be asked again."),
];

/// The answer to a fault.
pub(super) fn tell(fault: &Fault) -> Response {
    let mut response = (status(fault), message(fault)).into_response();
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
        Fault::BadPath(_) | Fault::BadQuery(_) | Fault::BadHeader { .. } => Status::BAD_REQUEST,
        Fault::Body(fault) => match fault {
            BodyFault::Missing
            | BodyFault::Malformed { .. }
            | BodyFault::WrongType { .. }
            | BodyFault::BrokeOff => Status::BAD_REQUEST,
            BodyFault::TooLarge { .. } => Status::PAYLOAD_TOO_LARGE,
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
        Refusal::VersionConflict { .. }
        | Refusal::DatasetLocked { .. }
        | Refusal::DatasetNotReady { .. }
        | Refusal::OperationRunning { .. }
        | Refusal::SnapshotIsCurrent
        | Refusal::TaskEnded
        | Refusal::LeaseHeld { .. }
        | Refusal::IdempotencyKeyReused => Status::CONFLICT,
        Refusal::TooLarge { .. } => Status::PAYLOAD_TOO_LARGE,
        Refusal::NameTaken { .. }
        | Refusal::BadInput { .. }
        | Refusal::NothingToUpdate
        | Refusal::ApiKeyRevoked
        | Refusal::BeyondHead { .. } => Status::BAD_REQUEST,
    }
}

fn message(fault: &Fault) -> String {
    match fault {
        Fault::Unauthenticated => {
            "a valid API key is needed: send `Authorization: Bearer [api_key]`".to_owned()
        }
        Fault::RateLimited { seconds } => {
            format!("too many requests; try again in {seconds} s")
        }
        Fault::NoSuchPath => "there is nothing at this path".to_owned(),
        Fault::MethodNotAllowed => "this path does not take this method".to_owned(),
        Fault::BadPath(message) | Fault::BadQuery(message) => message.clone(),
        Fault::BadHeader { name, message } => format!("{name}: {message}"),
        Fault::Body(fault) => fault.to_string(),
        Fault::Ledger(error) => match error {
            LedgerError::Refused { refusal, .. } => refusal.to_string(),
            LedgerError::Forbidden | LedgerError::Unavailable(_) => error.to_string(),
            LedgerError::Fault(_) => "something is broken on our side".to_owned(),
        },
    }
}
