//! The hall: load, decide, append, await the views. The only caller of append.
//!
//! Decides one stream's commands in order, each against the last append sent, so that one sync
//! carries many. Knows no verb, and nothing of content.

mod answers;
mod looking;
mod reading;
mod seen;
mod settling;
mod together;
mod writing;

use std::sync::Arc;

pub(super) use seen::{Seen, Target};
use writing::{Generations, Locked, Sent, Streams, Writing, known};

use super::caller::Call;
use super::contact::Contact;
use super::error::{LedgerError, Outcome};
use super::slots::States;
use super::turns::Turns;
use crate::clock::Clock;
use crate::domain::commands::Decision;
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{Position, Revision, Stream, TaskId};
use crate::domain::{Event, Refusal};
use crate::event_log::{Append, AppendFault, Appending, EventLog};
use crate::views::Views;

/// How often a command is decided again after a conflict before its caller is told.
const ATTEMPTS_MAX: usize = 8;
/// The same where other nodes append too, and each of them has to be caught up with.
const ATTEMPTS_TOGETHER_MAX: usize = 64;

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
    contact: Arc<Contact>,
    states: Arc<States>,
    turns: Turns,
}

impl Hall {
    pub fn new(
        log: Arc<dyn EventLog>,
        views: Views,
        clock: Arc<dyn Clock>,
        contact: Arc<Contact>,
        states: Arc<States>,
    ) -> Self {
        Self {
            log,
            views,
            clock,
            contact,
            states,
            turns: Turns::default(),
        }
    }

    /// Decides and appends, again after a conflict, and answers once the views show it. A call
    /// whose idempotency key is known is answered as it was the first time. A decision of no
    /// events is answered once the views show the dataset on which it was decided.
    ///
    /// Where other nodes append too, a refusal, and a decision of no events, is told only when it
    /// is the same once this node has caught up with them.
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
        let mut is_abreast = !self.contact.is_shared();
        for attempt in 1..=self.attempts_max() {
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
                Ok(Sent::Nothing { .. }) | Err(LedgerError::Refused { .. }) if !is_abreast => {
                    self.contact.catch_up().await?;
                    is_abreast = true;
                    continue;
                }
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
                    match self.refused_as_kept(target, refusal, &decide)? {
                        Some(refusal) => return Err(self.explained(refusal, target).await),
                        None => streams.forget_all(),
                    }
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let (settled, kept) = self.settle(appending, turn).await?;
            turn = kept;
            let fault = match settled {
                Ok(last) => return Ok(Done { last }),
                Err(fault) => fault,
            };
            streams.forget(generations);
            if !is_of_another(&fault, call) {
                return Err(fault.into());
            }
            self.give_way(attempt).await?;
            is_abreast = true;
        }
        let message = "others kept changing the same dataset; try again";
        Err(LedgerError::Unavailable(message.to_owned()))
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
            project: target.project.map(|id| self.states.projects.slot(id)),
            source: target.source.map(|id| self.states.datasets.slot(id)),
            dataset: target.dataset.map(|id| self.states.datasets.slot(id)),
            task: target.task.map(|id| self.states.tasks.slot(id)),
            access: target.access.then(|| self.states.access.slot(())),
            directory: target.directory.then(|| self.states.directory.slot(())),
        }
    }

    /// Under the locks of its streams: reads what is unread, decides, takes the decision up, and
    /// queues the append before the locks are let go.
    fn decide_and_send(
        &self,
        call: &Call,
        target: Target,
        streams: &Streams,
        decide: impl Fn(&Seen<'_>) -> Result<Decision, Refusal>,
    ) -> Outcome<Sent> {
        let mut locked = Locked::of(streams);
        self.read_unread(target, &mut locked)?;
        let decision = decide(&locked.seen())?;
        let Locked {
            project,
            source: _source,
            dataset,
            task,
            access,
            directory,
        } = locked;
        let mut writing = Writing::of(call, self.contact.is_shared());
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
        // After the projects' own events, from which the views know their names.
        let stream = target.directory.then_some(Stream::Ledger);
        let directory = writing.add(stream, directory, decision.ledger);
        let generations = Generations {
            sent: dataset.as_ref().and_then(|slot| slot.sent),
            project: project.as_ref().map(|slot| slot.generation),
            dataset: dataset.as_ref().map(|slot| slot.generation),
            task: task.as_ref().map(|slot| slot.generation),
            access: access.as_ref().map(|slot| slot.generation),
            directory: directory.as_ref().map(|slot| slot.generation),
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

/// Whether an append failed because another node was faster, so that it is worth another try.
fn is_of_another(fault: &AppendFault, call: &Call) -> bool {
    match fault {
        // Ids made from a key are in the log already when another node was first with it: its
        // events come here, and are the answer.
        AppendFault::IdReused { .. } => call.context.idempotency.is_some(),
        AppendFault::Conflict { .. } => true,
        AppendFault::Malformed(_)
        | AppendFault::Poisoned(_)
        | AppendFault::Overloaded
        | AppendFault::Unreachable(_)
        | AppendFault::Closing => false,
    }
}
