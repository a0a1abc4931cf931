//! The runner: takes up the tasks of this node, and those that another left.
//!
//! New ones are offered; a sweep finds the rest. A task that a fault stops is found again by the
//! next sweep.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::heartbeat::Heartbeat;
use super::restore;
use crate::auth::Principal;
use crate::domain::commands::fail_task::{self, FailTask};
use crate::domain::ids::TaskId;
use crate::domain::values::TaskKind;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Target;
use crate::ledger::{Caller, Ledger, Progress};
use crate::views::{Page, TaskRow};

/// How old a task must be before a sweep takes it up unclaimed. On a log with several nodes the one
/// that was offered it is at work, and claims it when that takes longer than a second.
const UNCLAIMED_AGE_MIN: TimeDelta = TimeDelta::seconds(5);
/// How often tasks that nobody works on are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Tasks at work at a time on this node.
const AT_WORK_MAX: usize = 8;
/// Tasks offered and not yet taken; more are found by the sweep.
const OFFERED_MAX: usize = 1_024;
/// Unfinished tasks looked at in one sweep.
const SWEPT_MAX: usize = 1_000;

/// Where new tasks are offered.
pub(in crate::ledger) struct Jobs {
    offered: mpsc::Sender<TaskId>,
    own: Mutex<HashSet<TaskId>>,
}

impl Jobs {
    /// The offering and the taking end.
    pub fn new() -> (Self, mpsc::Receiver<TaskId>) {
        let (offered, taken) = mpsc::channel(OFFERED_MAX);
        (
            Self {
                offered,
                own: Mutex::default(),
            },
            taken,
        )
    }

    /// Offers a task; when too many wait, the sweep will find it.
    pub fn offer(&self, task: TaskId) {
        if self.offered.try_send(task).is_err() {
            tracing::debug!(task.id = %task, "left to the sweep");
        }
    }

    /// Marks a task as this node's at work; false when it is already.
    pub fn begin(&self, task: TaskId) -> bool {
        self.own
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(task)
    }

    /// How many tasks this node works on.
    pub fn at_work(&self) -> usize {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.len()
    }

    /// Marks a task as no longer at work here.
    pub fn end(&self, task: TaskId) {
        self.own
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&task);
    }
}

/// Works until it is told to stop. What is then at work is finished by the next start.
pub(in crate::ledger) async fn run(
    ledger: Ledger,
    mut taken: mpsc::Receiver<TaskId>,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(AT_WORK_MAX));
    let mut sweep = tokio::time::interval(SWEEP_INTERVAL);
    // What the start finds was left by a stop: nobody will be offered it.
    // Where other nodes are at work too, it may as well be one of theirs.
    let is_alone = !ledger.inner.contact.is_shared();
    let mut age_min = if is_alone {
        TimeDelta::zero()
    } else {
        UNCLAIMED_AGE_MIN
    };
    loop {
        let tasks = tokio::select! {
            () = stop.cancelled() => return,
            task = taken.recv() => match task {
                Some(task) => vec![(task, Found::Offered)],
                None => return,
            },
            _ = sweep.tick() => match left_behind(&ledger, age_min) {
                Ok(tasks) => {
                    age_min = UNCLAIMED_AGE_MIN;
                    tasks.into_iter().map(|task| (task, Found::LeftBehind)).collect()
                }
                Err(fault) => {
                    tracing::error!(%fault, "unfinished tasks cannot be read");
                    continue;
                }
            },
        };
        for (task, found) in tasks {
            if !ledger.inner.jobs.begin(task) {
                continue;
            }
            let Ok(slot) = slots.clone().acquire_owned().await else {
                return;
            };
            let (ledger, stop) = (ledger.clone(), stop.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    ended = take_up(&ledger, task, found) => tell(task, ended),
                }
                ledger.inner.jobs.end(task);
                drop(slot);
            });
        }
    }
}

/// Unfinished tasks that were claimed some time, or never within this age.
pub(in crate::ledger) fn left_behind(ledger: &Ledger, age_min: TimeDelta) -> Outcome<Vec<TaskId>> {
    let latest = ledger.inner.hall.clock.now() - age_min;
    let slice = ledger
        .inner
        .views
        .unfinished_tasks(&Page::first(SWEPT_MAX))?;
    let rows = slice.rows.into_iter().map(|keyed| keyed.row);
    let left = rows.filter(|row| row.lease.is_some() || row.created_at <= latest);
    Ok(left.map(|row| row.id).collect())
}

fn tell(task: TaskId, ended: Outcome<()>) {
    match ended {
        // A refusal means that the task ended elsewhere: called off, or done by another node.
        Ok(()) | Err(LedgerError::Refused { .. }) => {}
        Err(fault) => tracing::error!(task.id = %task, %fault, "a task was stopped by a fault"),
    }
}

/// How a task came to this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It was begun here.
    Offered,
    /// Nobody works on it, as it seems.
    LeftBehind,
}

async fn take_up(ledger: &Ledger, task: TaskId, found: Found) -> Outcome<()> {
    let Some(row) = ledger.inner.views.task_to_work_on(task)? else {
        return Ok(());
    };
    if row.phase.is_end() || !is_ours(ledger, &row) {
        return Ok(());
    }
    ledger.inner.board.resume(task, Progress::of_row(&row));
    let caller = Caller {
        principal: Principal::administrator(&row.created_by, None),
        correlation: row.correlation,
        causation: Some(row.id.0),
        key: None,
    };
    if found == Found::LeftBehind && ledger.inner.contact.is_shared() {
        // Of all nodes that find it one goes on with it; the others are refused here.
        let call = ledger.call(&caller, None);
        Heartbeat::new(ledger, task).claim(&call).await?;
    }
    match row.kind {
        TaskKind::SnapshotRestore if ledger.inner.views.is_deleted_project(row.project)? => {
            restore::give_up_unseen(ledger, &row, &caller).await
        }
        TaskKind::SnapshotRestore => restore::perform(ledger, &row, &caller).await,
        // An import that nobody feeds any more: what it staged stays unnamed.
        TaskKind::Import => {
            let error = "the upload broke off before its end; nothing of it was kept".into();
            let command = FailTask { error };
            let call = ledger.call(&caller, None);
            let target = Target::task(task);
            ledger
                .inner
                .hall
                .run(&call, target, |seen| {
                    fail_task::decide(seen.task()?, &command)
                })
                .await
                .map(|_| ())
        }
        // Made and ended in one append.
        TaskKind::SnapshotClone => Ok(()),
    }
}

/// Whether no other node works on it.
fn is_ours(ledger: &Ledger, row: &TaskRow) -> bool {
    row.lease.as_ref().is_none_or(|lease| {
        lease.node == ledger.inner.node || lease.until < ledger.inner.hall.clock.now()
    })
}
