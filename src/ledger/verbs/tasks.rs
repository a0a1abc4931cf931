//! Tasks: called off by whoever may write, waited for by whoever may read.

use std::time::Duration;

use super::Changed;
use crate::auth::Action;
use crate::domain::commands::cancel_task::{self, CancelTask};
use crate::domain::commands::give_up_restore::{self, GiveUpRestore};
use crate::domain::event::GivenUp;
use crate::domain::ids::TaskId;
use crate::domain::values::TaskKind;
use crate::ledger::error::Outcome;
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};
use crate::views::{TaskRow, ViewFault};

impl Ledger {
    /// Waits until a task has ended and the views show it, at most so long; answers the task as it
    /// is then. Its phase tells whether it has ended.
    pub async fn ended(&self, caller: &Caller, task: TaskId, within: Duration) -> Outcome<TaskRow> {
        let mut positions = self.inner.views.positions();
        let waiting = async {
            loop {
                positions.borrow_and_update();
                let row = self.enter_task(caller, Action::Read, task).await?;
                if row.phase.is_end() {
                    return Ok(row);
                }
                positions.changed().await.map_err(|_| ViewFault::Closed)?;
            }
        };
        match tokio::time::timeout(within, waiting).await {
            Ok(ended) => ended,
            Err(_) => self.enter_task(caller, Action::Read, task).await,
        }
    }

    /// Calls a task off. It and the switch meet at one revision, and one wins.
    pub async fn cancel_task(&self, caller: &Caller, task: TaskId) -> Outcome<Changed<TaskId>> {
        let row = self.enter_task(caller, Action::Write, task).await?;
        let call = self.call(caller, Some(row.project));
        match row.kind {
            TaskKind::SnapshotRestore => {
                let command = GiveUpRestore {
                    task,
                    why: GivenUp::Cancelled,
                };
                let target = Target::dataset(row.dataset).and_task(task);
                let decide = |seen: &Seen<'_>| {
                    give_up_restore::decide(seen.dataset_even_deleted()?, &command)
                };
                self.change(&call, task, target, decide).await
            }
            TaskKind::SnapshotClone | TaskKind::Import => {
                let decide = |seen: &Seen<'_>| cancel_task::decide(seen.task()?, &CancelTask);
                self.change(&call, task, Target::task(task), decide).await
            }
        }
    }
}
