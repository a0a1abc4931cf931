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
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        parcels_max: 2,
        bytes_max: 100,
        lag_time_max: Duration::from_secs(10),
    };

    fn parcel(text: &str, checkpoint: Option<u64>) -> Parcel {
        let checkpoint = checkpoint.map(Position);
        Parcel {
            text: text.to_owned(),
            checkpoint,
            is_last: false,
        }
    }

    fn taken(outbox: &Outbox) -> Vec<String> {
        let parcels = std::iter::from_fn(|| outbox.take());
        parcels
            .map(|(number, parcel)| format!("{number}{}", parcel.text))
            .collect()
    }

    fn put(sender: &Sender, text: &str) -> bool {
        let put = sender.put(parcel(text, None)).now_or_never();
        put.is_some()
    }

    #[tokio::test]
    async fn lanes_take_turns_however_much_one_has() {
        let outbox = Outbox::new(Bounds {
            parcels_max: 10,
            ..BOUNDS
        });
        let [hot, quiet] = [1, 2].map(|number| outbox.open(number));
        for text in ["a", "b", "c"] {
            assert!(put(&hot, text));
        }
        assert!(put(&quiet, "x"));
        assert_eq!(outbox.take().map(|(number, _)| number), Some(1));
        assert!(put(&hot, "d"));
        assert_eq!(taken(&outbox), ["2x", "1b", "1c", "1d"]);
    }

    #[tokio::test]
    async fn a_lane_is_bounded_in_number_and_in_bytes() {
        let outbox = Outbox::new(BOUNDS);
        let [one, two] = [1, 2].map(|number| outbox.open(number));
        assert!(put(&one, "a") && put(&one, "b"));
        assert!(!put(&one, "c"), "a third of two");
        assert!(put(&two, &"x".repeat(100)), "a large one alone");
        assert!(!put(&two, "y"), "more after 100 bytes");
        outbox.take();
        assert!(put(&one, "c"));
        outbox.take();
        assert!(put(&two, "y"));
    }

    #[tokio::test]
    async fn whoever_takes_nothing_for_too_long_lags_where_all_is_promised() {
        let lag_time_max = Duration::from_millis(20);
        let outbox = Outbox::new(Bounds {
            lag_time_max,
            ..BOUNDS
        });
        let sender = outbox.open(1);
        for position in [1, 2] {
            assert_eq!(sender.put(parcel("a", Some(position))).await, Ok(()));
        }
        assert_eq!(sender.put(parcel("b", Some(3))).await, Err(Lagged));
        // What waits is still told, then that it lagged; the place is that of what was taken.
        sender.end("lagged".to_owned());
        assert_eq!(outbox.resume_after(), None);
        outbox.take();
        assert_eq!(outbox.resume_after(), Some(Position(1)));
        assert_eq!(taken(&outbox), ["1a", "1lagged"]);
        assert_eq!(outbox.resume_after(), None, "it has ended");
    }

    #[tokio::test]
    async fn whoever_takes_slowly_does_not_lag() {
        let lag_time_max = Duration::from_secs(1);
        let outbox = Outbox::new(Bounds {
            parcels_max: 1,
            lag_time_max,
            ..BOUNDS
        });
        let sender = outbox.open(1);
        let reading = outbox.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(lag_time_max / 10).await;
                reading.next().await;
            }
        });
        for position in 1..15 {
            assert_eq!(sender.put(parcel("a", Some(position))).await, Ok(()));
        }
    }

    #[tokio::test]
    async fn what_is_only_the_newest_state_waits() {
        let lag_time_max = Duration::from_millis(20);
        let outbox = Outbox::new(Bounds {
            parcels_max: 1,
            lag_time_max,
            ..BOUNDS
        });
        let sender = outbox.open(1);
        assert!(put(&sender, "a"));
        let waiting = sender.put(parcel("b", None));
        let long = Duration::from_millis(60);
        assert!(tokio::time::timeout(long, waiting).await.is_err());
        outbox.take();
        assert!(put(&sender, "c"));
    }

    #[tokio::test]
    async fn the_end_always_finds_room_and_closes_the_lane() {
        let outbox = Outbox::new(BOUNDS);
        let [ended, closed] = [1, 2].map(|number| outbox.open(number));
        assert!(put(&ended, "a") && put(&ended, "b"));
        ended.end("end".to_owned());
        assert!(put(&closed, "x"));
        outbox.close(2);
        assert!(put(&closed, "y"), "it goes nowhere");
        assert_eq!(taken(&outbox), ["1a", "1b", "1end"]);
        assert!(outbox.lanes().by_number.is_empty());
    }

    #[tokio::test]
    async fn whoever_comes_back_goes_on_where_the_slowest_was() {
        let outbox = Outbox::new(BOUNDS);
        let [early, late, state] = [1, 2, 3].map(|number| outbox.open(number));
        for (sender, start) in [(&early, Some(5)), (&late, Some(8)), (&state, None)] {
            let checkpoint = Checkpoint::default();
            start
                .into_iter()
                .for_each(|start| checkpoint.begin(Position(start)));
            sender.is_endless(checkpoint);
        }
        assert_eq!(outbox.resume_after(), Some(Position(5)));
        assert_eq!(early.put(parcel("a", Some(9))).await, Ok(()));
        assert_eq!(outbox.resume_after(), Some(Position(5)), "it was not taken");
        outbox.take();
        assert_eq!(outbox.resume_after(), Some(Position(8)));
    }

    #[tokio::test]
    async fn it_has_finished_when_only_endless_operations_are_left() {
        let outbox = Outbox::new(BOUNDS);
        let [query, watch] = [1, 2].map(|number| outbox.open(number));
        watch.is_endless(Checkpoint::default());
        assert!(outbox.finished().now_or_never().is_none());
        query.end("answer".to_owned());
        assert!(
            outbox.finished().now_or_never().is_none(),
            "it was not taken"
        );
        outbox.take();
        assert!(outbox.finished().now_or_never().is_some());
    }
}
