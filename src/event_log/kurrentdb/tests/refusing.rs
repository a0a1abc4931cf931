//! What cannot be a ledger's log is refused loudly, and no secret is told.

use super::*;
use crate::event_log::KurrentFault;
use crate::event_log::port::{AppendFault, ReadFault};

async fn refused(address: &str) -> KurrentFault {
    let opened = KurrentLog::open(address, SetClock::at(1_000_000)).await;
    opened.err().expect("it is refused")
}

async fn fault(follower: &mut dyn Follower) -> ReadFault {
    let next = timeout(PATIENCE, follower.next(9)).await;
    next.expect("in time").expect_err("a fault")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_lost_events_is_not_followed_and_not_opened() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    for count in 0..6 {
        add(&log, count, count).await;
    }
    cluster.shared.store.with(STREAM, |kept| kept.first = 3);
    let lost = fault(&mut *log.follow(Position(1))).await;
    assert!(matches!(&lost, ReadFault::Storage(message) if message.contains("lost event 1")));
    check_dense(&take(&mut *log.follow(Position(4)), 1).await.split_off(1));
    let unfit = refused(&cluster.address()).await;
    assert!(
        unfit.to_string().contains("first events are gone"),
        "{unfit}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_will_lose_events_is_not_opened() {
    for (metadata, word) in [
        (r#"{"$maxCount":1000}"#, "$maxCount"),
        (r#"{"$maxAge":86400}"#, "$maxAge"),
        (r#"{"$tb":9223372036854775807}"#, "$tb"),
    ] {
        let cluster = Cluster::start(1);
        let mut event = foreign();
        event.data = metadata.as_bytes().to_vec();
        let metadata_stream = format!("$${STREAM}");
        cluster
            .shared
            .store
            .with(&metadata_stream, |kept| kept.events.push(event));
        let unfit = refused(&cluster.address()).await;
        assert!(unfit.to_string().contains(word), "{unfit}");
    }
    let cluster = Cluster::start(1);
    let mut event = foreign();
    event.data = br#"{"$acl":{"$r":"ops"}}"#.to_vec();
    let metadata_stream = format!("$${STREAM}");
    cluster
        .shared
        .store
        .with(&metadata_stream, |kept| kept.events.push(event));
    add(&open(&cluster).await, 0, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_stream_takes_no_append() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    add(&log, 0, 0).await;
    cluster
        .shared
        .store
        .with(STREAM, |kept| kept.is_deleted = true);
    let gone = log.append(to(stream(1), 1, vec![event(1)])).await;
    let Err(AppendFault::Unreachable(message)) = gone else {
        panic!("{gone:?}");
    };
    assert!(message.contains("deleted"), "{message}");
    assert!(matches!(log.head().await, Err(ReadFault::Unreachable(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_somebody_elses_ends_the_log_there() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    add(&log, 0, 0).await;
    cluster
        .shared
        .store
        .with(STREAM, |kept| kept.events.push(foreign()));
    let mut follower = log.follow(Position(1));
    check_dense(&take(&mut *follower, 1).await);
    for _ in 0..2 {
        let unknown = fault(&mut *follower).await;
        let ReadFault::Unknown { position, message } = unknown else {
            panic!("{unknown}");
        };
        assert_eq!(position, Position(2));
        assert!(message.contains("somebody else"), "{message}");
    }
    let refused = log.append(to(stream(1), 1, vec![event(1)])).await;
    assert!(
        matches!(refused, Err(AppendFault::Unreachable(_))),
        "{refused:?}"
    );
    let unfit = KurrentLog::open(&cluster.address(), SetClock::at(0)).await;
    assert!(matches!(unfit, Err(KurrentFault::Unfit { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_user_is_told_to_the_cluster_and_to_nobody_else() {
    // "ops:p@ss/word" in base64.
    let cluster = Cluster::start_with(1, Some("Basic b3BzOnBAc3Mvd29yZA=="));
    let log = open_at(&cluster.address_of(0, "ops:p%40ss%2Fword@")).await;
    add(&log, 0, 0).await;
    check_dense(&take(&mut *log.follow(Position(1)), 1).await);
    let wrong = refused(&cluster.address_of(0, "ops:s3cret@")).await;
    assert!(matches!(wrong, KurrentFault::Refused(_)), "{wrong}");
    assert!(!format!("{wrong} {wrong:?}").contains("s3cret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_append_is_larger_than_a_cluster_takes() {
    let cluster = Cluster::start(1);
    let log = open(&cluster).await;
    let mut large = event(0);
    large.data = vec![b'x'; 900 << 10].into();
    let mut appends = vec![];
    for number in 0..4 {
        large.id = event(number).id;
        appends.push(log.append(to(stream(1), number, vec![large.clone()])));
    }
    for (append, position) in appends.into_iter().zip(1..) {
        assert_eq!(append.await.expect("appended").last, Position(position));
    }
    // Quotes and control characters take more bytes in the metadata than they count for.
    let mut append = to(stream(2), 0, vec![large]);
    append.streams[0].events[0].id = event(9).id;
    append.context.actor = "\u{1}".repeat(30 << 10).into();
    let refused = log.append(append).await;
    assert!(
        matches!(refused, Err(AppendFault::Malformed(_))),
        "{refused:?}"
    );
}
