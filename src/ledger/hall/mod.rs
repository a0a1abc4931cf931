//! The hall: load, decide, append, await the views. The only caller of append.
//!
//! Decides one stream's commands in order, each against the last append sent, so that one sync
//! carries many. Knows no verb, and nothing of content.

mod answers;
mod reading;
mod seen;
mod settling;
mod writing;

use std::num::NonZeroUsize;
use std::sync::Arc;

use seen::live;
pub(super) use seen::{Seen, Target};
use writing::{Generations, Sent, Streams, Writing, known};

use super::caller::Call;
use super::error::{LedgerError, Outcome};
use super::slots::{Slots, lock};
use super::turns::Turns;
use crate::clock::Clock;
use crate::domain::commands::Decision;
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{DatasetId, Position, ProjectId, Revision, Stream, TaskId};
use crate::domain::{Access, Dataset, Event, Project, Refusal, Task};
use crate::event_log::{Append, AppendFault, Appending, EventLog};
use crate::views::Views;

/// How often a command is decided again after a conflict before its caller is told.
const ATTEMPTS_MAX: usize = 8;
/// States of each kind that are kept.
const STATES_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// A command that is part of the log and shows in the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    /// The last event of its append: its xact id.
    pub last: Position,
}

/// The hall.
pub(super) struct Hall {
    log: Arc<dyn EventLog>,
    views: Views,
    pub clock: Arc<dyn Clock>,
    projects: Slots<ProjectId, Project>,
    datasets: Slots<DatasetId, Dataset>,
    tasks: Slots<TaskId, Task>,
    access: Slots<(), Access>,
    turns: Turns,
}

impl Hall {
    pub fn new(log: Arc<dyn EventLog>, views: Views, clock: Arc<dyn Clock>) -> Self {
        Self {
            log,
            views,
            clock,
            projects: Slots::bounded(STATES_MAX),
            datasets: Slots::bounded(STATES_MAX),
            tasks: Slots::bounded(STATES_MAX),
            access: Slots::bounded(NonZeroUsize::MIN),
            turns: Turns::default(),
        }
    }

    /// Decides and appends, again after a conflict, and answers once the views show it. A call
    /// whose idempotency key is known is answered as it was the first time. A decision of no
    /// events is answered once the views show the dataset on which it was decided.
    pub async fn run(
        &self,
        call: &Call,
        target: Target,
        decide: impl Fn(&Seen<'_>) -> Result<Decision, Refusal>,
    ) -> Outcome<Done> {
        let mut turn = match &call.context.idempotency {
            Some(mark) => Some(self.turns.take(mark.key.clone()).await),
            None => None,
        };
        for attempt in 1..=ATTEMPTS_MAX {
            if let Some(done) = self.answered(call).await? {
                return Ok(done);
            }
            let streams = self.streams_of(target);
            if attempt == 1 {
                streams.begin(target.begins);
            }
            let decided = self.decide_and_send(call, target, &streams, &decide);
            let (appending, generations) = match decided {
                Ok(Sent::Appending {
                    appending,
                    generations,
                }) => (appending, generations),
                Ok(Sent::Nothing {
                    generations,
                    revision,
                }) => match self
                    .shown(target, (&streams, generations), revision)
                    .await?
                {
                    Some(last) => return Ok(Done { last }),
                    None => continue,
                },
                Err(LedgerError::Refused { refusal, .. }) => {
                    return Err(self.explained(refusal, target).await);
                }
                Err(fault) => return Err(fault),
            };
            let (settled, kept) = self.settle(appending, turn).await?;
            turn = kept;
            match settled {
                Ok(last) => return Ok(Done { last }),
                // Ids made from a key are in the log already when another node was first with
                // it: its events come here, and are the answer.
                Err(AppendFault::IdReused { .. }) if call.context.idempotency.is_some() => {
                    streams.forget(generations);
                }
                Err(AppendFault::Conflict { .. }) => streams.forget(generations),
                Err(fault) => {
                    streams.forget(generations);
                    return Err(fault.into());
                }
            }
        }
        let message = "others kept changing the same dataset; try again";
        Err(LedgerError::Unavailable(message.to_owned()))
    }

    /// Looks at a dataset as decisions see it, without deciding anything.
    pub async fn look<T>(
        &self,
        id: DatasetId,
        look: impl FnOnce(&Dataset) -> Result<T, Refusal>,
    ) -> Outcome<T> {
        let seen = {
            let slot = self.datasets.slot(id);
            let mut guard = lock(&slot);
            self.read_dataset(id, &mut guard)?;
            live(known(&guard)).and_then(look)
        };
        match seen {
            Ok(seen) => Ok(seen),
            Err(refusal) => Err(self.explained(refusal, Target::dataset(id)).await),
        }
    }

    /// The project of a dataset whose state is at hand: a dataset never leaves its project.
    pub fn project_at_hand(&self, id: DatasetId) -> Option<ProjectId> {
        let slot = self.datasets.slot_at_hand(&id)?;
        known(&lock(&slot)).map(|dataset| dataset.project)
    }

    /// Sends staged items to a task's stream in one append, without waiting for anything; answers
    /// with the place of the first in it.
    pub fn stage(
        &self,
        call: &Call,
        task: TaskId,
        staged: Vec<ItemsStaged>,
    ) -> Outcome<(Appending, Revision)> {
        let target = Target::task(task);
        let streams = self.streams_of(target);
        let place = std::cell::Cell::new(Revision::FIRST);
        let decide = |seen: &Seen<'_>| {
            place.set(seen.task()?.revision.next());
            let task = staged.iter().cloned().map(Event::ItemsStaged).collect();
            Ok(Decision {
                task,
                ..Decision::default()
            })
        };
        match self.decide_and_send(call, target, &streams, decide)? {
            Sent::Appending { appending, .. } => Ok((appending, place.get())),
            Sent::Nothing { .. } => {
                Err(LedgerError::Fault("there was nothing to stage".to_owned()))
            }
        }
    }

