//! The hall: load, decide, append, await the views. The only caller of append.
//!
//! Decides one stream's commands in order, each against the last append sent, so that one sync
//! carries many. Knows no verb, and nothing of content.

use std::num::NonZeroUsize;
use std::sync::{Arc, MutexGuard};

use super::caller::Call;
use super::error::{LedgerError, Outcome};
use super::slots::{Folded, Held, Shared, Slot, Slots, lock, take_up};
use super::turns::Turns;
use crate::clock::Clock;
use crate::domain::commands::Decision;
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{DatasetId, Position, ProjectId, Revision, Stream, TaskId};
use crate::domain::{Dataset, Event, Project, Refusal, Task};
use crate::event_log::{
    Append, AppendFault, Appending, EventLog, Expected, NewEvent, StreamAppend, record,
};
use crate::views::Views;

/// How often a command is decided again after a conflict before its caller is told.
const ATTEMPTS_MAX: usize = 8;
/// Events read at a time when a state catches up with its stream.
const TAIL_EVENTS_MAX: usize = 1_000;
/// States of each kind that are kept.
const STATES_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// The streams that a decision looks at and writes to. `source` is only looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Target {
    pub project: Option<ProjectId>,
    pub source: Option<DatasetId>,
    pub dataset: Option<DatasetId>,
    pub task: Option<TaskId>,
}

/// The states of a target's streams.
pub(super) struct Seen<'a> {
    project: Option<&'a Project>,
    source: Option<&'a Dataset>,
    dataset: Option<&'a Dataset>,
    task: Option<&'a Task>,
}

impl<'a> Seen<'a> {
    /// The project, which must exist.
    pub fn project(&self) -> Result<&'a Project, Refusal> {
        self.project.ok_or(Refusal::NotFound { what: "project" })
    }

    /// The dataset looked at only, which must be live.
    pub fn source(&self) -> Result<&'a Dataset, Refusal> {
        live(self.source)
    }

    /// The dataset, which must be live.
    pub fn dataset(&self) -> Result<&'a Dataset, Refusal> {
        live(self.dataset)
    }

    /// The dataset, live or not.
    pub fn dataset_even_deleted(&self) -> Result<&'a Dataset, Refusal> {
        self.dataset.ok_or(Refusal::NotFound { what: "dataset" })
    }

    /// The task, which must exist.
    pub fn task(&self) -> Result<&'a Task, Refusal> {
        self.task.ok_or(Refusal::NotFound { what: "task" })
    }
}

