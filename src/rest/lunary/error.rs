//! Every fault in the words of this API: `{"message"}`, with `"error": "Error"` where a request has
//! the wrong form and `"error": "Forbidden"` where it is not allowed.
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
    (
        400,
        "The body cannot be read, there is nothing to update, or no credential tells the project.",
    ),
    (401, "The credential opens nothing."),
    (403, "No credential, or one that does not allow this."),
    (
        404,
        "There is no such thing, at least not for this credential.",
    ),
    (409, "The name is taken, or the dataset is busy."),
    (413, "The body or an item is too large."),
    (422, "A parameter or member has the wrong form."),
    (429, "More was asked for than the quota allows."),
    (500, "Something is broken."),
    (503, "This cannot be done now; it may be asked again."),
];

const FORBIDDEN: &str = "You don't have access to this resource";

/// The answer to a fault.
pub(super) fn tell(fault: &Fault) -> Response {
    let (status, message) = told(fault);
    let mut response = answer(status, message);
    if let Some(seconds) = fault.again_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The answer to content that cannot be read as what it was said to be.
pub(super) fn unreadable(message: String) -> Response {
    answer(StatusCode::BAD_REQUEST, message)
}

/// The answer to a call without any credential.
pub(super) fn nobody() -> Response {
    answer(StatusCode::FORBIDDEN, FORBIDDEN.to_owned())
}

/// The answer to a call without any credential where that tells the project.
pub(super) fn nowhere() -> Response {
    answer(StatusCode::BAD_REQUEST, "projectId is required".to_owned())
}

fn answer(status: StatusCode, message: String) -> Response {
    let error = match status {
        StatusCode::FORBIDDEN => Some("Forbidden"),
        StatusCode::UNPROCESSABLE_ENTITY => Some("Error"),
        _ => None,
    };
    (status, Json(ErrorBody { error, message })).into_response()
}

fn told(fault: &Fault) -> (StatusCode, String) {
    use StatusCode as Status;
    match fault {
        Fault::Unauthenticated => (Status::UNAUTHORIZED, "Invalid API key".to_owned()),
        Fault::RateLimited { .. } => (
            Status::TOO_MANY_REQUESTS,
            "Sometimes You Just Have to Slow Down.".to_owned(),
        ),
        Fault::NoSuchPath => (Status::NOT_FOUND, "Not Found".to_owned()),
        Fault::MethodNotAllowed => (Status::METHOD_NOT_ALLOWED, "Method Not Allowed".to_owned()),
        Fault::BadPath(message) | Fault::BadQuery(message) => invalid(message),
        Fault::BadHeader { name, message } => (Status::BAD_REQUEST, format!("{name}: {message}")),
        Fault::Body(fault) => match fault {
            BodyFault::Missing => invalid("Required at \"body\""),
            BodyFault::WrongType { member, message } => {
                invalid(&format!("{message} at \"{member}\""))
            }
            BodyFault::Malformed { .. } | BodyFault::BrokeOff => {
                (Status::BAD_REQUEST, fault.to_string())
            }
            BodyFault::TooLarge { .. } => (Status::PAYLOAD_TOO_LARGE, fault.to_string()),
        },
        Fault::Ledger(error) => match error {
            LedgerError::Refused { refusal, .. } => refused(refusal),
            LedgerError::Forbidden => (Status::FORBIDDEN, FORBIDDEN.to_owned()),
            LedgerError::Unavailable(_) => (Status::SERVICE_UNAVAILABLE, error.to_string()),
            LedgerError::Fault(_) => (
                Status::INTERNAL_SERVER_ERROR,
                "An unexpected error occurred".to_owned(),
            ),
        },
    }
}

fn invalid(message: &str) -> (StatusCode, String) {
    let message = format!("Validation error: {message}");
    (StatusCode::UNPROCESSABLE_ENTITY, message)
}

fn refused(refusal: &Refusal) -> (StatusCode, String) {
    use StatusCode as Status;
    match refusal {
        Refusal::BadInput { field, message } => invalid(&format!("{message} at \"{field}\"")),
        Refusal::BeyondHead { .. } => invalid(&refusal.to_string()),
        Refusal::NotFound { what } => {
            let what = match *what {
                "dataset" => "Dataset",
                "snapshot" | "version" => "Dataset version",
                "item" => "Dataset item",
                "project" => "Project",
                other => other,
            };
            (Status::NOT_FOUND, format!("{what} not found"))
        }
        Refusal::NameTaken { .. } => (
            Status::CONFLICT,
            "Dataset name already exists in this project".to_owned(),
        ),
        Refusal::NothingToUpdate => (Status::BAD_REQUEST, "No fields to update".to_owned()),
        Refusal::SnapshotsDisabled => (Status::FORBIDDEN, refusal.to_string()),
        Refusal::VersionConflict { .. }
        | Refusal::DatasetLocked { .. }
        | Refusal::DatasetNotReady { .. }
        | Refusal::OperationRunning { .. }
        | Refusal::SnapshotIsCurrent
        | Refusal::TaskEnded
        | Refusal::ApiKeyRevoked
        | Refusal::LeaseHeld { .. }
        | Refusal::IdempotencyKeyReused => (Status::CONFLICT, refusal.to_string()),
        Refusal::TooLarge { .. } => (Status::PAYLOAD_TOO_LARGE, refusal.to_string()),
    }
}
