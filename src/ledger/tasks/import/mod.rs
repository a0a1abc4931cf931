//! An import: items of any number stream in, and one event names them all.
//!
//! Chunks go to the task's own stream as they fill, so memory holds the keys but not the values.
//! Nobody sees anything until the commit; an upload that breaks off leaves only chunks that
//! nothing names.

mod commit;
mod keyed;
mod sending;

use std::collections::VecDeque;

pub use keyed::{KeyedImport, RepeatedImport};

use crate::auth::Action;
use crate::content::{Edit, STAGED};
use crate::domain::commands::fail_task::{self, FailTask};
use crate::domain::commands::queue_import::{self, QueueImport};
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{DatasetId, Revision, SnapshotId, TaskId, XactId};
use crate::domain::values::{ChunkRange, CommitMode, TaskPhase};
use crate::event_log::Appending;
use crate::ledger::caller::Call;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::{Seen, Target};
use crate::ledger::staging::{NewItem, Staging, checked_key};
use crate::ledger::tasks::heartbeat::Heartbeat;
use crate::ledger::verbs::Committed;
use crate::ledger::{Caller, Ledger};
use tokio_util::task::AbortOnDropHandle;

/// What an import is to do.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// The dataset.
    pub dataset: DatasetId,
    /// How the items meet those that are there.
    pub mode: CommitMode,
    /// Why, in the caller's words.
    pub message: Option<String>,
    /// The version the caller saw; another one is a conflict.
    pub if_version: Option<XactId>,
    /// Whether a snapshot of reason AUTO shall name the version made, in the same append.
    pub auto_snapshot: bool,
}

/// An import that takes items.
pub struct Importer {
    ledger: Ledger,
    call: Call,
    new: NewImport,
    if_version: Option<Revision>,
    auto_snapshot: Option<SnapshotId>,
    task: TaskId,
    staging: Option<Staging>,
    /// Full chunks that wait for more to go with.
    waiting: Vec<ItemsStaged>,
    waiting_bytes: usize,
    /// Appends on their way, each with how many chunks it has.
    in_flight: VecDeque<(Appending, u64)>,
    positions: Vec<u64>,
    ranges: Vec<ChunkRange>,
    lines: u64,
    heartbeat: Heartbeat,
    ended: bool,
    /// Keeps other nodes from taking it for broken off, however slowly items come.
    _kept: Option<AbortOnDropHandle<()>>,
    /// The key under which it is done, if any.
    key: Option<keyed::KeyInHand>,
}

impl Ledger {
    /// Begins an import.
    pub async fn begin_import(&self, caller: &Caller, new: NewImport) -> Outcome<Importer> {
        let row = self
            .enter_dataset(caller, Action::Write, new.dataset)
            .await?;
        let call = self.call(caller, Some(row.project));
        let if_version = self.seen_version(new.dataset, new.if_version).await?;
        let task = TaskId(call.new_id());
        let auto_snapshot = new.auto_snapshot.then(|| call.new_snapshot());
        let command = QueueImport {
            task,
            mode: new.mode,
            message: new.message.as_deref().map(Into::into),
            if_version,
        };
        // Marked before it can be found, so that no sweep takes it for a broken one.
        self.inner.jobs.begin(task);
        let target = Target::dataset(new.dataset).and_new_task(task);
        let decide = |seen: &Seen<'_>| queue_import::decide(seen.dataset()?, &command);
        if let Err(error) = self.inner.hall.run(&call, target, decide).await {
            self.inner.jobs.end(task);
            return Err(error);
        }
        self.inner.board.enter(task, TaskPhase::Staging);
        let contact = &self.inner.contact;
        let kept = contact.is_shared().then(|| {
            let keeping = Heartbeat::new(self, task).keep(call.again());
            AbortOnDropHandle::new(tokio::spawn(keeping))
        });
        Ok(Importer {
            _kept: kept,
            staging: Some(Staging::new(new.dataset)),
            heartbeat: Heartbeat::new(self, task),
            ledger: self.clone(),
            call,
            new,
            if_version,
            auto_snapshot,
            task,
            waiting: Vec::new(),
            waiting_bytes: 0,
            in_flight: VecDeque::new(),
            positions: Vec::new(),
            ranges: Vec::new(),
            lines: 0,
            ended: false,
            key: None,
        })
    }
}

impl Importer {
    /// The task that shows this import's progress.
    pub const fn task(&self) -> TaskId {
        self.task
    }

    /// Takes an item; refused items leave the import as it was.
    pub async fn put(&mut self, item: NewItem) -> Outcome<()> {
        let Self {
            staging: Some(staging),
            call,
            ..
        } = self
        else {
            return Err(over());
        };
        staging.put(item, || call.new_id())?;
        self.taken().await
    }

    /// Takes a deletion.
    pub async fn delete(&mut self, key: &str) -> Outcome<()> {
        let Some(staging) = &mut self.staging else {
            return Err(over());
        };
        staging.delete(checked_key("key", key)?);
        self.taken().await
    }

    /// Commits what came: one new version. Ends the task.
    pub async fn finish(mut self) -> Outcome<Committed> {
        let Some(staging) = self.staging.take() else {
            return Err(over());
        };
        let (chunks, mut edits) = staging.finish();
        self.stage(chunks).await?;
        self.send_waiting().await?;
        while self.settle_one().await? {}
        for edit in &mut edits {
            let Edit::Put(entry) = edit else { continue };
            let ordinal = usize::try_from(entry.place.chunk & !STAGED).unwrap_or(usize::MAX);
            let position = self.positions.get(ordinal).copied();
            entry.place.chunk =
                position.ok_or_else(|| LedgerError::Fault("a staged chunk was lost".to_owned()))?;
        }
        let board = &self.ledger.inner.board;
        board.step(self.task, self.lines, Some(self.lines));
        board.enter(self.task, TaskPhase::Switching);
        let committed = self.commit(edits.into()).await;
        match &committed {
            Ok(_) if self.is_completed() => self.ended = true,
            Ok(_) => self.fail("the same was committed before").await,
            Err(error) => self.fail(&error.to_string()).await,
        }
        committed
    }

    /// Gives the import up: nothing of it becomes visible.
    pub async fn give_up(mut self, why: &str) {
        self.fail(why).await;
    }

    async fn fail(&mut self, why: &str) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        fail(
            self.ledger.clone(),
            self.call.again(),
            self.task,
            why.to_owned(),
        )
        .await;
    }
}

impl Drop for Importer {
    fn drop(&mut self) {
        self.ledger.inner.jobs.end(self.task);
        if self.ended {
            return;
        }
        // The upload broke off: whoever fed it is gone, so the task ends here.
        let (ledger, call, task) = (self.ledger.clone(), self.call.again(), self.task);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let why = "the upload broke off before its end; nothing of it was kept".to_owned();
            runtime.spawn(fail(ledger, call, task, why));
        }
    }
}

async fn fail(ledger: Ledger, call: Call, task: TaskId, why: String) {
    let command = FailTask { error: why.into() };
    let target = Target::task(task);
    let decide = |seen: &crate::ledger::hall::Seen<'_>| fail_task::decide(seen.task()?, &command);
    match ledger.inner.hall.run(&call, target, decide).await {
        // Refused: it has ended already, called off by someone.
        Ok(_) | Err(LedgerError::Refused { .. }) => {}
        Err(error) => tracing::error!(task.id = %task, %error, "an import could not be ended"),
    }
}

fn over() -> LedgerError {
    LedgerError::Fault("this import has been finished".to_owned())
}
