//! Followers: every event once, in order, from anywhere, also when they give up waiting.

#![cfg(test)]

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;

use super::harness::*;
use crate::domain::ids::Position;
use crate::event_log::port::{Follower, Recorded};

/// Long enough for any machine; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

async fn next(follower: &mut dyn Follower, limit: usize) -> Option<Vec<Recorded>> {
    let events = timeout(PATIENCE, follower.next(limit))
        .await
        .expect("in time");
    events.expect("readable")
}

pub(super) async fn followers_see_every_event_once_while_32_append(fresh: Fresh) {
    const APPENDERS: u64 = 32;
    const APPENDS: u64 = 20;
    // Appends of one, two and three events in turn, the third over two streams.
    const EVENTS: u64 = APPENDERS * (APPENDS / 5) * 9;
    let log = fresh.log();
    let followers: Vec<_> = [1, 7, 1_000]
        .map(|limit| {
            let mut follower = log.follow(Position::START);
            tokio::spawn(async move {
                let mut seen = 0;
                while seen < EVENTS {
                    let events = next(&mut *follower, limit).await.expect("the log is open");
                    assert!((1..=limit).contains(&events.len()));
                    for event in events {
                        seen += 1;
                        assert_eq!(event.position, Position(seen), "no gap, no repeat");
                    }
                }
            })
        })
        .into();
    let appenders: Vec<_> = (0..APPENDERS)
        .map(|appender| {
            let log = log.clone();
            tokio::spawn(async move {
                let (own, other) = (u128::from(appender), 1_000 + u128::from(appender));
                let mut count = 0;
                let mut others = 0;
                for round in 0..APPENDS {
                    let id = |offset| event(appender * 1_000 + round * 10 + offset);
                    let mut parts = vec![part(stream(own), count, vec![id(0)])];
                    count += 1;
                    if round % 5 > 1 {
                        parts[0].events.push(id(1));
                        count += 1;
                    }
                    if round % 5 == 4 {
                        parts.push(part(stream(other), others, vec![id(2)]));
                        others += 1;
                    }
                    let events = parts
                        .iter()
                        .map(|part| part.events.len() as u64)
                        .sum::<u64>();
                    let (first, last) = done(&*log, append_of(parts)).await;
                    assert_eq!(last + 1 - first, events);
                }
            })
        })
        .collect();
    for task in appenders.into_iter().chain(followers) {
        task.await.expect("no panic");
    }
    assert_eq!(log.head(), Position(EVENTS));
    let all = log.read_all(Position(1), usize::MAX).expect("events");
    assert_eq!(all.len() as u64, EVENTS);
}

pub(super) async fn a_follower_begins_at_any_position(fresh: Fresh) {
    let log = fresh.log();
    fill(&*log, 30).await;
    for from in [0, 1, 2, 15, 30] {
        let mut follower = log.follow(Position(from));
        let mut expected = from.max(1);
        while expected <= 30 {
            for event in next(&mut *follower, 4).await.expect("open") {
                assert_eq!(event.position, Position(expected), "from {from}");
                expected += 1;
            }
        }
        assert!(follower.next(4).now_or_never().is_none(), "it waits");
    }
    let mut ahead = log.follow(Position(32));
    let waiting = tokio::spawn(async move { next(&mut *ahead, 9).await });
    done(&*log, to(stream(1), 30, vec![event(30)])).await;
    done(&*log, to(stream(1), 31, vec![event(31), event(32)])).await;
    let events = waiting.await.expect("no panic").expect("open");
    assert_eq!(events[0].position, Position(32));
}

pub(super) async fn a_wait_that_is_given_up_loses_nothing(fresh: Fresh) {
    let log = fresh.log();
    let mut follower = log.follow(Position(1));
    for number in 0..50 {
        assert!(
            follower.next(9).now_or_never().is_none(),
            "nothing is there yet"
        );
        let waiting = timeout(Duration::from_micros(50), follower.next(9)).await;
        assert!(waiting.is_err(), "nothing is there yet");
        done(&*log, to(stream(1), number, vec![event(number)])).await;
        let events = next(&mut *follower, 9).await.expect("open");
        assert_eq!(positions(&events), [Position(number + 1)]);
    }
}

pub(super) async fn followers_end_when_the_log_closes(fresh: Fresh) {
    let log = fresh.log();
    fill(&*log, 3).await;
    let mut behind = log.follow(Position(1));
    let mut waiting = log.follow(Position(4));
    let waiting = tokio::spawn(async move { next(&mut *waiting, 9).await });
    drop(log);
    drop(fresh);
    assert_eq!(waiting.await.expect("no panic"), None);
    let events = next(&mut *behind, 2).await.expect("what is left");
    assert_eq!(positions(&events), [Position(1), Position(2)]);
    assert_eq!(
        positions(&next(&mut *behind, 2).await.expect("the last")),
        [Position(3)]
    );
    assert_eq!(next(&mut *behind, 2).await, None);
}
