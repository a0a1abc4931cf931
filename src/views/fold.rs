//! Which event concerns which read model: the one place where all events are told apart.
//!
//! To fold a new event: add it here, and beside each read model it changes a function named after
//! what happened.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lru::LruCache;
use rusqlite::{Connection, Params, params};

use super::columns::int;
use super::datasets::head::Head;
use super::fault::ViewFault;
use super::{api_keys, datasets, operations, projects, snapshots, tasks, versions};
use crate::domain::event::{Event, LedgerFounded};
use crate::domain::ids::{DatasetId, Stream};
use crate::event_log::Recorded;

/// An event as it stands in the log, with its meaning. Decoding is the reader's work, so that it
/// can be done once for all who fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Where, when, who and why.
    pub recorded: Recorded,
    /// What.
    pub event: Event,
}

/// Facts on their way into the tables, inside one transaction.
pub(super) struct Batch<'transaction> {
    pub(super) connection: &'transaction Connection,
    heads: HashMap<DatasetId, Head>,
    /// Heads as they stood before it.
    known: &'transaction Heads,
}

/// Heads of datasets as their rows have them, so that not every batch reads them again.
pub(super) type Heads = LruCache<DatasetId, Head>;

impl<'transaction> Batch<'transaction> {
    /// Nothing folded yet.
    pub(super) fn on(connection: &'transaction Connection, known: &'transaction Heads) -> Self {
        Self {
            connection,
            heads: HashMap::new(),
            known,
        }
    }

    /// Folds the next fact.
    pub(super) fn fold(&mut self, fact: &Fact) -> Result<(), ViewFault> {
        self.fold_event(&fact.recorded, &fact.event)?;
        self.fold_stream(&fact.recorded)
    }

    /// Writes what was held back, and gives it out: the rows are right only after this.
    pub(super) fn finish(self) -> Result<HashMap<DatasetId, Head>, ViewFault> {
        for head in self.heads.values() {
            head.store(self.connection)?;
        }
        Ok(self.heads)
    }

    fn fold_event(&mut self, recorded: &Recorded, event: &Event) -> Result<(), ViewFault> {
        match event {
            Event::LedgerFounded(event) => founded(self, recorded, event),
            Event::ProjectCreated(event) => projects::fold::created(self, recorded, event),
            Event::ProjectUpdated(event) => projects::fold::updated(self, recorded, event),
            Event::ProjectDeleted(event) => projects::fold::deleted(self, event),
            // A project's name stands in its own events.
            Event::ProjectListed(_) | Event::ProjectUnlisted(_) => Ok(()),
            Event::DatasetListed(event) => projects::fold::listed(self, event),
            Event::DatasetUnlisted(event) => projects::fold::unlisted(self, event),
            Event::DatasetCreated(event) => {
                datasets::fold::created(self, recorded, event)?;
                versions::fold::created(self, recorded, event)
            }
            Event::DatasetUpdated(event) => datasets::fold::updated(self, recorded, event),
            Event::DatasetDeleted(event) => datasets::fold::deleted(self, recorded, event),
            Event::ItemsCommitted(event) => {
                versions::fold::committed(self, recorded, event)?;
                datasets::fold::committed(self, recorded, event)
            }
            Event::OperationBegun(event) => {
                operations::begun(self, recorded, event)?;
                datasets::fold::operation_begun(self, recorded, event)
            }
            Event::OperationFinished(event) => {
                operations::finished(self, recorded, event)?;
                datasets::fold::operation_finished(self, recorded, event)
            }
            Event::SnapshotCreated(event) => snapshots::fold::created(self, recorded, event),
            Event::SnapshotRenamed(event) => snapshots::fold::renamed(self, recorded, event),
            Event::SnapshotMoved(event) => snapshots::fold::moved(self, recorded, event),
            Event::SnapshotDeleted(event) => snapshots::fold::deleted(self, recorded, event),
            Event::SnapshotUndeleted(event) => snapshots::fold::undeleted(self, recorded, event),
            Event::RestoreBegun(event) => datasets::fold::restore_begun(self, recorded, event),
            Event::SnapshotRestored(event) => {
                versions::fold::restored(self, recorded, event)?;
                datasets::fold::restored(self, recorded, event)
            }
            Event::RestoreGivenUp(event) => datasets::fold::restore_given_up(self, recorded, event),
            // Bodies are nobody's view; where a clone came from stands in its DatasetCreated.
            Event::ItemsStaged(_) | Event::SnapshotCloned(_) => Ok(()),
            Event::TaskQueued(event) => tasks::fold::queued(self, recorded, event),
            Event::TaskClaimed(event) => tasks::fold::claimed(self, recorded, event),
            Event::TaskProgressed(event) => tasks::fold::progressed(self, recorded, event),
            Event::TaskCompleted(event) => tasks::fold::completed(self, recorded, event),
            Event::TaskFailed(event) => tasks::fold::failed(self, recorded, event),
            Event::TaskCancelled(event) => tasks::fold::cancelled(self, recorded, event),
            Event::ApiKeyIssued(event) => api_keys::issued(self, recorded, event),
            Event::ApiKeyRevoked(event) => api_keys::revoked(self, recorded, event),
            Event::ApiKeyUsed(event) => api_keys::used(self, recorded, event),
        }
    }

    fn fold_stream(&mut self, recorded: &Recorded) -> Result<(), ViewFault> {
        match recorded.stream {
            Stream::Project(project) => projects::fold::advance(self, recorded, project),
            Stream::Dataset(dataset) => {
                let head = self.head(dataset, recorded)?;
                head.revision = recorded.revision;
                head.last_position = recorded.position;
                Ok(())
            }
            Stream::Task(task) => tasks::fold::advance(self, recorded, task),
            Stream::Access => api_keys::advance(self, recorded),
            Stream::Ledger => projects::fold::advance_directory(self, recorded),
        }
    }

    /// The head of a dataset that an event of this batch has just created.
    pub(super) fn begin(&mut self, dataset: DatasetId, head: Head) {
        self.heads.insert(dataset, head);
    }

    /// The head of a dataset, to be changed as this event says.
    pub(super) fn head(
        &mut self,
        dataset: DatasetId,
        recorded: &Recorded,
    ) -> Result<&mut Head, ViewFault> {
        match self.heads.entry(dataset) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let head = match self.known.peek(&dataset) {
                    Some(head) => Some(head.clone()),
                    None => Head::load(self.connection, dataset)?,
                };
                Ok(unknown.insert(head.ok_or(ViewFault::Missing {
                    what: "dataset",
                    position: recorded.position,
                })?))
            }
        }
    }

    /// Runs a statement, however many rows it changes.
    pub(super) fn execute(&self, sql: &str, values: impl Params) -> Result<(), ViewFault> {
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Runs a statement that must change one row: what the event is about, by its word.
    pub(super) fn change_one(
        &self,
        (what, recorded): (&'static str, &Recorded),
        sql: &str,
        values: impl Params,
    ) -> Result<(), ViewFault> {
        let changed = self.connection.prepare_cached(sql)?.execute(values)?;
        if changed == 1 {
            return Ok(());
        }
        Err(ViewFault::Missing {
            what,
            position: recorded.position,
        })
    }
}

fn founded(batch: &Batch<'_>, recorded: &Recorded, event: &LedgerFounded) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT INTO checkpoint (one_row, ledger, default_project, position, event)
         VALUES (1, ?1, ?2, ?3, ?4)",
        params![
            event.ledger.0.as_bytes(),
            event.default_project.0.as_bytes(),
            int(recorded.position.0),
            recorded.id.0.as_bytes(),
        ],
    )
}
