//! Chunks on their way to the task's stream: gathered to appends, a few of them at a time.

use super::Importer;
use crate::domain::Refusal;
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{Revision, TaskId};
use crate::domain::values::{ChunkRange, TaskPhase};
use crate::event_log::AppendFault;
use crate::ledger::Ledger;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::staging::Staging;

/// Chunks go into the log together until they have so many bytes: one append, one sync.
const APPEND_BYTES_MAX: usize = 512 << 10;
/// Appends on their way into the log at a time.
const IN_FLIGHT_MAX: usize = 8;

impl Importer {
    /// Counts what came, and sends on what is full.
    pub(super) async fn taken(&mut self) -> Outcome<()> {
        self.lines += 1;
        let full = self
            .staging
            .as_mut()
            .map(Staging::take_full)
            .unwrap_or_default();
        if full.is_empty() {
            return Ok(());
        }
        self.stage(full).await?;
        let board = &self.ledger.inner.board;
        board.step(self.task, self.lines, None);
        if board
            .latest(self.task)
            .is_some_and(|latest| latest.phase.is_end())
        {
            return Err(Refusal::TaskEnded.into());
        }
        self.heartbeat.beat(&self.call, TaskPhase::Staging).await
    }

    /// Gathers chunks until they are worth an append.
    pub(super) async fn stage(&mut self, chunks: Vec<ItemsStaged>) -> Outcome<()> {
        for chunk in chunks {
            if self.waiting_bytes + chunk.body.len() > APPEND_BYTES_MAX {
                self.send_waiting().await?;
            }
            self.waiting_bytes += chunk.body.len();
            self.waiting.push(chunk);
        }
        Ok(())
    }

    /// Sends the chunks that wait, once not too many are on their way.
    pub(super) async fn send_waiting(&mut self) -> Outcome<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        if self.in_flight.len() >= IN_FLIGHT_MAX {
            self.settle_one().await?;
        }
        self.waiting_bytes = 0;
        let chunks = std::mem::take(&mut self.waiting);
        let count = chunks.len() as u64;
        let hall = &self.ledger.inner.hall;
        let (appending, first) = hall.stage(&self.call, self.task, chunks)?;
        self.in_flight.push_back((appending, count));
        self.note(first, count);
        Ok(())
    }

    /// Waits for the oldest append on its way; false when there is none.
    pub(super) async fn settle_one(&mut self) -> Outcome<bool> {
        let Some((appending, count)) = self.in_flight.pop_front() else {
            return Ok(false);
        };
        let first = match appending.await {
            Ok(appended) => appended.first.0,
            Err(fault) => return Err(broken_off(&self.ledger, self.task, fault).await),
        };
        self.positions.extend(first..first + count);
        Ok(true)
    }

    /// Notes the places of chunks in the task's stream, as part of a run of consecutive ones:
    /// claims and progress may stand between them.
    fn note(&mut self, first: Revision, count: u64) {
        match self.ranges.last_mut() {
            Some(run) if run.first.0 + run.count == first.0 => run.count += count,
            Some(_) | None => self.ranges.push(ChunkRange {
                task: Some(self.task),
                first,
                count,
            }),
        }
    }
}

/// Why a chunk did not go in. Nobody but another node that ended the task could be in its way.
async fn broken_off(ledger: &Ledger, task: TaskId, fault: AppendFault) -> LedgerError {
    let is_conflict = matches!(fault, AppendFault::Conflict { .. });
    if is_conflict && ledger.catch_up().await.is_ok() {
        match ledger.inner.views.task_to_work_on(task) {
            Ok(Some(row)) if row.phase.is_end() => return Refusal::TaskEnded.into(),
            Ok(_) => {}
            Err(error) => return error.into(),
        }
    }
    fault.into()
}
