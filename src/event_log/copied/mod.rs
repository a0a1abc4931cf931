//! A shared log as a node has it: appended to there, read here, in a copy that follows it.
//!
//! ```text
//! append, latest ──────────► shared log
//!                                │ followed (a task, then a thread that writes)
//! reads, followers ◄── copy ◄────┘
//! ```
//!
//! No read leaves the node. The copy is checked against the log before it is believed, and never
//! gives an event that the log has not handed out. When it can follow no more its followers end.

mod alone;
mod asking;
mod checking;
mod following;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::figures::LogFigures;
use super::port::{
    Append, Appending, AskedHead, DataSlice, EventLog, Follower, ReadFault, Recorded,
};
use super::shared::SharedLog;
use super::sqlite::{LogCopy, OpenFault, Reading};
use crate::domain::ids::{EventId, Position, Revision, Stream};
use alone::Alone;
use asking::Asking;
use following::Following;

/// Why a node cannot have a shared log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyFault {
    /// The log cannot be read, or not be reached.
    #[error(transparent)]
    Log(#[from] ReadFault),
    /// The copy cannot be opened or begun.
    #[error(transparent)]
    Copy(#[from] OpenFault),
    /// The copy stopped while it was brought up to the log.
    #[error("the log could not be copied: {0}")]
    Stopped(String),
}

/// A shared log and this node's copy of it. Dropping it ends the copying.
pub struct CopiedLog {
    shared: Arc<dyn SharedLog>,
    reading: Reading,
    asking: Asking,
    following: Following,
}

impl CopiedLog {
    /// The copy without its log: it can be read, and an append is [`AppendFault::Closing`].
    ///
    /// [`AppendFault::Closing`]: super::AppendFault::Closing
    pub fn alone(copy: LogCopy) -> Result<Self, CopyFault> {
        let head = copy.head();
        Self::over(copy, Arc::new(Alone { head }))
    }

    /// Opens a shared log through this copy, which is brought up to it first; `told` hears how far
    /// that is: position, head. A copy that is not of this log is dropped and begun anew, and
    /// said so loudly. A copy that was broken off goes on where it was.
    pub async fn open(
        mut copy: LogCopy,
        shared: Arc<dyn SharedLog>,
        told: &mut (dyn FnMut(Position, Position) + Send),
    ) -> Result<Self, CopyFault> {
        let head = checking::check(&mut copy, &*shared).await?;
        let opened = Self::over(copy, shared)?;
        let mut heads = opened.reading.heads();
        loop {
            let position = *heads.borrow_and_update();
            told(position.min(head), head);
            if position >= head {
                return Ok(opened);
            }
            if heads.changed().await.is_err() {
                return Err(CopyFault::Stopped(opened.following.fault()));
            }
        }
    }

    fn over(copy: LogCopy, shared: Arc<dyn SharedLog>) -> Result<Self, CopyFault> {
        let reading = copy.reading();
        shared.copied_into(reading.clone());
        let following = Following::begin(copy, &*shared)?;
        let asking = Asking::begin(shared.clone(), reading.clone(), following.stopper());
        Ok(Self {
            shared,
            reading,
            asking,
            following,
        })
    }
}

impl EventLog for CopiedLog {
    fn append(&self, append: Append) -> Appending {
        let appending = self.shared.append(append);
        let mut heads = self.reading.heads();
        Box::pin(async move {
            let appended = appending.await?;
            // Whoever is told of it reads it here. A copy that has stopped makes it no less true.
            let _ = heads.wait_for(|head| *head >= appended.last).await;
            Ok(appended)
        })
    }

    fn read_stream(
        &self,
        stream: Stream,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault> {
        self.reading.stream_events(stream, from, limit)
    }

    fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault> {
        self.reading.events(from, limit)
    }

    fn read_event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault> {
        self.reading.event(id)
    }

    fn read_slices(&self, slices: &[DataSlice]) -> Result<Vec<Option<Vec<u8>>>, ReadFault> {
        self.reading.slices(slices)
    }

    fn position_at(&self, time: DateTime<Utc>) -> Result<Position, ReadFault> {
        self.reading.position_at(time)
    }

    fn head(&self) -> Position {
        self.reading.head()
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn latest(&self) -> AskedHead {
        self.asking.ask()
    }

    fn figures(&self) -> Option<&LogFigures> {
        self.shared.figures()
    }

    fn close(&self) {
        self.following.end();
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        self.reading.follow(from)
    }
}
