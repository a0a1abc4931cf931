//! The outbox of one connection: what is to be sent, in one bounded lane for each operation.
//!
//! Lanes take turns, so that one with much to tell starves none. A full lane makes its operation
//! wait: what nobody takes stays in the log, never in memory that grows. Knows no protocol.
//!
//! ```text
//! operation ─put─► lane ─┐
//! operation ─put─► lane ─┼─ by turns ─next─► whoever writes
//! operation ─put─► lane ─┘
//! ```
//!
//! A lane that stays full for as long as [`Bounds::lag_time_max`], with nothing taken from it, has
//! a reader who lags. Where the operation promises every event, that reader is told, with the place
//! to go on from, and the operation ends.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::ids::Position;
use crate::graphql::limits::Limits;
use crate::graphql::subscription::Checkpoint;

/// An operation's lane, by a number that no other operation of the connection ever has.
pub type Number = u64;

/// Bytes that wait in a lane beyond which it is full, however few parcels they are.
const LANE_BYTES_MAX: usize = 256 << 10;

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Parcels of one lane.
    pub parcels_max: usize,
    /// Bytes of one lane beyond which no parcel is added, so that it has at most one more.
    pub bytes_max: usize,
    /// How long a full lane waits for something to be taken.
    pub lag_time_max: Duration,
}

/// Something to be sent, in the form in which it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The text.
    pub text: String,
    /// Whoever has it may go on after this position.
    pub checkpoint: Option<Position>,
    /// Whether it is the last of its operation.
    pub is_last: bool,
}

/// Nothing was taken from a full lane for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lagged;

/// The outbox.
pub struct Outbox {
    bounds: Bounds,
    lanes: Mutex<Lanes>,
    filled: Notify,
    settled: Notify,
}

#[derive(Default)]
struct Lanes {
    by_number: HashMap<Number, Lane>,
    /// Lanes that have something, in the order of their turns.
    turns: VecDeque<Number>,
}

struct Lane {
    waiting: VecDeque<Parcel>,
    bytes: usize,
    /// Where it began, if it goes on until someone ends it.
    endless: Option<Checkpoint>,
    /// Up to where has been taken.
    taken: Option<Position>,
    room: Arc<Notify>,
}

/// Where an operation puts what it tells.
pub struct Sender {
    outbox: Arc<Outbox>,
    number: Number,
    room: Arc<Notify>,
}

impl Bounds {
    /// The bounds that hold.
    pub const fn of(limits: &Limits) -> Self {
        Self {
            parcels_max: limits.queue_answers_max,
            bytes_max: LANE_BYTES_MAX,
            lag_time_max: limits.lag_time_max,
        }
    }
}

impl Outbox {
    /// An empty outbox.
    pub fn new(bounds: Bounds) -> Arc<Self> {
        let (filled, settled) = (Notify::new(), Notify::new());
        Arc::new(Self {
            bounds,
            lanes: Mutex::default(),
            filled,
            settled,
        })
    }

    /// Opens a lane.
    pub fn open(self: &Arc<Self>, number: Number) -> Sender {
        let room = Arc::new(Notify::new());
        let lane = Lane {
            waiting: VecDeque::new(),
            bytes: 0,
            endless: None,
            taken: None,
            room: room.clone(),
        };
        self.lanes().by_number.insert(number, lane);
        Sender {
            outbox: self.clone(),
            number,
            room,
        }
    }

    /// Closes a lane, whatever waits in it.
    pub fn close(&self, number: Number) {
        self.lanes().by_number.remove(&number);
        self.settled.notify_one();
    }

    /// The next parcel, when there is one. Cancel-safe; for one taker.
    pub async fn next(&self) -> (Number, Parcel) {
        loop {
            if let Some(taken) = self.take() {
                return taken;
            }
            self.filled.notified().await;
        }
    }

    /// The next parcel, if there is one. The last of an operation closes its lane.
    pub fn take(&self) -> Option<(Number, Parcel)> {
        let mut lanes = self.lanes();
        let Lanes { by_number, turns } = &mut *lanes;
        while let Some(number) = turns.pop_front() {
            let Some(lane) = by_number.get_mut(&number) else {
                continue;
            };
            let Some(parcel) = lane.waiting.pop_front() else {
                continue;
            };
            lane.bytes -= parcel.text.len();
            lane.taken = parcel.checkpoint.or(lane.taken);
            lane.room.notify_one();
            if parcel.is_last {
                by_number.remove(&number);
                self.settled.notify_one();
            } else if !lane.waiting.is_empty() {
                turns.push_back(number);
            }
            return Some((number, parcel));
        }
        None
    }

    /// The position after which all operations together miss nothing that was not taken; none when
    /// no operation has one.
    pub fn resume_after(&self) -> Option<Position> {
        let lanes = self.lanes();
        let reached = |lane: &Lane| lane.taken.or_else(|| lane.endless.as_ref()?.start());
        lanes.by_number.values().filter_map(reached).min()
    }

    /// Waits until only operations are left that go on without end. Cancel-safe; for one.
    pub async fn finished(&self) {
        while self
            .lanes()
            .by_number
            .values()
            .any(|lane| lane.endless.is_none())
        {
            self.settled.notified().await;
        }
    }

    fn offer(&self, number: Number, parcel: Parcel) -> Result<(), Parcel> {
        let mut lanes = self.lanes();
        let Lanes { by_number, turns } = &mut *lanes;
        let Some(lane) = by_number.get_mut(&number) else {
            // Closed: nobody is there who would miss it.
            return Ok(());
        };
        let is_full =
            lane.waiting.len() >= self.bounds.parcels_max || lane.bytes >= self.bounds.bytes_max;
        // What ends an operation always finds room: there is one of it.
        if is_full && !parcel.is_last {
            return Err(parcel);
        }
        if lane.waiting.is_empty() {
            turns.push_back(number);
        }
        lane.bytes += parcel.text.len();
        lane.waiting.push_back(parcel);
        drop(lanes);
        self.filled.notify_one();
        Ok(())
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sender {
    /// Says that this operation goes on without end, and where it will tell that it began.
    pub fn is_endless(&self, checkpoint: Checkpoint) {
        if let Some(lane) = self.outbox.lanes().by_number.get_mut(&self.number) {
            lane.endless = Some(checkpoint);
        }
        self.outbox.settled.notify_one();
    }

    /// Puts a parcel into the lane once there is room. One with a checkpoint waits no longer than
    /// something else is taken; any other waits until it can be put. Cancel-safe.
    pub async fn put(&self, parcel: Parcel) -> Result<(), Lagged> {
        let can_lag = parcel.checkpoint.is_some();
        let mut parcel = parcel;
        while let Err(back) = self.outbox.offer(self.number, parcel) {
            parcel = back;
            let taken = self.room.notified();
            if can_lag {
                let waited = tokio::time::timeout(self.outbox.bounds.lag_time_max, taken);
                waited.await.map_err(|_| Lagged)?;
            } else {
                taken.await;
            }
        }
        Ok(())
    }

    /// Puts the last parcel of the operation, for which there is always room.
    pub fn end(&self, text: String) {
        let parcel = Parcel {
            text,
            checkpoint: None,
            is_last: true,
        };
        // The last one is never given back.
        let _ = self.outbox.offer(self.number, parcel);
    }
}

#[cfg(test)]
mod tests;
