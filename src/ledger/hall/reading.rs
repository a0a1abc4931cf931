//! Reading a state that is not at hand: its rows in the views, then what its stream has beyond
//! them.

use super::writing::Locked;
use super::{Hall, Target};
use crate::domain::Dataset;
use crate::domain::ids::{DatasetId, Revision, Stream};
use crate::event_log::record;
use crate::ledger::error::Outcome;
use crate::ledger::slots::{Folded, Held, Slot, take_up};

/// Events read at a time when a state catches up with its stream.
const TAIL_EVENTS_MAX: usize = 1_000;

impl Hall {
    /// Reads those slots of a target that are unread.
    pub(super) fn read_unread(&self, target: Target, locked: &mut Locked<'_>) -> Outcome<()> {
        if let (Some(id), Some(slot)) = (target.project, &mut locked.project) {
            self.read_slot(Stream::Project(id), slot, || self.views.project_state(id))?;
        }
        if let (Some(id), Some(slot)) = (target.source, &mut locked.source) {
            self.read_dataset(id, slot)?;
        }
        if let (Some(id), Some(slot)) = (target.dataset, &mut locked.dataset) {
            self.read_dataset(id, slot)?;
        }
        if let (Some(id), Some(slot)) = (target.task, &mut locked.task) {
            self.read_slot(Stream::Task(id), slot, || self.views.task_state(id))?;
        }
        if let Some(slot) = &mut locked.access {
            self.read_slot(Stream::Access, slot, || self.views.access_state())?;
        }
        if let Some(slot) = &mut locked.directory {
            self.read_slot(Stream::Ledger, slot, || self.views.directory_state())?;
        }
        Ok(())
    }

    /// Reads a dataset's slot when it is unread.
    pub(super) fn read_dataset(&self, id: DatasetId, slot: &mut Slot<Dataset>) -> Outcome<()> {
        self.read_slot(Stream::Dataset(id), slot, || self.views.dataset_state(id))
    }

    /// Reads an unread slot: its rows in the views, then what its stream has beyond them.
    pub(super) fn read_slot<S: Folded>(
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
        slot.sent = None;
        slot.held = Held::Known(state);
        Ok(())
    }
}
