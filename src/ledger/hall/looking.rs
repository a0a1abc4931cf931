//! Looking at a dataset as decisions see it, without deciding anything.

use super::seen::{Seen, live};
use super::writing::{Generations, Locked, Streams, known};
use super::{ATTEMPTS_MAX, Hall, Target};
use crate::domain::ids::{DatasetId, ProjectId, Revision, Stream};
use crate::domain::{Dataset, Refusal};
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::slots::lock;

/// A look, and which state it was at.
struct Look<T> {
    found: Result<T, Refusal>,
    generations: Generations,
    revision: Revision,
}

impl Hall {
    /// Looks at a dataset. Where other nodes append too, what is found shows in the views, so that
    /// its content can be read; and a refusal is that of all that they were told is in the log.
    pub async fn look<T>(
        &self,
        id: DatasetId,
        look: impl Fn(&Dataset) -> Result<T, Refusal>,
    ) -> Outcome<T> {
        let target = Target::dataset(id);
        let mut is_abreast = !self.contact.is_shared();
        for _ in 0..ATTEMPTS_MAX {
            let streams = self.streams_of(target);
            let seen = self.looked(target, &streams, &look)?;
            match seen.found {
                Ok(found) if !self.contact.is_shared() => return Ok(found),
                Ok(found) => {
                    let at = (&streams, seen.generations);
                    if self.shown(target, at, seen.revision).await?.is_some() {
                        return Ok(found);
                    }
                }
                Err(_) if !is_abreast => {
                    self.contact.catch_up().await?;
                    is_abreast = true;
                }
                Err(refusal) => {
                    let as_kept = |seen: &Seen<'_>| seen.dataset().and_then(&look);
                    match self.refused_as_kept(target, refusal, as_kept)? {
                        Some(refusal) => return Err(self.explained(refusal, target).await),
                        None => streams.forget_all(),
                    }
                }
            }
        }
        let message = "what others did to the dataset does not show here; try again";
        Err(LedgerError::Unavailable(message.to_owned()))
    }

    /// The project of a dataset whose state is at hand, when it is live: a dataset never leaves its
    /// project, but goes with it.
    pub fn project_at_hand(&self, id: DatasetId) -> Outcome<Option<ProjectId>> {
        let Some(slot) = self.states.datasets.slot_at_hand(&id) else {
            return Ok(None);
        };
        let Some(project) = known(&lock(&slot)).map(|dataset| dataset.project) else {
            return Ok(None);
        };
        let slot = self.states.projects.slot(project);
        let mut slot = lock(&slot);
        let rows = || self.views.project_state(project);
        self.read_slot(Stream::Project(project), &mut slot, rows)?;
        let is_live = known(&slot).is_some_and(|project| !project.deleted);
        Ok(is_live.then_some(project))
    }

    fn looked<T>(
        &self,
        target: Target,
        streams: &Streams,
        look: impl Fn(&Dataset) -> Result<T, Refusal>,
    ) -> Outcome<Look<T>> {
        let mut locked = Locked::of(streams);
        self.read_unread(target, &mut locked)?;
        let slot = locked.dataset.as_ref();
        let state = slot.and_then(|slot| known(slot));
        Ok(Look {
            found: live(state).and_then(look),
            generations: Generations {
                sent: slot.and_then(|slot| slot.sent),
                project: None,
                dataset: slot.map(|slot| slot.generation),
                task: None,
                access: None,
                directory: None,
            },
            revision: state.map_or(Revision::FIRST, |state| state.revision),
        })
    }
}
