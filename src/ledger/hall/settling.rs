//! What a caller waits for before their answer: that the views show what was appended, or what
//! was seen.
//!
//! Decides nothing and appends nothing.

use std::time::Duration;

use super::writing::{Generations, Streams};
use super::{ATTEMPTS_MAX, Hall, Target};
use crate::domain::Refusal;
use crate::domain::ids::{Position, Revision};
use crate::event_log::{AppendFault, Appending};
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::turns::Turn;
use crate::views::ViewFault;

/// How long what was sent may take to show before it is taken for lost, and read again.
const SHOWN_MAX: Duration = Duration::from_secs(2);

/// Where an append ended, and the turn of its call.
type Settled = (Result<Position, AppendFault>, Option<Turn>);

impl Hall {
    /// Waits until an append shows in the views. A call with a key keeps its turn until then, even
    /// when its caller goes away meanwhile: a retry must find what this one did.
    pub(super) async fn settle(
        &self,
        appending: Appending,
        turn: Option<Turn>,
    ) -> Outcome<Settled> {
        let (views, is_keyed) = (self.views.clone(), turn.is_some());
        let settling = async move {
            match appending.await {
                Ok(appended) => {
                    views.wait_for(appended.last).await?;
                    Ok((Ok(appended.last), turn))
                }
                Err(fault) => Ok((Err(fault), turn)),
            }
        };
        if !is_keyed {
            return settling.await;
        }
        let broken = |fault| LedgerError::Fault(format!("an append was not awaited: {fault}"));
        tokio::spawn(settling).await.map_err(broken)?
    }

    /// Waits until the views show what a decision of nothing was decided on, and answers where
    /// they stand; none when that was lost, and is to be decided again.
    pub(super) async fn shown(
        &self,
        target: Target,
        (streams, generations): (&Streams, Generations),
        revision: Revision,
    ) -> Outcome<Option<Position>> {
        let mut positions = self.views.positions();
        let shows = async {
            loop {
                positions.borrow_and_update();
                let shown = match target.dataset {
                    Some(dataset) => self.views.dataset_revision(dataset)?,
                    None => Some(revision),
                };
                if shown >= Some(revision) {
                    return Ok(self.views.position());
                }
                positions.changed().await.map_err(|_| ViewFault::Closed)?;
            }
        };
        match tokio::time::timeout(SHOWN_MAX, shows).await {
            Ok(shown) if self.stands(generations)? => shown.map(Some),
            Ok(_) | Err(_) => {
                streams.forget(generations);
                Ok(None)
            }
        }
    }

    /// Whether what was sent last is what the log has in its place: another node's event may be
    /// there instead. To be asked when the views show that place.
    fn stands(&self, generations: Generations) -> Outcome<bool> {
        match generations.sent.filter(|_| self.contact.is_shared()) {
            Some(sent) => Ok(self.log.read_event(sent)?.is_some()),
            None => Ok(true),
        }
    }

    /// Adds to a stale version which one is current, once the views know it.
    pub(super) async fn explained(&self, refusal: Refusal, target: Target) -> LedgerError {
        let (Refusal::VersionConflict { found }, Some(dataset)) = (&refusal, target.dataset) else {
            return refusal.into();
        };
        for _ in 0..ATTEMPTS_MAX {
            match self.views.version_by_revision(dataset, *found) {
                Ok(Some(version)) => {
                    return LedgerError::Refused {
                        refusal,
                        current: Some(version.at.position),
                    };
                }
                // Sent, not yet folded: it will be one of the next.
                Ok(None) => {
                    if self
                        .views
                        .wait_for(self.views.position().next())
                        .await
                        .is_err()
                    {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        refusal.into()
    }
}
