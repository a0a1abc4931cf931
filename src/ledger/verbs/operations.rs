//! Operations: the long jobs of outside workers, begun and finished.

use super::Changed;
use crate::auth::Action;
use crate::domain::commands::begin_operation::{self, BeginOperation};
use crate::domain::commands::finish_operation::{self, FinishOperation};
use crate::domain::ids::{DatasetId, OperationId};
use crate::domain::values::{DatasetStatus, OperationKind, OperationOutcome};
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};

impl Ledger {
    /// Begins an operation, which locks the dataset.
    pub async fn begin_operation(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        kind: OperationKind,
    ) -> Outcome<Changed<OperationId>> {
        let project = self
            .enter_project_of(caller, Action::Write, dataset)
            .await?;
        let call = self.call(caller, Some(project));
        let command = BeginOperation {
            operation: OperationId(call.new_id()),
            kind,
        };
        let decide = |seen: &Seen<'_>| begin_operation::decide(seen.dataset()?, &command);
        let target = Target::dataset(dataset);
        self.change(&call, command.operation, target, decide).await
    }

    /// Finishes an operation. Whoever may write may finish one that another began, but only as
    /// failed.
    pub async fn finish_operation(
        &self,
        caller: &Caller,
        operation: OperationId,
        outcome: OperationOutcome,
        status: Option<DatasetStatus>,
    ) -> Outcome<Changed<OperationId>> {
        let (row, dataset) = self
            .enter_operation(caller, Action::Write, operation)
            .await?;
        let is_own = row.started_by == *caller.principal.actor();
        if !is_own && outcome == OperationOutcome::Succeeded {
            return Err(LedgerError::Forbidden);
        }
        let call = self.call(caller, Some(dataset.project));
        let first_snapshot = call.new_snapshot();
        let command = FinishOperation {
            operation,
            outcome,
            status,
            first_snapshot,
        };
        let decide = |seen: &Seen<'_>| finish_operation::decide(seen.dataset()?, &command);
        let target = Target::dataset(dataset.id);
        self.change(&call, operation, target, decide).await
    }
}
