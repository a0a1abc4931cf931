//! What a copy promises beyond the contract: it is of this log, or made anew; it goes on where it
//! was; and it stops rather than show what the log does not have.

use std::path::Path;
use std::sync::Mutex;

use tempfile::TempDir;

use super::*;
use crate::event_log::MemoryLog;
use crate::event_log::contract::harness::*;
use crate::event_log::port::NextEvents;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

async fn log_of(events: impl IntoIterator<Item = u64>) -> Arc<MemoryLog> {
    let log = Arc::new(MemoryLog::new(SetClock::at(1_000)));
    for (count, number) in (0..).zip(events) {
        done(&*log, to(stream(1), count, vec![event(number)])).await;
    }
    log
}

/// Opens the copy in this folder; also tells the first position that was told.
async fn open(folder: &Path, shared: Arc<dyn SharedLog>) -> (CopiedLog, u64) {
    let mut first = None;
    let mut told = |position: Position, _| {
        first.get_or_insert(position.0);
    };
    let copy = LogCopy::open(&folder.join("copy.db")).expect("a copy");
    let log = CopiedLog::open(copy, shared, &mut told)
        .await
        .expect("a log");
    (log, first.expect("something was told"))
}

#[tokio::test]
async fn a_copy_goes_on_where_it_was() {
    let (folder, shared) = (folder(), log_of(0..5).await);
    let (log, begun_at) = open(folder.path(), shared.clone()).await;
    assert_eq!((log.head(), begun_at), (Position(5), 0));
    log.close();
    done(&*shared, to(stream(1), 5, vec![event(5)])).await;
    assert_eq!(log.head(), Position(5), "a closed copy follows no more");
    drop(log);
    let (log, begun_at) = open(folder.path(), shared.clone()).await;
    assert_eq!((log.head(), begun_at), (Position(6), 5));
    let all = |log: &dyn EventLog| log.read_all(Position(1), 99).expect("events");
    assert_eq!(all(&log), all(&*shared));
}

#[tokio::test]
async fn a_copy_that_is_not_of_the_log_is_made_anew() {
    for (case, other) in [
        ("of another ledger", log_of([9, 1, 2, 3]).await),
        ("ahead", log_of(0..2).await),
        ("its last event is another", log_of([0, 1, 7, 8]).await),
    ] {
        let folder = folder();
        drop(open(folder.path(), log_of(0..3).await).await);
        let (log, _) = open(folder.path(), other.clone()).await;
        assert_eq!(log.head(), EventLog::head(&*other), "{case}");
        let all = |log: &dyn EventLog| log.read_all(Position(1), 99).expect("events");
        assert_eq!(all(&log), all(&*other), "{case}");
        let gone = log.read_event(event(2).id).expect("a look");
        let is_there = other.read_event(event(2).id).expect("a look");
        assert_eq!(gone, is_there, "{case}");
    }
}

/// What a test makes of an event that the log hands out.
type Handing = fn(Recorded) -> Result<Recorded, ReadFault>;

/// A shared log that answers as a test says.
struct Told {
    log: Arc<MemoryLog>,
    head: Mutex<Result<Position, ReadFault>>,
    handed_out: Handing,
}

impl SharedLog for Told {
    fn append(&self, append: Append) -> Appending {
        EventLog::append(&*self.log, append)
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        let follower = EventLog::follow(&*self.log, from);
        Box::new(ToldFollower(follower, self.handed_out))
    }

    fn head(&self) -> AskedHead {
        let head = self.head.lock().expect("no panic").clone();
        Box::pin(std::future::ready(head))
    }
}

struct ToldFollower(Box<dyn Follower>, Handing);

impl Follower for ToldFollower {
    fn next<'a>(&'a mut self, limit: usize) -> NextEvents<'a> {
        Box::pin(async move {
            let events = self.0.next(limit).await?.unwrap_or_default();
            let events = events.into_iter().map(self.1);
            events.collect::<Result<Vec<_>, _>>().map(Some)
        })
    }
}

#[tokio::test]
async fn the_log_is_asked_and_not_the_copy() {
    let log = log_of(0..3).await;
    let shared = Arc::new(Told {
        log,
        head: Mutex::new(Ok(Position(3))),
        handed_out: Ok,
    });
    let folder = folder();
    let (copied, _) = open(folder.path(), shared.clone()).await;
    let say = |head| *shared.head.lock().expect("no panic") = head;
    assert_eq!(copied.latest().await, Ok(Position(3)));
    say(Ok(Position(8)));
    assert_eq!(copied.latest().await, Ok(Position(8)));
    say(Err(ReadFault::Storage("the line is cut".to_owned())));
    let fault = ReadFault::Unreachable("the line is cut".to_owned());
    assert_eq!(copied.latest().await, Err(fault));
    // Less than was copied: what was acknowledged is gone, and this node goes no further.
    let mut follower = copied.follow(Position(4));
    say(Ok(Position(2)));
    assert_eq!(copied.latest().await, Ok(Position(2)));
    assert_eq!(follower.next(9).await, Ok(None));
}

#[tokio::test]
async fn a_gap_or_a_fault_of_the_log_ends_the_copy() {
    let gap = |event: Recorded| {
        let position = Position(event.position.0 + u64::from(event.position.0 > 2));
        Ok(Recorded { position, ..event })
    };
    let fault = |event: Recorded| match event.position {
        Position(1 | 2) => Ok(event),
        _ => Err(ReadFault::Storage(
            "a row that is not understood".to_owned(),
        )),
    };
    let cases: [(Handing, &str); 2] = [(gap, "event 4 after 2"), (fault, "not understood")];
    for (handed_out, word) in cases {
        let shared = Told {
            log: log_of(0..2).await,
            head: Mutex::new(Ok(Position(2))),
            handed_out,
        };
        let folder = folder();
        let log = shared.log.clone();
        let (copied, _) = open(folder.path(), Arc::new(shared)).await;
        let mut follower = copied.follow(Position(3));
        done(&*log, to(stream(1), 2, vec![event(2)])).await;
        assert_eq!(follower.next(9).await, Ok(None));
        assert_eq!(copied.head(), Position(2), "what was copied stays readable");
        let told = copied.following.fault();
        assert!(told.contains(word), "{told}");
    }
}
