//! A copy without its log: what is there can be read, and nothing is added.
//!
//! For folding anew what is folded from it, where no server runs.

use std::future::{pending, ready};

use crate::domain::ids::Position;
use crate::event_log::port::{Append, AppendFault, Appending, AskedHead, Follower, NextEvents};
use crate::event_log::shared::SharedLog;

/// Stands for a log that nobody asks.
pub(super) struct Alone {
    /// The last position that was copied.
    pub head: Position,
}

impl SharedLog for Alone {
    fn append(&self, _append: Append) -> Appending {
        Box::pin(ready(Err(AppendFault::Closing)))
    }

    fn follow(&self, _from: Position) -> Box<dyn Follower> {
        Box::new(Nothing)
    }

    fn head(&self) -> AskedHead {
        Box::pin(ready(Ok(self.head)))
    }
}

/// A follower to whom nothing comes.
struct Nothing;

impl Follower for Nothing {
    fn next<'a>(&'a mut self, _limit: usize) -> NextEvents<'a> {
        Box::pin(pending())
    }
}
