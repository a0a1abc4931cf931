//! The one writer of the views: folds facts in the order of the log, and nothing else.
//!
//! A batch of facts is one transaction, which carries its rows and the position they stand for.
//! Facts that do not go on exactly there are refused: a gap would never be noticed later.

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::watch;

use super::dump::TABLES;
use super::fault::ViewFault;
use super::fold::{Batch, Fact};
use super::store::{Checkpoint, read_checkpoint};
use crate::domain::event::Event;
use crate::domain::ids::Position;

/// The writer of the views. There is one for a file.
pub struct ViewWriter {
    connection: Connection,
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
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::on(&transaction);
        for fact in facts {
            batch.fold(fact)?;
        }
        batch.finish()?;
        advance(&transaction, last)?;
        transaction.commit()?;
        self.position.send_replace(last.recorded.position);
        Ok(())
    }

    /// Drops every row: the views stand at the start again, and the next fact is the log's first.
    pub fn reset(&mut self) -> Result<(), ViewFault> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for table in TABLES {
            transaction.execute(&format!("DELETE FROM {table}"), [])?;
        }
        transaction.commit()?;
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
