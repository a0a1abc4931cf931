//! The views as their readers have them: where they stand, and how to wait until they are further.
//!
//! What can be asked stands beside each read model, as more methods of [`Views`].

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use tokio::sync::watch;

use super::columns::Columns;
use super::fault::ViewFault;
use super::file;
use super::pool::Pool;
use super::writer::ViewWriter;
use crate::domain::ids::{EventId, LedgerId, Position, ProjectId};

/// The read models, for reading. Cheap to clone; all clones share a bounded pool of connections.
#[derive(Clone)]
pub struct Views {
    pool: Arc<Pool>,
    position: watch::Receiver<Position>,
}

/// How far the views are folded, and of which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger that the log's first event founded.
    pub ledger: LedgerId,
    /// The project that a call means when it names none.
    pub default_project: ProjectId,
    /// The last position folded.
    pub position: Position,
    /// The event at that position: another event there means another log.
    pub event: EventId,
}

impl Views {
    /// Opens the views at this path, or begins them there; the folder must exist. A file that is
    /// broken or of another version of this program is begun anew: then they stand at the start.
    pub fn open(path: &Path) -> Result<(Self, ViewWriter), ViewFault> {
        let connection = file::open(path)?;
        let (sender, position) = watch::channel(Position::START);
        let writer = ViewWriter::over(connection, sender)?;
        let pool = Arc::new(Pool::over(path));
        Ok((Self { pool, position }, writer))
    }

    /// Removes the views at this path, with all that SQLite keeps beside them, so that the next
    /// [`Views::open`] begins them anew. Nobody may have them open.
    pub fn discard(path: &Path) -> Result<(), ViewFault> {
        file::remove(path)
    }

    /// Puts the views at this path on the disk for good, once nobody folds into them any more;
    /// while they are used nothing is synced. Does nothing where there are none.
    pub fn sync(path: &Path) -> Result<(), ViewFault> {
        file::sync(path)
    }

    /// The last position that is folded; every read from now on sees it.
    pub fn position(&self) -> Position {
        *self.position.borrow()
    }

    /// Tells every position at which the views come to stand; several may be passed at once.
    pub fn positions(&self) -> watch::Receiver<Position> {
        self.position.clone()
    }

    /// Waits until this position is folded, however long that takes. [`ViewFault::Closed`] when
    /// the writer goes before.
    pub async fn wait_for(&self, position: Position) -> Result<(), ViewFault> {
        let mut positions = self.position.clone();
        match positions.wait_for(|folded| *folded >= position).await {
            Ok(_) => Ok(()),
            Err(_) => Err(ViewFault::Closed),
        }
    }

    /// Which log is folded, and how far; none before its first event.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, ViewFault> {
        self.read(read_checkpoint)
    }

    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ViewFault>,
    ) -> Result<T, ViewFault> {
        self.pool.read(read)
    }

    pub(super) fn read_together<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ViewFault>,
    ) -> Result<T, ViewFault> {
        self.pool.read_together(read)
    }
}

/// The checkpoint as this connection sees it.
pub(super) fn read_checkpoint(connection: &Connection) -> Result<Option<Checkpoint>, ViewFault> {
    let sql = "SELECT ledger, default_project, position, event FROM checkpoint";
    let mut statement = connection.prepare_cached(sql)?;
    let checkpoint = statement.query_row([], |row| {
        let mut columns = Columns::of(row);
        Ok(Checkpoint {
            ledger: columns.id(LedgerId)?,
            default_project: columns.id(ProjectId)?,
            position: columns.position()?,
            event: columns.id(EventId)?,
        })
    });
    Ok(checkpoint.optional()?)
}
