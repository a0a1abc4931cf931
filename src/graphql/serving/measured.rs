//! Measuring: every operation is counted once, with its kind, its first error and its time.
//!
//! Also one that is dropped before its end: its caller has gone.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{ServerError, Value};

use crate::graphql::figures::Figures;
use crate::ledger::Ledger;

/// What stands for the code of a query or mutation that was dropped before it had an answer.
const ABANDONED: &str = "ABANDONED";

/// An operation that runs; counted when this is dropped.
pub struct Measured {
    figures: Arc<Figures>,
    ledger: Ledger,
    kind: Option<OperationType>,
    began: Duration,
    code: Option<String>,
}

impl Measured {
    /// An operation of this kind begins; none where it could not even be read.
    pub fn begin(figures: Arc<Figures>, ledger: Ledger, kind: Option<OperationType>) -> Self {
        // A subscription ends well when its caller goes.
        let is_lasting = kind == Some(OperationType::Subscription);
        Self {
            began: ledger.elapsed(),
            figures,
            ledger,
            kind,
            code: (!is_lasting).then(|| ABANDONED.to_owned()),
        }
    }

    /// Its answer has these errors, or none.
    pub fn answered(&mut self, errors: &[ServerError]) {
        let extensions = errors.first().and_then(|error| error.extensions.as_ref());
        self.code = match extensions.and_then(|extensions| extensions.get("code")) {
            Some(Value::String(code)) => Some(code.clone()),
            Some(_) | None => None,
        };
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let took = self.ledger.elapsed().saturating_sub(self.began);
        self.figures.ended(self.kind, self.code.as_deref(), took);
    }
}
