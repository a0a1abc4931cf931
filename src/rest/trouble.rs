//! What a REST caller is told when it did not go as asked: `{"code","message","hint","line"}`.
//!
//! Every refusal has a stable code, a status, and a hint at what to do. A fault tells nothing of
//! the inside but an id under which the log of work has it.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::Refusal;
use crate::ledger::LedgerError;

/// After how many seconds a caller who was told to come again may do so.
const RETRY_SECONDS: u64 = 1;

/// Something that did not go as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The status of the answer.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What happened, for people.
    pub message: String,
    /// What to do next.
    pub hint: &'static str,
    /// The line of the body at which it happened, from 1.
    pub line: Option<u64>,
    /// For a stale version: the dataset's current one.
    pub current: Option<String>,
    /// After how many seconds the same may be sent again.
    pub retry_after: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    hint: &'a str,
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_xact_id: Option<&'a str>,
}

impl Trouble {
    /// Trouble with a code and a hint, at no line.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: &'static str,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            hint,
            line: None,
            current: None,
            retry_after: None,
        }
    }

    /// What was given has the wrong form.
    pub fn bad_input(message: impl Into<String>, hint: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_INPUT", message, hint)
    }

    /// No credential, or one that opens nothing.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "a valid API key is needed",
            "send the header `Authorization: Bearer sl_…`",
        )
    }

    /// What was named does not exist, at least not for this caller.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            format!("there is no such {what}"),
            "check the id, and that your key may read its project",
        )
    }

    /// The ledger cannot serve this now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        let trouble = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "UNAVAILABLE",
            message,
            "send the same request again in a moment",
        );
        Self {
            retry_after: Some(RETRY_SECONDS),
            ..trouble
        }
    }

    /// The caller has asked for more than it may; in so many seconds it may again.
    pub fn rate_limited(seconds: u64) -> Self {
        let trouble = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMITED",
            format!("you have asked for more than you may at a time; come again in {seconds} s"),
            "wait for as long as the header Retry-After says",
        );
        Self {
            retry_after: Some(seconds),
            ..trouble
        }
    }

    /// Something is broken; the log of work says what, under this id.
    pub fn internal(correlation: Uuid) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL",
            format!("something is broken on our side; it is logged under {correlation}"),
            "tell the operator this id",
        )
    }

    /// What the ledger answered; a fault is logged here, under the request's id.
    pub fn of(error: LedgerError, correlation: Uuid) -> Self {
        match error {
            LedgerError::Refused { refusal, current } => {
                let current = current.map(|position| position.xact().to_string());
                Self {
                    current,
                    ..Self::refused(&refusal)
                }
            }
            LedgerError::Forbidden => Self::new(
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                LedgerError::Forbidden.to_string(),
                "ask an admin of the project for a key that may write",
            ),
            LedgerError::Unavailable(why) => {
                Self::unavailable(format!("the ledger cannot do this now: {why}"))
            }
            LedgerError::Fault(fault) => {
                tracing::error!(request.id = %correlation, %fault, "a request met a fault");
                Self::internal(correlation)
            }
        }
    }

    /// The same trouble, at this line of the body.
    #[must_use]
    pub fn at_line(self, line: u64) -> Self {
        let message = format!("line {line}: {}", self.message);
        Self {
            message,
            line: Some(line),
            ..self
        }
    }

    fn refused(refusal: &Refusal) -> Self {
        let (status, code, hint) = told(refusal);
        Self::new(status, code, refusal.to_string(), hint)
    }
}

/// The status, the code and the hint of a refusal.
fn told(refusal: &Refusal) -> (StatusCode, &'static str, &'static str) {
    use StatusCode as Status;
    match refusal {
        Refusal::BadInput { .. } => (
            Status::BAD_REQUEST,
            "BAD_INPUT",
            "correct what the message names and send it again",
        ),
        Refusal::NotFound { .. } => (
            Status::NOT_FOUND,
            "NOT_FOUND",
            "check the id, and that your key may read its project",
        ),
        Refusal::NameTaken { .. } => (Status::CONFLICT, "NAME_TAKEN", "choose another name"),
        Refusal::VersionConflict { .. } => (
            Status::CONFLICT,
            "VERSION_CONFLICT",
            "read the current version, and send again with its xact id as ifVersion",
        ),
        Refusal::DatasetLocked { .. } => (
            Status::CONFLICT,
            "DATASET_LOCKED",
            "send it again when what holds the dataset ends",
        ),
        Refusal::DatasetNotReady { .. } => (
            Status::CONFLICT,
            "DATASET_NOT_READY",
            "finish what the dataset's status stands for first",
        ),
        Refusal::OperationRunning { .. } => (
            Status::CONFLICT,
            "OPERATION_RUNNING",
            "wait until it ends, or finish or cancel it",
        ),
        Refusal::SnapshotsDisabled => (
            Status::CONFLICT,
            "SNAPSHOTS_DISABLED",
            "enable snapshots on the dataset first",
        ),
        Refusal::SnapshotIsCurrent => (
            Status::CONFLICT,
            "SNAPSHOT_IS_CURRENT",
            "take or restore another snapshot first",
        ),
        Refusal::NothingToUpdate => (
            Status::BAD_REQUEST,
            "NOTHING_TO_UPDATE",
            "give at least one field",
        ),
        Refusal::ApiKeyRevoked => (
            Status::BAD_REQUEST,
            "NOTHING_TO_UPDATE",
            "nothing is left to do",
        ),
        Refusal::TaskEnded => (
            Status::CONFLICT,
            "TASK_ENDED",
            "begin again if it is still wanted",
        ),
        Refusal::LeaseHeld { .. } => (
            Status::CONFLICT,
            "LEASE_LOST",
            "ask again when the lease has run out",
        ),
        Refusal::IdempotencyKeyReused => (
            Status::CONFLICT,
            "IDEMPOTENCY_KEY_REUSED",
            "use a fresh key for another input",
        ),
        Refusal::TooLarge { .. } => (
            Status::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            "split it, or keep the bytes elsewhere and name them by a media uri",
        ),
        Refusal::BeyondHead { .. } => (
            Status::BAD_REQUEST,
            "BAD_INPUT",
            "use an xact id that this ledger gave",
        ),
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let body = Body {
            code: self.code,
            message: &self.message,
            hint: self.hint,
            line: self.line,
            current_xact_id: self.current.as_deref(),
        };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[cfg(test)]
mod tests;
