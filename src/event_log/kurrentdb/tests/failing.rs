//! The cluster fails and comes back: nothing is lost, nothing is there twice.

use std::sync::atomic::Ordering;

use tokio::time::timeout;

use super::*;
use crate::domain::ids::Revision;
use crate::event_log::port::{AppendFault, EventLog, ReadFault};

fn kept(cluster: &Cluster) -> usize {
    cluster.shared.store.with(STREAM, |kept| kept.events.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_answer_is_lost_is_found_and_not_made_again() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    for (count, lost) in (0..).zip([1, 2, 4]) {
        cluster.shared.faults.lose_answers(lost);
        let appended = add(&log, count, count).await;
        assert_eq!(appended.first, Position(count + 1));
        assert_eq!(kept(&cluster), count as usize + 1);
    }
    // What was answered is what stands there, its time too.
    let events = take(&mut *log.follow(Position(1)), 3).await;
    check_dense(&events);
    cluster.shared.faults.lose_answers(1);
    let last = add(&log, 3, 3).await;
    let events = take(&mut *log.follow(Position(4)), 1).await;
    assert_eq!(events[0].recorded_at, last.recorded_at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_an_open_call_of_appends_takes_them_one_by_one() {
    let cluster = Cluster::start(1);
    cluster.shared.faults.is_old.store(true, Ordering::SeqCst);
    let log = open(&cluster).await;
    for count in 0..6 {
        add(&log, count, count).await;
    }
    check_dense(&take(&mut *log.follow(Position(1)), 6).await);
    assert_eq!(kept(&cluster), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_is_refused_for_now_is_made_once() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    cluster.shared.faults.refuse(5);
    assert_eq!(add(&log, 0, 0).await.last, Position(1));
    cluster.cut(0);
    assert_eq!(add(&log, 1, 1).await.last, Position(2));
    assert_eq!(kept(&cluster), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_goes_on_after_every_break() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    let mut follower = log.follow(Position::START);
    let mut seen = vec![];
    for count in 0..12 {
        match count % 3 {
            0 => cluster.shared.faults.break_subscriptions(),
            1 => cluster.cut(0),
            _ => {}
        }
        add(&log, count, count).await;
        seen.extend(take(&mut *follower, 1).await);
    }
    check_dense(&seen);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_says_nothing_is_left() {
    let cluster = Cluster::start(1);
    let (log, other) = (open(&cluster).await, open(&cluster).await);
    let mut follower = log.follow(Position::START);
    add(&other, 0, 0).await;
    check_dense(&take(&mut *follower, 1).await);
    cluster
        .shared
        .faults
        .is_silent
        .store(true, Ordering::SeqCst);
    add(&other, 1, 1).await;
    let waited = timeout(Duration::from_millis(300), follower.next(9)).await;
    assert!(waited.is_err(), "nothing comes");
    cluster
        .shared
        .faults
        .is_silent
        .store(false, Ordering::SeqCst);
    // The double's silence lasts until the stream grows: only another subscription tells.
    assert_eq!(take(&mut *follower, 1).await[0].position, Position(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_takes_calls_and_answers_none_is_out_of_reach() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    add(&log, 0, 0).await;
    cluster
        .shared
        .faults
        .is_frozen
        .store(true, Ordering::SeqCst);
    let head = timeout(PATIENCE, log.head()).await.expect("in time");
    assert!(matches!(head, Err(ReadFault::Unreachable(_))), "{head:?}");
    cluster
        .shared
        .faults
        .is_frozen
        .store(false, Ordering::SeqCst);
    assert_eq!(log.head().await, Ok(Position(1)));
    add(&log, 1, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_goes_on_under_another_leader() {
    let cluster = Cluster::start(3);
    let log = open(&cluster).await;
    let mut follower = log.follow(Position::START);
    add(&log, 0, 0).await;
    cluster.lead(1);
    add(&log, 1, 1).await;
    assert_eq!(log.head().await, Ok(Position(2)));
    cluster.lead(2);
    cluster.end(1);
    cluster.end(0);
    add(&log, 2, 2).await;
    assert_eq!(log.head().await, Ok(Position(3)));
    check_dense(&take(&mut *follower, 3).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_of_a_follower_only_finds_the_leader() {
    let cluster = Cluster::start(2);
    let log = open_at(&cluster.address_of(1, "")).await;
    add(&log, 0, 0).await;
    assert_eq!(log.head().await, Ok(Position(1)));
    check_dense(&take(&mut *log.follow(Position(1)), 1).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_a_race_reads_on_and_judges_again() {
    let cluster = Cluster::start(1);
    let (quick, slow) = (open(&cluster).await, open(&cluster).await);
    for count in 0..300 {
        add(&quick, count, count).await;
    }
    // The other knows nothing of it: it neither follows nor was told.
    let elsewhere = slow.append(to(stream(2), 0, vec![event(1_000)])).await;
    assert_eq!(elsewhere.expect("appended").first, Position(301));
    add(&quick, 300, 300).await;
    for (expected, found) in [(300, 300), (302, 300)] {
        let refused = slow
            .append(to(stream(1), expected, vec![event(1_001)]))
            .await;
        let found = Some(Revision(found));
        let stream = stream(1);
        assert_eq!(refused, Err(AppendFault::Conflict { stream, found }));
    }
    let reused = slow.append(to(stream(3), 0, vec![event(7)])).await;
    assert!(
        matches!(reused, Err(AppendFault::IdReused { .. })),
        "{reused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_end_in_memory_has_forgotten_is_looked_up_in_the_copy() {
    let cluster = Cluster::start(1);
    let clock = SetClock::at(1_000_000);
    let small = KurrentLog::open_with(&cluster.address(), clock, 3_000).await;
    let folder = tempfile::tempdir().expect("a folder");
    let node = node(small.expect("a log"), folder.path()).await;
    for count in 0..30 {
        let on = stream(u128::from(count % 10));
        let append = to(on, count / 10, vec![event(count)]);
        node.append(append).await.expect("appended");
    }
    let again = node.append(to(stream(3), 0, vec![event(3)])).await;
    assert_eq!(again.expect("the first answer").first, Position(4));
    let refused = node.append(to(stream(3), 2, vec![event(90)])).await;
    let found = Some(Revision(2));
    let stream = stream(3);
    assert_eq!(refused, Err(AppendFault::Conflict { stream, found }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_ends_followers_and_keeps_what_was_queued() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    let mut follower = log.follow(Position::START);
    add(&log, 0, 0).await;
    check_dense(&take(&mut *follower, 1).await);
    let queued = log.append(to(stream(1), 1, vec![event(1)]));
    drop(log);
    assert_eq!(queued.await.expect("appended").last, Position(2));
    let ended = timeout(PATIENCE, async {
        while let Some(events) = follower.next(9).await.expect("readable") {
            assert_eq!(events[0].position, Position(2));
        }
    });
    ended.await.expect("it ends");
}
