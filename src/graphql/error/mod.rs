//! Problems: what a client is told when the answer is no. `refusals.rs` holds the table.
//!
//! Every error has a stable code, says whether the same request may succeed later, and what to do
//! next. What broke inside is never told: it is logged once, under the id that the client sees.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensionValues};

use crate::domain::Refusal;
use crate::domain::ids::{Malformed, XactId};
use crate::ledger::LedgerError;
use crate::views::ViewFault;

mod connections;
mod refusals;
#[cfg(test)]
mod tests;

/// The message of every fault.
const FAULT_MESSAGE: &str = "something broke inside the server";

/// A stable word for a kind of problem; clients match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    BadInput,
    Unauthenticated,
    Forbidden,
    NotFound,
    NameTaken,
    VersionConflict,
    DatasetLocked,
    DatasetNotReady,
    OperationRunning,
    SnapshotsDisabled,
    SnapshotIsCurrent,
    NothingToUpdate,
    TaskEnded,
    IdempotencyKeyReused,
    TooLarge,
    LeaseLost,
    QueryTooComplex,
    GraphqlParseFailed,
    GraphqlValidationFailed,
    RateLimited,
    Lagged,
    TooManyOperations,
    Unavailable,
    Internal,
}

impl Code {
    /// The word in `extensions.code`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::NameTaken => "NAME_TAKEN",
            Self::VersionConflict => "VERSION_CONFLICT",
            Self::DatasetLocked => "DATASET_LOCKED",
            Self::DatasetNotReady => "DATASET_NOT_READY",
            Self::OperationRunning => "OPERATION_RUNNING",
            Self::SnapshotsDisabled => "SNAPSHOTS_DISABLED",
            Self::SnapshotIsCurrent => "SNAPSHOT_IS_CURRENT",
            Self::NothingToUpdate => "NOTHING_TO_UPDATE",
            Self::TaskEnded => "TASK_ENDED",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::TooLarge => "TOO_LARGE",
            Self::LeaseLost => "LEASE_LOST",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Lagged => "LAGGED",
            Self::TooManyOperations => "TOO_MANY_OPERATIONS",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// Why a request, or a field of it, has no answer.
#[derive(Debug, Clone)]
pub struct Problem(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    code: Code,
    message: String,
    hint: &'static str,
    is_retryable: bool,
    field: Option<&'static str>,
    current: Option<XactId>,
    wait_seconds: Option<u64>,
    resume_after: Option<XactId>,
    fault: Option<Fault>,
}

/// What broke, for the log only.
#[derive(Debug, Clone)]
pub struct Fault(pub Arc<str>);

impl Problem {
    /// A problem that the same request will meet again.
    pub fn new(code: Code, message: impl Into<String>, hint: &'static str) -> Self {
        Self(Box::new(Details {
            code,
            message: message.into(),
            hint,
            is_retryable: false,
            field: None,
            current: None,
            wait_seconds: None,
            resume_after: None,
            fault: None,
        }))
    }

    /// Something given has the wrong form.
    pub fn bad_input(field: &'static str, message: impl Into<String>) -> Self {
        let hint = "Correct the field that is named and send the request again.";
        Self::new(Code::BadInput, message, hint).of_field(field)
    }

    /// What was named does not exist, at least not for this principal.
    pub fn not_found(what: &'static str) -> Self {
        Refusal::NotFound { what }.into()
    }

    /// Nobody is known to be asking.
    pub fn unauthenticated() -> Self {
        let hint = "Send an API key in the header `Authorization: Bearer sl_…`.";
        Self::new(Code::Unauthenticated, "no valid credential was given", hint)
    }

    /// The request took longer than it may.
    pub fn timed_out() -> Self {
        let hint = "Ask for less at a time, or send the request again; \
            give a mutation the idempotencyKey it had.";
        let message = "the request took longer than it may";
        Self::new(Code::Unavailable, message, hint).retryable()
    }

    /// Something broke; what, is only logged.
    pub fn fault(what: impl Into<Arc<str>>) -> Self {
        let hint = "Send the request again; if it fails again, \
            report the correlation id to whoever runs the server.";
        let mut problem = Self::new(Code::Internal, FAULT_MESSAGE, hint);
        problem.0.fault = Some(Fault(what.into()));
        problem
    }

    /// The caller has asked for more than they may in the time.
    pub fn rate_limited(wait_seconds: u64) -> Self {
        let hint = "Wait as many seconds as retryAfterSeconds says, or ask for less at a time.";
        let message = format!("too much was asked for in a short time; wait {wait_seconds} s");
        let mut problem = Self::new(Code::RateLimited, message, hint).retryable();
        problem.0.wait_seconds = Some(wait_seconds);
        problem
    }

    /// The kind of this problem.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// How many seconds to wait before the same request may succeed, where that is known.
    pub fn wait_seconds(&self) -> Option<u64> {
        self.0.wait_seconds
    }

    /// For people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    fn of_field(mut self, field: &'static str) -> Self {
        self.0.field = Some(field);
        self
    }

    fn retryable(mut self) -> Self {
        self.0.is_retryable = true;
        self
    }

    fn with_current(mut self, current: Option<XactId>) -> Self {
        self.0.current = current.or(self.0.current);
        self
    }

    /// The members of `extensions`.
    pub fn extensions(&self) -> ErrorExtensionValues {
        let details = &self.0;
        let mut values = ErrorExtensionValues::default();
        values.set("code", details.code.word());
        values.set("retryable", details.is_retryable);
        values.set("hint", details.hint);
        if let Some(field) = details.field {
            values.set("field", field);
        }
        if let Some(current) = details.current {
            values.set("currentXactId", current.to_string());
        }
        if let Some(seconds) = details.wait_seconds {
            values.set("retryAfterSeconds", seconds);
        }
        if let Some(resume_after) = details.resume_after {
            values.set("resumeAfter", resume_after.to_string());
        }
        values
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let mut error = Self::new(problem.message());
        error.extensions = Some(problem.extensions());
        if let Some(fault) = problem.0.fault {
            error.source = Some(Arc::new(fault));
        }
        error
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refused { refusal, current } => {
                Self::from(refusal).with_current(current.map(|position| position.xact()))
            }
            LedgerError::Forbidden => {
                let hint = "Ask an admin of the project for a role that allows it.";
                Self::new(Code::Forbidden, "your role does not allow this", hint)
            }
            LedgerError::Unavailable(why) => {
                let hint = "Wait a moment and send the request again, \
                    with the idempotencyKey it had.";
                let message = format!("the ledger cannot do this now: {why}");
                Self::new(Code::Unavailable, message, hint).retryable()
            }
            LedgerError::Fault(what) => Self::fault(what),
        }
    }
}

impl From<ViewFault> for Problem {
    fn from(fault: ViewFault) -> Self {
        match fault {
            ViewFault::ForeignSortKey => Self::bad_input("after", fault.to_string()),
            ViewFault::Storage(_)
            | ViewFault::File(_)
            | ViewFault::Gap { .. }
            | ViewFault::Unfounded
            | ViewFault::Missing { .. }
            | ViewFault::Closed => Self::fault(fault.to_string()),
        }
    }
}

impl From<(&'static str, Malformed)> for Problem {
    fn from((field, malformed): (&'static str, Malformed)) -> Self {
        Self::bad_input(field, format!("{field}: {malformed}"))
    }
}
