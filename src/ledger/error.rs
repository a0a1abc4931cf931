//! What a command or a read can end in besides success: a refusal, or a fault.

use crate::domain::Refusal;
use crate::domain::ids::Position;
use crate::event_log::{AppendFault, ReadFault};
use crate::views::ViewFault;

/// Why the ledger did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// An expected "no"; the caller can act on it.
    #[error("{refusal}")]
    Refused {
        /// The reason.
        refusal: Refusal,
        /// For a stale version: the dataset's current one.
        current: Option<Position>,
    },
    /// The caller may see the thing but not do this to it.
    #[error("your role does not allow this")]
    Forbidden,
    /// The ledger cannot serve now; the same call may succeed later.
    #[error("the ledger cannot do this now: {0}")]
    Unavailable(String),
    /// Something is broken.
    #[error("{0}")]
    Fault(String),
}

impl From<Refusal> for LedgerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            refusal,
            current: None,
        }
    }
}

impl From<ReadFault> for LedgerError {
    fn from(fault: ReadFault) -> Self {
        match fault {
            ReadFault::Unreachable(_) => Self::Unavailable(fault.to_string()),
            ReadFault::Storage(_) | ReadFault::Unknown { .. } => Self::Fault(fault.to_string()),
        }
    }
}

impl From<crate::key_store::KeyFault> for LedgerError {
    fn from(fault: crate::key_store::KeyFault) -> Self {
        Self::Fault(fault.to_string())
    }
}

impl From<crate::content::Fault> for LedgerError {
    fn from(fault: crate::content::Fault) -> Self {
        Self::Fault(fault.to_string())
    }
}

impl From<ViewFault> for LedgerError {
    fn from(fault: ViewFault) -> Self {
        match fault {
            ViewFault::ForeignSortKey => {
                let message = "this cursor belongs to a listing in another order".to_owned();
                Refusal::BadInput {
                    field: "after",
                    message,
                }
                .into()
            }
            ViewFault::Closed => Self::Unavailable(fault.to_string()),
            ViewFault::Storage(_)
            | ViewFault::File(_)
            | ViewFault::Gap { .. }
            | ViewFault::Unfounded
            | ViewFault::Missing { .. } => Self::Fault(fault.to_string()),
        }
    }
}

impl From<AppendFault> for LedgerError {
    fn from(fault: AppendFault) -> Self {
        match fault {
            AppendFault::Conflict { .. }
            | AppendFault::Poisoned(_)
            | AppendFault::Overloaded
            | AppendFault::Unreachable(_)
            | AppendFault::Closing => Self::Unavailable(fault.to_string()),
            AppendFault::IdReused { .. } | AppendFault::Malformed(_) => {
                Self::Fault(fault.to_string())
            }
        }
    }
}

/// The answer of every call on the ledger.
pub type Outcome<T> = Result<T, LedgerError>;
