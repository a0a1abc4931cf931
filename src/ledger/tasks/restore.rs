//! A restore at work: verify what it brings back, then switch in one append.
//!
//! ```text
//! QUEUED → VERIFYING (read and hash the difference) → SWITCHING (SnapshotRestored) → COMPLETED
//!                 └─ damage that the log cannot mend ─────────────────────────────► FAILED
//!                 └─ called off ────────────────────────────────────────────────► CANCELLED
//! ```

use crate::content::{DiffOptions, diff, diff_counts};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::commands::give_up_restore::{self, GiveUpRestore};
use crate::domain::commands::switch_restore::{self, SwitchRestore};
use crate::domain::event::GivenUp;
use crate::domain::ids::{DatasetId, ProjectId, TaskId};
use crate::domain::values::{ChangeSummary, TaskPhase};
use crate::ledger::caller::Call;
use crate::ledger::content_words;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Target;
use crate::ledger::tasks::heartbeat::Heartbeat;
use crate::ledger::{Caller, Ledger};
use crate::views::TaskRow;

/// Changes verified between two looks at the clock and the board.
const STRIDE: usize = 4_096;

/// What a restore does: from which root to which.
#[derive(Clone, Copy)]
struct Way {
    task: TaskId,
    dataset: DatasetId,
    from: Digest,
    to: Digest,
    /// The dataset's, when the switch may give it back a name.
    project: Option<ProjectId>,
}

/// Brings one restore to its end. Anything refused on the way means that another has ended it.
pub(super) async fn perform(ledger: &Ledger, row: &TaskRow, caller: &Caller) -> Outcome<()> {
    let running = |dataset: &crate::domain::Dataset| {
        let restore = dataset.restore_of(row.id)?;
        let project = restore.words.is_some().then_some(dataset.project);
        Ok((dataset.head.root, restore.target.root, project))
    };
    let (from, to, project) = ledger.inner.hall.look(row.dataset, running).await?;
    let way = Way {
        task: row.id,
        dataset: row.dataset,
        from,
        to,
        project,
    };
    let call = ledger.call(caller, None);
    ledger.inner.board.enter(way.task, TaskPhase::Verifying);
    match verify(ledger, way, &call).await {
        Ok((summary, steps)) => switch(ledger, way, &call, (summary, steps)).await,
        Err(LedgerError::Fault(message)) => give_up(ledger, way, &call, message).await,
        Err(other) => Err(other),
    }
}

/// Ends a restore that is of no use to anybody: its project was deleted.
pub(super) async fn give_up_unseen(ledger: &Ledger, row: &TaskRow, caller: &Caller) -> Outcome<()> {
    let command = GiveUpRestore {
        task: row.id,
        why: GivenUp::Failed("its project was deleted".into()),
    };
    let call = ledger.call(caller, None);
    let target = Target::dataset(row.dataset).and_task(row.id);
    let decide = |seen: &crate::ledger::hall::Seen<'_>| {
        give_up_restore::decide(seen.dataset_even_deleted()?, &command)
    };
    let given_up = ledger.inner.hall.run(&call, target, decide).await;
    given_up.map(|_| ())
}

/// Reads and hashes everything that the switch would bring back.
async fn verify(ledger: &Ledger, way: Way, call: &Call) -> Outcome<(ChangeSummary, u64)> {
    let counting = ledger.clone();
    let summary = blocking(move || {
        counting
            .inner
            .content
            .read(way.dataset, |nodes| diff_counts(nodes, way.from, way.to))
    })
    .await?;
    let summary = content_words::summary(summary);
    let total = summary.added + summary.removed + summary.modified;
    ledger.inner.board.step(way.task, 0, Some(total));
    let mut heartbeat = Heartbeat::new(ledger, way.task);
    let (mut done, mut after) = (0, None);
    loop {
        let stride = ledger.clone();
        let (seen, last) = blocking(move || verify_stride(&stride, way, after)).await?;
        done += seen as u64;
        ledger.inner.board.step(way.task, done, Some(total));
        if seen < STRIDE {
            break;
        }
        after = last;
        if ledger
            .inner
            .board
            .latest(way.task)
            .is_some_and(|latest| latest.phase.is_end())
        {
            return Err(Refusal::TaskEnded.into());
        }
        heartbeat.beat(call, TaskPhase::Verifying).await?;
    }
    if done != total {
        return Err(LedgerError::Fault(format!(
            "the difference counts {total} changes, but {done} were found"
        )));
    }
    Ok((summary, total))
}

/// Verifies the changes after a key; answers how many there were, and the last key.
fn verify_stride(
    ledger: &Ledger,
    way: Way,
    after: Option<String>,
) -> Outcome<(usize, Option<String>)> {
    let content = &ledger.inner.content;
    let changes = content.read(way.dataset, |nodes| {
        let options = DiffOptions {
            after: after.clone(),
            ..DiffOptions::default()
        };
        diff(nodes, way.from, way.to, &options)
            .take(STRIDE)
            .collect::<Result<Vec<_>, _>>()
    })?;
    let back: Vec<_> = changes
        .iter()
        .filter_map(|change| change.after.clone())
        .collect();
    ledger.sound_values(way.dataset, way.to, &back)?;
    Ok((
        changes.len(),
        changes.last().map(|change| change.key.to_string()),
    ))
}

async fn switch(
    ledger: &Ledger,
    way: Way,
    call: &Call,
    (summary, steps): (ChangeSummary, u64),
) -> Outcome<()> {
    ledger.inner.board.enter(way.task, TaskPhase::Switching);
    let command = SwitchRestore {
        task: way.task,
        summary,
        steps,
    };
    let decide = |seen: &crate::ledger::hall::Seen<'_>| {
        let project = way.project.map(|_| seen.project()).transpose()?;
        switch_restore::decide(project, seen.dataset_even_deleted()?, &command)
    };
    ledger
        .inner
        .hall
        .run(call, switched(way), decide)
        .await
        .map(|_| ())
}

async fn give_up(ledger: &Ledger, way: Way, call: &Call, message: String) -> Outcome<()> {
    tracing::error!(task.id = %way.task, dataset.id = %way.dataset, message, "restore failed");
    let command = GiveUpRestore {
        task: way.task,
        why: GivenUp::Failed(message.into()),
    };
    let decide = |seen: &crate::ledger::hall::Seen<'_>| {
        give_up_restore::decide(seen.dataset_even_deleted()?, &command)
    };
    ledger
        .inner
        .hall
        .run(call, target(way), decide)
        .await
        .map(|_| ())
}

fn switched(way: Way) -> Target {
    Target {
        project: way.project,
        ..target(way)
    }
}

fn target(way: Way) -> Target {
    Target::dataset(way.dataset).and_task(way.task)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| LedgerError::Fault(format!("a restore's work broke off: {fault}")))?
}
