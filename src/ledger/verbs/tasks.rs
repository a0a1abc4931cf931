//! Tasks: called off by whoever may write.

use super::Changed;
use crate::auth::Action;
use crate::domain::commands::cancel_task::{self, CancelTask};
use crate::domain::commands::give_up_restore::{self, GiveUpRestore};
use crate::domain::event::GivenUp;
use crate::domain::ids::TaskId;
use crate::domain::values::TaskKind;
use crate::ledger::error::Outcome;
use crate::ledger::hall::Target;
use crate::ledger::{Caller, Ledger};

impl Ledger {
    /// Calls a task off. It and the switch meet at one revision, and one wins.
    pub async fn cancel_task(&self, caller: &Caller, task: TaskId) -> Outcome<Changed<TaskId>> {
        let row = self.enter_task(caller, Action::Write, task)?;
        let call = self.call(caller, Some(row.project));
        let on_task = Target {
            task: Some(task),
            ..Target::default()
        };
        let on_both = Target {
            dataset: Some(row.dataset),
            ..on_task
        };
        let hall = &self.inner.hall;
        let done = match row.kind {
            TaskKind::SnapshotRestore => {
                let command = GiveUpRestore {
                    task,
                    why: GivenUp::Cancelled,
                };
                hall.run(&call, on_both, |seen| {
                    give_up_restore::decide(seen.dataset_even_deleted()?, &command)
                })
                .await?
            }
            TaskKind::SnapshotClone | TaskKind::Import => {
                hall.run(&call, on_task, |seen| {
                    cancel_task::decide(seen.task()?, &CancelTask)
                })
                .await?
            }
        };
        Ok(Changed {
            id: task,
            xact: done.last,
        })
    }
}
