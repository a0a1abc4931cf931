//! Tasks: the ledger's own work, with its progress.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{Dataset, DiffSummary, Snapshot, words};
use crate::graphql::connection::Listed;
use crate::graphql::error::Problem;
use crate::graphql::loaders;
use crate::graphql::scalars::{BigInt, Moment, Xact};
use crate::ledger::{Progress, Reads};
use crate::views::TaskRow;

/// A task at one moment of its work.
pub struct Task {
    row: TaskRow,
    progress: Progress,
}

impl Task {
    /// A task as it is now.
    pub fn now(reads: &Reads, row: TaskRow) -> Self {
        let progress = reads.progress(&row);
        Self { row, progress }
    }

    /// A task as it was at this point of its work. What only its end tells is not told before.
    pub const fn at(row: TaskRow, progress: Progress) -> Self {
        Self { row, progress }
    }

    fn has_ended(&self) -> bool {
        self.progress.phase.is_end()
    }
}

impl Listed for Task {
    const CONNECTION: &'static str = "TaskConnection";
    const EDGE: &'static str = "TaskEdge";
}

/// The ledger's own work on a dataset: a restore, a clone or an import.
#[Object]
impl Task {
    /// The global id, a UUID.
    pub async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// What it does.
    #[graphql(name = "type")]
    async fn kind(&self) -> words::TaskType {
        self.row.kind.into()
    }

    /// What its phase amounts to.
    async fn status(&self) -> words::TaskStatus {
        self.progress.phase.status().into()
    }

    /// Where it is in its work.
    async fn phase(&self) -> words::TaskPhase {
        self.progress.phase.into()
    }

    /// The dataset it works on, for a clone the new one; null when that is deleted.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Option<Dataset>, Problem> {
        let row = loaders::dataset(ctx, self.row.dataset).await?;
        Ok(row.filter(|row| row.deleted_at.is_none()).map(Dataset))
    }

    /// The snapshot that is restored or cloned, also if it is deleted now; null when a bare
    /// version is.
    async fn snapshot(&self, ctx: &Context<'_>) -> Result<Option<Snapshot>, Problem> {
        let Some(id) = self.row.snapshot else {
            return Ok(None);
        };
        Ok(loaders::snapshot(ctx, id).await?.map(Snapshot))
    }

    /// What it changed, once it is completed.
    async fn summary(&self) -> Option<DiffSummary> {
        let summary = self.row.summary.filter(|_| self.has_ended());
        summary.map(Into::into)
    }

    /// How far it is.
    async fn progress(&self) -> TaskProgress {
        TaskProgress {
            done: BigInt::of(self.progress.done),
            total: self.progress.total.map(BigInt::of),
            percent: self.progress.percent(),
            rate_per_second: self.progress.rate_per_second,
            eta_seconds: self.progress.eta_seconds(),
            message: message(&self.row, &self.progress),
        }
    }

    /// Why it failed.
    async fn error(&self) -> Option<&str> {
        self.row.error.as_deref().filter(|_| self.has_ended())
    }

    /// Who asked for it.
    async fn created_by(&self) -> &str {
        &self.row.created_by
    }

    /// When it was asked for.
    async fn created_at(&self) -> Moment {
        self.row.created_at.into()
    }

    /// When work on it began.
    async fn started_at(&self) -> Option<Moment> {
        self.row.started_at.map(Into::into)
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<Moment> {
        self.row
            .finished_at
            .filter(|_| self.has_ended())
            .map(Into::into)
    }

    /// The version it made, once it is completed.
    async fn result_xact_id(&self) -> Option<Xact> {
        self.row.result.filter(|_| self.has_ended()).map(Into::into)
    }
}

/// How far a task is.
#[derive(Debug, Clone, SimpleObject)]
pub struct TaskProgress {
    /// Steps done; never goes back.
    pub done: BigInt,
    /// Steps in all; null while that is not known.
    pub total: Option<BigInt>,
    /// From 0 to 100; 100 exactly when the task is COMPLETED.
    pub percent: f64,
    /// Steps a second.
    pub rate_per_second: Option<f64>,
    /// Seconds left, at that rate.
    pub eta_seconds: Option<f64>,
    /// What is being done, for people.
    pub message: Option<String>,
}

fn message(row: &TaskRow, progress: &Progress) -> Option<String> {
    use crate::domain::values::TaskPhase;
    let text = match progress.phase {
        TaskPhase::Queued => "waiting to be taken up",
        TaskPhase::Staging => "taking in items",
        TaskPhase::Verifying => "checking what will be brought back",
        TaskPhase::Applying => "waiting for outside executors",
        TaskPhase::Switching => "changing the content",
        TaskPhase::Completed => "done",
        TaskPhase::Failed => return row.error.as_deref().map(str::to_owned),
        TaskPhase::Cancelled => "called off",
    };
    Some(text.to_owned())
}
