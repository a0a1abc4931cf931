//! The one writer of the views: folds facts in the order of the log, and nothing else.
//!
//! A batch of facts is one transaction, which carries its rows and the position they stand for.
//! Facts that do not go on exactly there are refused: a gap would never be noticed later.

use std::num::NonZeroUsize;

use rusqlite::{Connection, params};
use tokio::sync::watch;

use super::dump::TABLES;
use super::fault::ViewFault;
use super::fold::{Batch, Fact, Heads};
use super::store::{Checkpoint, read_checkpoint};
use crate::domain::event::Event;
use crate::domain::ids::Position;

/// Datasets whose heads are kept from one batch to the next.
const HEADS_MAX: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

/// The writer of the views. There is one for a file.
pub struct ViewWriter {
    connection: Connection,
    /// As of the last batch that was kept.
    heads: Heads,
    position: watch::Sender<Position>,
}

impl ViewWriter {
    pub(super) fn over(
        connection: Connection,
        position: watch::Sender<Position>,
    ) -> Result<Self, ViewFault> {
        let checkpoint = read_checkpoint(&connection)?;
        position.send_replace(stands_at(checkpoint));
        Ok(Self {
            connection,
            heads: Heads::new(HEADS_MAX),
            position,
        })
    }

    /// The last position folded.
    pub fn position(&self) -> Position {
        *self.position.borrow()
    }

    /// Folds these facts, which must go on where the views stand, without gaps. All of them or,
    /// on any fault, none. The larger the batch, the less each costs; its rows are held in memory
    /// until the end, so thousands are better than millions.
    pub fn fold(&mut self, facts: &[Fact]) -> Result<(), ViewFault> {
        let Some(last) = facts.last() else {
            return Ok(());
        };
        self.must_go_on(facts)?;
        let heads = in_transaction(&self.connection, |connection| {
            let mut batch = Batch::on(connection, &self.heads);
            for fact in facts {
                batch.fold(fact)?;
            }
            let heads = batch.finish()?;
            advance(connection, last)?;
            Ok(heads)
        })?;
        for (dataset, head) in heads {
            self.heads.put(dataset, head);
        }
        self.position.send_replace(last.recorded.position);
        Ok(())
    }

    /// Drops every row: the views stand at the start again, and the next fact is the log's first.
    pub fn reset(&mut self) -> Result<(), ViewFault> {
        in_transaction(&self.connection, |connection| {
            for table in TABLES {
                connection.execute(&format!("DELETE FROM {table}"), [])?;
            }
            Ok(())
        })?;
        self.heads.clear();
        self.position.send_replace(Position::START);
        Ok(())
    }

    /// Moves everything into the main file and empties the write-ahead file. Reads go on.
    pub fn tidy(&mut self) -> Result<(), ViewFault> {
        let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
        Ok(self.connection.query_row(truncate, [], |_| Ok(()))?)
    }

    fn must_go_on(&self, facts: &[Fact]) -> Result<(), ViewFault> {
        let mut expected = self.position().next();
        for fact in facts {
            let found = fact.recorded.position;
            if found != expected {
                return Err(ViewFault::Gap { expected, found });
            }
            if found == Position::START.next() && !matches!(fact.event, Event::LedgerFounded(_)) {
                return Err(ViewFault::Unfounded);
            }
            expected = expected.next();
        }
        Ok(())
    }
}

/// Works in a transaction, which is kept only when the work succeeds. Its statements are prepared
/// once; those of the library's own transactions are prepared for each.
fn in_transaction<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, ViewFault>,
) -> Result<T, ViewFault> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let worked = work(connection).and_then(|done| {
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(done)
    });
    if worked.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    worked
}

/// Moves the checkpoint to this fact.
fn advance(connection: &Connection, last: &Fact) -> Result<(), ViewFault> {
    let sql = "UPDATE checkpoint SET position = ?1, event = ?2";
    let position = super::columns::int(last.recorded.position.0);
    connection
        .prepare_cached(sql)?
        .execute(params![position, last.recorded.id.0.as_bytes()])?;
    Ok(())
}

fn stands_at(checkpoint: Option<Checkpoint>) -> Position {
    checkpoint.map_or(Position::START, |checkpoint| checkpoint.position)
}