fn live(dataset: Option<&Dataset>) -> Result<&Dataset, Refusal> {
    let dataset = dataset.ok_or(Refusal::NotFound { what: "dataset" })?;
    dataset.must_live().map(|()| dataset)
}

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
            turns: Turns::default(),
        }
    }

    /// Decides and appends, again after a conflict, and answers once the views show it. A call
    /// whose idempotency key is known is answered as it was the first time.
    pub async fn run(
        &self,
        call: &Call,
        target: Target,
        decide: impl Fn(&Seen<'_>) -> Result<Decision, Refusal>,
    ) -> Outcome<Done> {
        let _turn = match &call.context.idempotency {
            Some(mark) => Some(self.turns.take(mark.key.clone()).await),
            None => None,
        };
        if let Some(done) = self.answered(call)? {
            return Ok(done);
        }
        for _ in 0..ATTEMPTS_MAX {
            let streams = self.streams_of(target);
            let decided = self.decide_and_send(call, target, &streams, &decide);
            let Sent {
                appending,
                generations,
            } = match decided {
                Ok(sent) => sent,
                Err(LedgerError::Refused { refusal, .. }) => {
                    return Err(self.explained(refusal, target).await);
                }
                Err(fault) => return Err(fault),
            };
            match appending.await {
                Ok(appended) => {
                    self.views.wait_for(appended.last).await?;
                    return Ok(Done {
                        last: appended.last,
                    });
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
        let target = Target {
            dataset: Some(id),
            ..Target::default()
        };
        match seen {
            Ok(seen) => Ok(seen),
            Err(refusal) => Err(self.explained(refusal, target).await),
        }
    }

    /// Sends staged items to a task's stream, without waiting for anything; answers with their
    /// place in it.
    pub fn stage(
        &self,
        call: &Call,
        task: TaskId,
        staged: ItemsStaged,
    ) -> Outcome<(Appending, Revision)> {
        let target = Target {
            task: Some(task),
            ..Target::default()
        };
        let streams = self.streams_of(target);
        let place = std::cell::Cell::new(Revision::FIRST);
        let decide = |seen: &Seen<'_>| {
            place.set(seen.task()?.revision.next());
            let task = vec![Event::ItemsStaged(staged.clone())];
            Ok(Decision {
                task,
                ..Decision::default()
            })
        };
        let sent = self.decide_and_send(call, target, &streams, decide)?;
        Ok((sent.appending, place.get()))
    }

    /// The first answer to a call whose idempotency key is known.
    pub fn answered(&self, call: &Call) -> Outcome<Option<Done>> {
        let Some(mark) = &call.context.idempotency else {
            return Ok(None);
        };
        match self.views.idempotency(&mark.key)? {
            None => Ok(None),
            Some(record) if record.input == mark.input => Ok(Some(Done { last: record.last })),
            Some(_) => Err(Refusal::IdempotencyKeyReused.into()),
        }
    }

    /// Adds to a stale version which one is current, once the views know it.
    async fn explained(&self, refusal: Refusal, target: Target) -> LedgerError {
        let (Refusal::VersionConflict { found }, Some(dataset)) = (&refusal, target.dataset) else {
            return refusal.into();
        };
        for _ in 0..ATTEMPTS_MAX {
            match self.views.version_by_revision(dataset, *found) {
                Ok(Some(version)) => {
                    return LedgerError::Refused {
                        refusal,
                        current: Some(version.at.position),
                    };
                }
                // Sent, not yet folded: it will be one of the next.
                Ok(None) => {
                    if self
                        .views
                        .wait_for(self.views.position().next())
                        .await
                        .is_err()
                    {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        refusal.into()
    }

    fn streams_of(&self, target: Target) -> Streams {
        Streams {
            project: target.project.map(|id| self.projects.slot(id)),
            source: target.source.map(|id| self.datasets.slot(id)),
            dataset: target.dataset.map(|id| self.datasets.slot(id)),
            task: target.task.map(|id| self.tasks.slot(id)),
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
        let decision = decide(&Seen {
            project: project.as_ref().and_then(|slot| known(slot)),
            source: source.as_ref().and_then(|slot| known(slot)),
            dataset: dataset.as_ref().and_then(|slot| known(slot)),
            task: task.as_ref().and_then(|slot| known(slot)),
        })?;
        let mut writing = Writing {
            call,
            events: 0,
            streams: Vec::with_capacity(3),
        };
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
        let generations = Generations {
            project: project.as_ref().map(|slot| slot.generation),
            dataset: dataset.as_ref().map(|slot| slot.generation),
            task: task.as_ref().map(|slot| slot.generation),
        };
        let append = Append {
            streams: writing.streams,
            context: call.context.clone(),
        };
        Ok(Sent {
            appending: self.log.append(append),
            generations,
        })
    }

    fn read_dataset(&self, id: DatasetId, slot: &mut Slot<Dataset>) -> Outcome<()> {
        self.read_slot(Stream::Dataset(id), slot, || self.views.dataset_state(id))
    }

    /// Reads an unread slot: its rows in the views, then what its stream has beyond them.
    fn read_slot<S: Folded>(
        &self,
        stream: Stream,
        slot: &mut Slot<S>,
        rows: impl FnOnce() -> Result<Option<S>, crate::views::ViewFault>,
    ) -> Outcome<()> {
        if matches!(slot.held, Held::Known(_)) {
            return Ok(());
        }
        let mut state = rows()?;
        loop {
            let from = state
                .as_ref()
                .map_or(Revision::FIRST, |state| state.revision().next());
            let tail = self.log.read_stream(stream, from, TAIL_EVENTS_MAX)?;
            for recorded in &tail {
                take_up(&mut state, &record::decode(recorded)?);
            }
            if tail.is_empty() {
                break;
            }
        }
        slot.generation += 1;
        slot.held = Held::Known(state);
        Ok(())
    }
}

fn known<S>(slot: &Slot<S>) -> Option<&S> {
    match &slot.held {
        Held::Known(state) => state.as_ref(),
        Held::Unread => None,
    }
}

struct Sent {
    appending: Appending,
    generations: Generations,
}

struct Streams {
    project: Option<Shared<Project>>,
    source: Option<Shared<Dataset>>,
    dataset: Option<Shared<Dataset>>,
    task: Option<Shared<Task>>,
}

struct Generations {
    project: Option<u64>,
    dataset: Option<u64>,
    task: Option<u64>,
}

impl Streams {
    /// Forgets what a failed append was decided on, unless it has been read again since.
    fn forget(&self, generations: Generations) {
        forget(self.project.as_ref(), generations.project);
        forget(self.dataset.as_ref(), generations.dataset);
        forget(self.task.as_ref(), generations.task);
    }
}

fn forget<S>(slot: Option<&Shared<S>>, generation: Option<u64>) {
    let Some(slot) = slot else { return };
    let mut slot = lock(slot);
    if Some(slot.generation) == generation {
        slot.held = Held::Unread;
    }
}

/// An append in the making.
struct Writing<'a> {
    call: &'a Call,
    events: usize,
    streams: Vec<StreamAppend>,
}

impl Writing<'_> {
    /// Adds a stream's events and takes them up into its state.
    fn add<'a, S: Folded>(
        &mut self,
        stream: Option<Stream>,
        slot: Option<MutexGuard<'a, Slot<S>>>,
        events: Vec<Event>,
    ) -> Option<MutexGuard<'a, Slot<S>>> {
        let (Some(stream), Some(mut slot)) = (stream, slot) else {
            assert!(
                events.is_empty(),
                "a decision writes only to the streams of its target"
            );
            return None;
        };
        if events.is_empty() {
            return Some(slot);
        }
        let Held::Known(state) = &mut slot.held else {
            unreachable!("a slot is read before anything is decided on it");
        };
        let expected = state.as_ref().map_or(Expected::NoStream, |state| {
            Expected::Revision(state.revision())
        });
        let mut encoded: Vec<NewEvent> = Vec::with_capacity(events.len());
        for event in &events {
            encoded.push(record::encode(self.call.event_id(self.events), event));
            self.events += 1;
            take_up(state, event);
        }
        self.streams.push(StreamAppend {
            stream,
            expected,
            events: encoded,
        });
        Some(slot)
    }
}
