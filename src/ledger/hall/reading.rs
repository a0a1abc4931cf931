//! Reading a state that is not at hand: its rows in the views, then what its stream has beyond
//! them.

use super::Hall;
use crate::domain::Dataset;
use crate::domain::ids::{DatasetId, Revision, Stream};
use crate::event_log::record;
use crate::ledger::error::Outcome;
use crate::ledger::slots::{Folded, Held, Slot, take_up};

/// Events read at a time when a state catches up with its stream.
const TAIL_EVENTS_MAX: usize = 1_000;

impl Hall {
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
        slot.held = Held::Known(state);
        Ok(())
    }
}
