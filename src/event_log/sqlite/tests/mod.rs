//! What the file adapter promises beyond the contract: batches, bounds, closing, failures.

mod failures;

use std::sync::mpsc::{Receiver, Sender, channel};

use futures_util::FutureExt;
use tempfile::TempDir;

use super::*;
use crate::event_log::contract::harness::*;
use crate::event_log::port::Appended;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn path(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("log.db")
}

fn open(folder: &TempDir) -> SqliteLog {
    SqliteLog::open(&path(folder), SetClock::at(1_000)).expect("a log")
}

fn open_with(folder: &TempDir, commit: Commit) -> SqliteLog {
    let clock = SetClock::at(1_000);
    SqliteLog::open_with(&path(folder), clock, commit, RING_BYTES_MAX).expect("a log")
}

/// A commit that waits for a word before each transaction ends.
fn gated() -> (Sender<()>, Commit) {
    let (gate, words): (_, Receiver<()>) = channel();
    let mut commit = writer::commit();
    let gated: Commit = Box::new(move |connection| {
        // When the test is over, there is nothing to wait for.
        words.recv().ok();
        commit(connection)
    });
    (gate, gated)
}

#[tokio::test]
async fn refused_appends_of_a_batch_leave_the_others_alone() {
    let folder = folder();
    let (gate, commit) = gated();
    let log = open_with(&folder, commit);
    // The first holds the writer while the others gather to one batch.
    let first = log.append(to(stream(1), 0, vec![event(0)]));
    let on_two = |expected, number| {
        append_of(vec![
            part(stream(2), expected, vec![event(number), event(number + 1)]),
            part(stream(3), expected, vec![event(number + 2)]),
        ])
    };
    let good = log.append(to(stream(1), 1, vec![event(1)]));
    let conflict = log.append(to(stream(1), 1, vec![event(10)]));
    let reused = log.append(to(stream(2), 0, vec![event(20), event(1)]));
    let also_good = log.append(on_two(0, 30));
    let repeated = log.append(on_two(5, 30));
    let last = log.append(to(stream(2), 2, vec![event(40)]));
    drop(gate);
    let place = |result: Result<Appended, _>| result.map(|done| (done.first.0, done.last.0));
    assert_eq!(place(first.await), Ok((1, 1)));
    assert_eq!(place(good.await), Ok((2, 2)));
    let found = Some(Revision(1));
    let stream = stream(1);
    assert_eq!(conflict.await, Err(AppendFault::Conflict { stream, found }));
    let id = event(1).id;
    assert_eq!(reused.await, Err(AppendFault::IdReused { id }));
    assert_eq!(place(also_good.await), Ok((3, 5)));
    assert_eq!(place(repeated.await), Ok((3, 5)));
    assert_eq!(place(last.await), Ok((6, 6)));
    let events = log.read_all(Position(1), 99).expect("events");
    assert_eq!(
        positions(&events),
        (1..=6).map(Position).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_full_queue_says_so_and_what_is_in_it_is_written() {
    let folder = folder();
    let (gate, commit) = gated();
    let log = open_with(&folder, commit);
    let mut waiting = vec![];
    let refused = loop {
        let number = waiting.len() as u64;
        let mut answer = log.append(to(stream(1), number, vec![event(number)]));
        match (&mut answer).now_or_never() {
            None => waiting.push(answer),
            Some(result) => break result,
        }
    };
    assert_eq!(refused, Err(AppendFault::Overloaded));
    // One batch may have left the queue already.
    assert!((QUEUE_APPENDS_MAX..=QUEUE_APPENDS_MAX + 1_024).contains(&waiting.len()));
    drop(gate);
    let count = waiting.len() as u64;
    for (number, answer) in (1..).zip(waiting) {
        assert_eq!(answer.await.map(|done| done.first), Ok(Position(number)));
    }
    assert_eq!(
        done(&log, to(stream(1), count, vec![event(count)])).await.0,
        count + 1
    );
}

#[tokio::test]
async fn large_appends_fill_the_queue_by_their_bytes() {
    let folder = folder();
    let (gate, commit) = gated();
    let log = open_with(&folder, commit);
    let mut large = event(0);
    large.data = vec![b'x'; 1_000 << 10].into();
    let mut waiting = vec![];
    let refused = loop {
        let number = waiting.len() as u64;
        large.id = event(number).id;
        let mut answer = log.append(to(stream(1), number, vec![large.clone()]));
        match (&mut answer).now_or_never() {
            None => waiting.push(answer),
            Some(result) => break result,
        }
    };
    assert_eq!(refused, Err(AppendFault::Overloaded));
    assert!((64..=72).contains(&waiting.len()), "{}", waiting.len());
    drop(gate);
    for answer in waiting {
        answer.await.expect("appended");
    }
    assert_eq!(log.queued_bytes.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn closing_writes_what_is_queued_and_refuses_what_comes_later() {
    let folder = folder();
    let log = open(&folder);
    let queued: Vec<_> = (0..300)
        .map(|number| log.append(to(stream(1), number, vec![event(number)])))
        .collect();
    log.close();
    for answer in queued {
        answer.await.expect("appended");
    }
    let late = log.append(to(stream(1), 300, vec![event(300)])).await;
    assert_eq!(late, Err(AppendFault::Closing));
    assert_eq!(log.read_all(Position(300), 9).expect("readable").len(), 1);
    log.close();
    drop(log);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .collect();
    assert_eq!(left.len(), 1, "everything is in the main file: {left:?}");
    assert_eq!(open(&folder).head(), Position(300));
}

#[tokio::test]
async fn a_follower_behind_the_ring_reads_the_file_and_comes_back() {
    let folder = folder();
    let clock = SetClock::at(1_000);
    // Room for about four events.
    let log = SqliteLog::open_with(&path(&folder), clock, writer::commit(), 2_200).expect("a log");
    fill(&log, 50).await;
    assert!(log.reading.ring().events(Position(50), 9).is_some());
    assert!(log.reading.ring().events(Position(40), 9).is_none());
    let mut follower = log.follow(Position(1));
    let mut expected = 1;
    for limit in [3, 1, 44, 1, 9, 9] {
        if expected > 50 {
            break;
        }
        for event in follower.next(limit).await.expect("readable").expect("open") {
            assert_eq!(event.position, Position(expected));
            expected += 1;
        }
    }
    assert_eq!(expected, 51);
}

#[tokio::test]
async fn many_readers_share_a_few_connections() {
    let folder = folder();
    let log = Arc::new(open(&folder));
    fill(&*log, 200).await;
    log.close();
    drop(log);
    let log = Arc::new(open(&folder));
    let readers: Vec<_> = (0..32)
        .map(|_| {
            let log = log.clone();
            thread::spawn(move || {
                for position in 1..=200 {
                    let events = log.read_all(Position(position), 1).expect("readable");
                    assert_eq!(positions(&events), [Position(position)]);
                }
            })
        })
        .collect();
    for reader in readers {
        reader.join().expect("no panic");
    }
}
