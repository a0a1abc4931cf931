//! Repair: what is missing or damaged is computed from the log again, as it was the first time.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::ContentCache;
use crate::content::Fault;
use crate::domain::Event;
use crate::domain::ids::{DatasetId, Position, Revision, Stream};
use crate::event_log::record;
use crate::ledger::applying::{apply, staged_edits};
use crate::ledger::error::{LedgerError, Outcome};

/// Events read at a time when nodes are rebuilt.
const REPAIR_EVENTS_MAX: usize = 1_000;
/// How far a repair follows clones of clones.
const LINEAGE_MAX: usize = 1_000;

impl ContentCache {
    /// Rebuilds all nodes of a dataset, and of what it was cloned from, out of the log.
    pub fn repair(
        &self,
        dataset: DatasetId,
        fault: &dyn std::fmt::Display,
        is_whole: impl Fn() -> bool,
    ) -> Outcome<()> {
        let _alone = self
            .repairing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if is_whole() {
            return Ok(());
        }
        tracing::warn!(dataset.id = %dataset, %fault, "content is rebuilt from the log");
        self.repairs.fetch_add(1, Ordering::Relaxed);
        for (dataset, last) in self.lineage(dataset)?.into_iter().rev() {
            self.rebuild(dataset, last)?;
        }
        Ok(())
    }

    /// Begins the file anew, where the file itself is broken, and folds the log into it again.
    pub(super) fn rebuild_file(&self, fault: &Fault, is_whole: impl Fn() -> bool) -> Outcome<()> {
        let _alone = self
            .repairing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if is_whole() {
            return Ok(());
        }
        tracing::warn!(%fault, "content.db is dropped and rebuilt from the log");
        self.repairs.fetch_add(1, Ordering::Relaxed);
        let nodes = (self.open)(true)?;
        let end = self.position();
        let mut next = Position::START.next();
        while next <= end {
            let events = self.log.read_all(next, REPAIR_EVENTS_MAX)?;
            let Some(last) = events.last().map(|recorded| recorded.position) else {
                break;
            };
            for recorded in events
                .iter()
                .take_while(|recorded| recorded.position <= end)
            {
                let Event::ItemsCommitted(committed) = record::decode(recorded)? else {
                    continue;
                };
                let edits = staged_edits(&*self.log, committed.dataset, &committed.chunks)?;
                let grown = apply(&*nodes, committed.root_before, committed.mode, &edits)?;
                nodes.insert(&grown.nodes, Some(&self.checkpoint(recorded)))?;
            }
            next = last.next();
        }
        *self.nodes.write().unwrap_or_else(PoisonError::into_inner) = nodes;
        Ok(())
    }

    /// A dataset and those it was cloned from, with the last revision that matters of each.
    fn lineage(&self, dataset: DatasetId) -> Outcome<Vec<(DatasetId, Revision)>> {
        let mut lineage = vec![(dataset, Revision(u64::MAX))];
        let mut next = dataset;
        for _ in 0..LINEAGE_MAX {
            let first = self
                .log
                .read_stream(Stream::Dataset(next), Revision::FIRST, 1)?;
            let origin = match first.first().map(record::decode).transpose()? {
                Some(Event::DatasetCreated(created)) => created.origin,
                Some(_) | None => None,
            };
            let Some(origin) = origin else {
                return Ok(lineage);
            };
            lineage.push((origin.dataset, origin.revision));
            next = origin.dataset;
        }
        Err(LedgerError::Fault(format!(
            "clones of clones, over {LINEAGE_MAX} deep"
        )))
    }

    fn rebuild(&self, dataset: DatasetId, last: Revision) -> Outcome<()> {
        let mut from = Revision::FIRST;
        loop {
            let events = self
                .log
                .read_stream(Stream::Dataset(dataset), from, REPAIR_EVENTS_MAX)?;
            let Some(end) = events.last().map(|recorded| recorded.revision) else {
                return Ok(());
            };
            for recorded in events
                .iter()
                .take_while(|recorded| recorded.revision <= last)
            {
                let Event::ItemsCommitted(committed) = record::decode(recorded)? else {
                    continue;
                };
                // Not yet folded: the fold will bring it.
                if recorded.position > self.position() {
                    return Ok(());
                }
                let edits = staged_edits(&*self.log, dataset, &committed.chunks)?;
                let nodes = self.nodes();
                let grown = apply(&*nodes, committed.root_before, committed.mode, &edits)?;
                nodes.replace(&grown.nodes)?;
            }
            if end >= last {
                return Ok(());
            }
            from = end.next();
        }
    }
}