    fn streams_of(&self, target: Target) -> Streams {
        Streams {
            project: target.project.map(|id| self.projects.slot(id)),
            source: target.source.map(|id| self.datasets.slot(id)),
            dataset: target.dataset.map(|id| self.datasets.slot(id)),
            task: target.task.map(|id| self.tasks.slot(id)),
            access: target.access.then(|| self.access.slot(())),
        }
    }

    /// Under the locks of its streams, always taken in the same order: reads what is unread,
    /// decides, takes the decision up, and queues the append before the locks are let go.
    fn decide_and_send(
        &self,
        call: &Call,
        target: Target,
        streams: &Streams,
        decide: impl Fn(&Seen<'_>) -> Result<Decision, Refusal>,
    ) -> Outcome<Sent> {
        let mut project = streams.project.as_deref().map(lock);
        let mut source = streams.source.as_deref().map(lock);
        let mut dataset = streams.dataset.as_deref().map(lock);
        let mut task = streams.task.as_deref().map(lock);
        let mut access = streams.access.as_deref().map(lock);
        if let (Some(id), Some(slot)) = (target.project, &mut project) {
            self.read_slot(Stream::Project(id), slot, || self.views.project_state(id))?;
        }
        if let (Some(id), Some(slot)) = (target.source, &mut source) {
            self.read_dataset(id, slot)?;
        }
        if let (Some(id), Some(slot)) = (target.dataset, &mut dataset) {
            self.read_dataset(id, slot)?;
        }
        if let (Some(id), Some(slot)) = (target.task, &mut task) {
            self.read_slot(Stream::Task(id), slot, || self.views.task_state(id))?;
        }
        if let Some(slot) = &mut access {
            self.read_slot(Stream::Access, slot, || self.views.access_state())?;
        }
        let decision = decide(&Seen {
            project: project.as_ref().and_then(|slot| known(slot)),
            source: source.as_ref().and_then(|slot| known(slot)),
            dataset: dataset.as_ref().and_then(|slot| known(slot)),
            task: task.as_ref().and_then(|slot| known(slot)),
            access: access.as_ref().and_then(|slot| known(slot)),
        })?;
        let mut writing = Writing::of(call);
        let project = writing.add(
            target.project.map(Stream::Project),
            project,
            decision.project,
        );
        let dataset = writing.add(
            target.dataset.map(Stream::Dataset),
            dataset,
            decision.dataset,
        );
        let task = writing.add(target.task.map(Stream::Task), task, decision.task);
        let stream = target.access.then_some(Stream::Access);
        let access = writing.add(stream, access, decision.access);
        let generations = Generations {
            project: project.as_ref().map(|slot| slot.generation),
            dataset: dataset.as_ref().map(|slot| slot.generation),
            task: task.as_ref().map(|slot| slot.generation),
            access: access.as_ref().map(|slot| slot.generation),
        };
        if writing.streams.is_empty() {
            let revision = dataset.as_ref().and_then(|slot| known(slot));
            return Ok(Sent::Nothing {
                generations,
                revision: revision.map_or(Revision::FIRST, |dataset| dataset.revision),
            });
        }
        let append = Append {
            streams: writing.streams,
            context: call.context.clone(),
        };
        Ok(Sent::Appending {
            appending: self.log.append(append),
            generations,
        })
    }
}
