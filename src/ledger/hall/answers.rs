//! What a call with an idempotency key is answered: what the first call with its key did.
//!
//! Decides nothing and appends nothing.

use super::{Done, Hall};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::ledger::caller::Call;
use crate::ledger::error::{LedgerError, Outcome};

impl Hall {
    /// The first answer to a call whose idempotency key is known. The ids of its events follow
    /// from the key, so the log itself tells, however long ago it was; nothing else is kept of it.
    pub async fn answered(&self, call: &Call) -> Outcome<Option<Done>> {
        let Some(mark) = &call.context.idempotency else {
            return Ok(None);
        };
        match self.done_before(call).await? {
            Some((input, done)) if input == mark.input => Ok(Some(done)),
            Some(_) => Err(Refusal::IdempotencyKeyReused.into()),
            None => Ok(None),
        }
    }

    /// The first answer to a call's key, once whoever is at that key now has an answer. For what
    /// is asked before [`Hall::run`]: it may see what the first call did, and must not refuse
    /// its retry for that.
    pub async fn answered_in_turn(&self, call: &Call) -> Outcome<Option<Done>> {
        let Some(mark) = &call.context.idempotency else {
            return Ok(None);
        };
        let _turn = self.turns.take(mark.key.clone()).await;
        self.answered(call).await
    }

    /// What was done under a call's idempotency key, and for which input: for a call that does
    /// not know its own input yet.
    pub async fn done_before(&self, call: &Call) -> Outcome<Option<(Digest, Done)>> {
        if call.context.idempotency.is_none() {
            return Ok(None);
        }
        let Some(first) = self.log.read_event(call.event_id(0))? else {
            return Ok(None);
        };
        let Some(mark) = &first.context.idempotency else {
            let message = format!(
                "event {} has an id made from a key it lacks",
                first.position.0
            );
            return Err(LedgerError::Fault(message));
        };
        // A reader may be a moment ahead of the head, by which a time is looked up.
        self.views.wait_for(first.position).await?;
        // All events of an append have one time, and no other append has it.
        let last = self.log.position_at(first.recorded_at)?;
        self.views.wait_for(last).await?;
        Ok(Some((mark.input, Done { last })))
    }
}
