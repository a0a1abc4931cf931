//! The heartbeat of a long task: after a second it claims the task, then tells the log how far it
//! is, at most once a second. Short tasks leave no trace but their beginning and end.

use std::time::Duration;

use crate::domain::commands::claim_task::{self, ClaimTask};
use crate::domain::commands::progress_task::{self, ProgressTask};
use crate::domain::ids::TaskId;
use crate::domain::values::TaskPhase;
use crate::ledger::Ledger;
use crate::ledger::caller::Call;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Target;

/// How often the log hears of a task.
const INTERVAL: Duration = Duration::from_secs(1);
/// For how long a claim holds.
const LEASE: Duration = Duration::from_secs(10);
/// How long after a claim that is kept up it is renewed: two more may fail before it runs out.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(2);

/// The heartbeat of one task.
pub(in crate::ledger) struct Heartbeat {
    ledger: Ledger,
    task: TaskId,
    last: Duration,
}

impl Heartbeat {
    pub fn new(ledger: &Ledger, task: TaskId) -> Self {
        Self {
            ledger: ledger.clone(),
            task,
            last: ledger.inner.hall.clock.elapsed(),
        }
    }

    /// Claims the task for this node.
    pub async fn claim(&mut self, call: &Call) -> Outcome<()> {
        let inner = &self.ledger.inner;
        let now = inner.hall.clock.now();
        let command = ClaimTask {
            node: inner.node.clone(),
            now,
            lease_until: now + LEASE,
        };
        let target = Target::task(self.task);
        inner
            .hall
            .run(call, target, |seen| {
                claim_task::decide(seen.task()?, &command)
            })
            .await?;
        Ok(())
    }

    /// Claims the task again and again, for as long as this is awaited: for work that may stand
    /// still, so that no other node takes it for broken off. Ends when the claim is refused.
    pub async fn keep(mut self, call: Call) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            match self.claim(&call).await {
                Ok(()) => tokio::time::sleep(RENEWAL_INTERVAL).await,
                Err(LedgerError::Refused { .. }) => return,
                // The next one may go through before the lease has run out.
                Err(fault) => tracing::warn!(task.id = %self.task, %fault, "a claim failed"),
            }
        }
    }

    /// Tells the log how far the task is, when it is time.
    pub async fn beat(&mut self, call: &Call, phase: TaskPhase) -> Outcome<()> {
        let inner = &self.ledger.inner;
        let now = inner.hall.clock.elapsed();
        if now.saturating_sub(self.last) < INTERVAL {
            return Ok(());
        }
        self.last = now;
        self.claim(call).await?;
        let inner = &self.ledger.inner;
        let latest = inner.board.latest(self.task);
        let (done, total) = latest.map_or((0, None), |latest| (latest.done, latest.total));
        let command = ProgressTask { phase, done, total };
        let target = Target::task(self.task);
        inner
            .hall
            .run(call, target, |seen| {
                progress_task::decide(seen.task()?, &command)
            })
            .await?;
        Ok(())
    }
}
