//! Waiting: for dialects that have no status and no lock which their callers see. A change that
//! meets a restore or an import of the same dataset waits until that has ended, within bounds.
//!
//! What an outside worker's operation holds is not waited for: it may take hours.

use std::time::Duration;

use super::visit::Visit;
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::ledger::{LedgerError, Outcome};

/// How often a change is asked for again.
const TURNS_MAX: usize = 64;
/// How long one task is waited for.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// How long the rows are waited for that show what a refusal saw, or its end.
const LAG: Duration = Duration::from_millis(20);
/// How often in a row a refusal is met without a task that shows.
const LAGS_MAX: usize = 10;

/// Asks until no task of the dataset stands against it.
pub(super) async fn patiently<Tongue, T, Asked: Future<Output = Outcome<T>>>(
    visit: &Visit<Tongue>,
    dataset: DatasetId,
    ask: impl Fn() -> Asked,
) -> Outcome<T> {
    let mut lags = 0;
    for _ in 0..TURNS_MAX {
        let refused = match ask().await {
            Err(error) if is_busy(&error) => error,
            answer => return answer,
        };
        if let Some(task) = visit.reads.views().active_task(dataset)? {
            lags = 0;
            let ended = visit
                .ledger()
                .ended(&visit.caller, task.id, WAIT_MAX)
                .await?;
            if !ended.phase.is_end() {
                return Err(refused);
            }
            continue;
        }
        let row = visit.reads.dataset(dataset)?;
        let is_held = row.is_none_or(|row| row.active_operation.is_some());
        lags += 1;
        if is_held || lags > LAGS_MAX {
            return Err(refused);
        }
        tokio::time::sleep(LAG).await;
    }
    ask().await
}

/// Whether something that runs on the dataset was in the way.
const fn is_busy(error: &LedgerError) -> bool {
    match error {
        LedgerError::Refused { refusal, .. } => matches!(
            refusal,
            Refusal::DatasetLocked { .. }
                | Refusal::OperationRunning { .. }
                | Refusal::DatasetNotReady { .. }
        ),
        LedgerError::Forbidden | LedgerError::Unavailable(_) | LedgerError::Fault(_) => false,
    }
}
