//! A call with an idempotency key that was refused: the first call with that key may be why.
//!
//! Decides nothing and appends nothing.

use super::{Done, Hall};
use crate::ledger::caller::Call;
use crate::ledger::error::Outcome;

impl Hall {
    /// The first answer to a call's key, once whoever is at that key now has an answer. For what
    /// is asked before [`Hall::run`]: it may see what the first call did, and must not refuse
    /// its retry for that.
    pub async fn answered_in_turn(&self, call: &Call) -> Outcome<Option<Done>> {
        let Some(mark) = &call.context.idempotency else {
            return Ok(None);
        };
        let _turn = self.turns.take(mark.key.clone()).await;
        self.answered(call)
    }
}
