//! What can go wrong with a request of a foreign API, before the ledger and in it: one small
//! enum, which every dialect words in its own way.
//!
//! Words nothing itself: statuses, codes and bodies are each dialect's.

use crate::domain::Refusal;
use crate::ledger::LedgerError;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub enum Fault {
    /// No credential, or one that opens nothing.
    Unauthenticated,
    /// The caller has asked for more than their quota.
    RateLimited {
        /// In how many seconds they may ask again.
        seconds: u64,
    },
    /// There is nothing at this path.
    NoSuchPath,
    /// The path does not take this method.
    MethodNotAllowed,
    /// A part of the path is not text that can be read.
    BadPath(String),
    /// The query is not understood, with what is wrong.
    BadQuery(String),
    /// A header is not understood.
    BadHeader {
        /// The header.
        name: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The body is not understood, or did not come.
    Body(BodyFault),
    /// What the ledger answered.
    Ledger(LedgerError),
}

impl Fault {
    /// In how many seconds it may be asked again, where that may help.
    pub const fn again_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { seconds } => Some(*seconds),
            Self::Ledger(LedgerError::Unavailable(_)) => Some(1),
            Self::Unauthenticated
            | Self::NoSuchPath
            | Self::MethodNotAllowed
            | Self::BadPath(_)
            | Self::BadQuery(_)
            | Self::BadHeader { .. }
            | Self::Body(_)
            | Self::Ledger(
                LedgerError::Refused { .. } | LedgerError::Forbidden | LedgerError::Fault(_),
            ) => None,
        }
    }
}

/// What can be wrong with a JSON body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// There is none where one is needed.
    #[error("a JSON body is needed")]
    Missing,
    /// It is not JSON.
    #[error("the body is not JSON: {message}, at line {line}, column {column}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A member is missing or has the wrong type.
    #[error("{member}: {message}")]
    WrongType {
        /// Its path, such as `events[3].id`; of the body itself: `body`.
        member: String,
        /// What is wrong with it.
        message: String,
    },
    /// It is over the limit.
    #[error("the body is over the limit of {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// It ended early, or its sender was silent for too long.
    #[error("the body broke off")]
    BrokeOff,
}

impl From<BodyFault> for Fault {
    fn from(fault: BodyFault) -> Self {
        Self::Body(fault)
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Ledger(refusal.into())
    }
}

/// Every fault there is, for the tables that must have a line for each.
#[cfg(test)]
pub(super) mod every {
    use super::{BodyFault, Fault};
    use crate::domain::refusal::every;
    use crate::ledger::LedgerError;

    /// The code under which a table knows it: a new variant must be given one here, and an example
    /// in [`faults`].
    pub fn code(fault: &Fault) -> &'static str {
        match fault {
            Fault::Unauthenticated => "UNAUTHENTICATED",
            Fault::RateLimited { .. } => "RATE_LIMITED",
            Fault::NoSuchPath => "NO_SUCH_PATH",
            Fault::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Fault::BadPath(_) => "BAD_PATH",
            Fault::BadQuery(_) => "BAD_QUERY",
            Fault::BadHeader { .. } => "BAD_HEADER",
            Fault::Body(fault) => match fault {
                BodyFault::Missing => "BODY_MISSING",
                BodyFault::Malformed { .. } => "BODY_MALFORMED",
                BodyFault::WrongType { .. } => "BODY_WRONG_TYPE",
                BodyFault::TooLarge { .. } => "BODY_TOO_LARGE",
                BodyFault::BrokeOff => "BODY_BROKE_OFF",
            },
            Fault::Ledger(error) => match error {
                LedgerError::Refused { refusal, .. } => every::code(refusal),
                LedgerError::Forbidden => "FORBIDDEN",
                LedgerError::Unavailable(_) => "UNAVAILABLE",
                LedgerError::Fault(_) => "FAULT",
            },
        }
    }

    /// An example of each, under its code: every refusal of the ledger among them.
    pub fn faults() -> Vec<(&'static str, Fault)> {
        let mut faults = vec![
            Fault::Unauthenticated,
            Fault::RateLimited { seconds: 7 },
            Fault::NoSuchPath,
            Fault::MethodNotAllowed,
            Fault::BadPath("not UTF-8".to_owned()),
            Fault::BadQuery("limit: not a number".to_owned()),
            Fault::BadHeader {
                name: "X-Min-Xact-Id",
                message: "not an xact id".to_owned(),
            },
            BodyFault::Missing.into(),
            BodyFault::Malformed {
                line: 1,
                column: 2,
                message: "expected value".to_owned(),
            }
            .into(),
            BodyFault::WrongType {
                member: "name".to_owned(),
                message: "missing field".to_owned(),
            }
            .into(),
            BodyFault::TooLarge { limit_bytes: 1 }.into(),
            BodyFault::BrokeOff.into(),
            LedgerError::Forbidden.into(),
            LedgerError::Unavailable("the disk is full".to_owned()).into(),
            LedgerError::Fault("disk 7 is on fire".to_owned()).into(),
        ];
        let refusals = every::refusals().into_iter();
        faults.extend(refusals.map(|(_, refusal)| refusal.into()));
        let coded = faults.into_iter().map(|fault| (code(&fault), fault));
        coded.collect()
    }
}
