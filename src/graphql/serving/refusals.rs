//! Refusals of a request: the errors with which it ends before anything has run.
//!
//! Each has its code, its hint, and whether to try again. There is always at least one, and no
//! answer's data beside them.

use async_graphql::ServerError;
use uuid::Uuid;

use super::telling;
use crate::graphql::error::{Code, Problem};
use crate::graphql::gate::Refused;

/// Why a request was not begun.
#[derive(Debug)]
pub struct Refusals {
    errors: Vec<ServerError>,
    left_out: usize,
    why: Why,
}

/// Whose turn it is after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The request must be changed.
    Request,
    /// The caller must wait so many seconds.
    TooOften(u64),
    /// The server cannot do it now, and may later.
    Unavailable,
    /// Something broke inside the server.
    Fault,
}

impl Refusals {
    /// Refused for one problem; what broke is logged under the request's id.
    pub fn of(problem: Problem, request_id: Uuid) -> Self {
        let why = match (problem.code(), problem.wait_seconds()) {
            (_, Some(seconds)) => Why::TooOften(seconds),
            (Code::Unavailable, None) => Why::Unavailable,
            (Code::Internal, None) => Why::Fault,
            (_, None) => Why::Request,
        };
        let mut error = telling::server_error(problem);
        telling::log_fault(&mut error, request_id);
        Self {
            errors: vec![error],
            left_out: 0,
            why,
        }
    }

    /// Refused by the gate.
    pub(super) fn of_gate(refused: &Refused) -> Self {
        Self {
            errors: vec![refused.to_server_error()],
            left_out: 0,
            why: Why::Request,
        }
    }

    /// The document is not valid, as the engine says; at most so many errors are listed.
    pub(super) fn of_document(
        mut errors: Vec<ServerError>,
        said: Option<&str>,
        listed_max: usize,
    ) -> Self {
        let left_out = telling::cut(&mut errors, listed_max);
        for error in &mut errors {
            telling::code(error, telling::Stage::Document, said);
        }
        Self {
            errors,
            left_out,
            why: Why::Request,
        }
    }

    /// The errors, of which there is at least one.
    pub fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// How many errors more there were than are listed.
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whose turn it is.
    pub const fn why(&self) -> Why {
        self.why
    }
}
