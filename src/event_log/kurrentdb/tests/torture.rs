//! Three nodes and many appenders on a cluster where everything goes wrong now and then.
//!
//! Whatever was acknowledged is in the log once, at the place that was told, on every node.

use std::collections::HashMap;

use super::*;
use crate::domain::ids::{EventId, Revision};
use crate::event_log::contract::harness::{append_of, part};
use crate::event_log::port::{AppendFault, EventLog};

const NODES: usize = 3;
const APPENDERS: u64 = 16;
const APPENDS: u64 = 10;
/// The stream on which all appenders meet.
const MEETING: u128 = 1_000;
/// Tries of one append; each is bounded in time, and rarely more than a few are needed.
const TRIES_MAX: usize = 500;

/// Appends `APPENDS` times, on a stream of its own and on the one where all meet; tells where.
async fn appender(log: Arc<CopiedLog>, appender: u64) -> Vec<(EventId, Position)> {
    let mut told = vec![];
    let mut met = 0;
    for round in 0..APPENDS {
        let (own, meeting) = (
            event(appender * 1_000 + round * 2),
            event(appender * 1_000 + round * 2 + 1),
        );
        let mut tries = 0;
        let appended = loop {
            tries += 1;
            assert!(
                tries < TRIES_MAX,
                "appender {appender} starves in round {round}"
            );
            let append = append_of(vec![
                part(stream(u128::from(appender)), round, vec![own.clone()]),
                part(stream(MEETING), met, vec![meeting.clone()]),
            ]);
            match log.append(append).await {
                Ok(appended) => break appended,
                // Who met here knows now how many have.
                Err(AppendFault::Conflict { stream: on, found }) => {
                    assert_eq!(on, stream(MEETING), "nobody else writes the other");
                    met = found.map_or(0, |found| found.0 + 1);
                }
                Err(AppendFault::Unreachable(_) | AppendFault::Overloaded) => {}
                Err(fault) => panic!("{fault}"),
            }
        };
        met += 1;
        assert_eq!(appended.last, appended.first.next());
        told.extend([(own.id, appended.first), (meeting.id, appended.last)]);
    }
    told
}

async fn check(seed: u64) {
    println!("seed {seed:#x}");
    let cluster = Cluster::start(NODES);
    let folders: Vec<_> = (0..NODES)
        .map(|_| tempfile::tempdir().expect("a folder"))
        .collect();
    let mut nodes = vec![];
    for folder in &folders {
        nodes.push(node(open(&cluster).await, folder.path()).await);
    }
    cluster.shared.faults.chaos(Some(seed));
    let appenders: Vec<_> = (0..APPENDERS)
        .map(|number| tokio::spawn(appender(nodes[number as usize % NODES].clone(), number)))
        .collect();
    for place in [1, 2, 0, 2] {
        tokio::time::sleep(Duration::from_millis(150)).await;
        cluster.lead(place);
    }
    let mut told = HashMap::new();
    for appender in appenders {
        told.extend(appender.await.expect("no panic"));
    }
    cluster.shared.faults.chaos(None);

    let count = (APPENDERS * APPENDS * 2) as usize;
    assert_eq!(told.len(), count);
    let mut all = vec![];
    for node in &nodes {
        let events = take(&mut *node.follow(Position::START), count).await;
        check_dense(&events);
        assert_eq!(
            node.latest().await,
            Ok(Position(count as u64)),
            "and no more"
        );
        all.push(events);
    }
    assert!(
        all.windows(2).all(|pair| pair[0] == pair[1]),
        "the nodes differ"
    );
    let mut revisions = HashMap::new();
    for pair in all[0].windows(2) {
        assert!(pair[0].recorded_at <= pair[1].recorded_at);
    }
    for event in &all[0] {
        assert_eq!(told.get(&event.id), Some(&event.position));
        let next = revisions.entry(event.stream).or_insert(Revision::FIRST);
        assert_eq!(event.revision, *next, "of {}", event.stream);
        *next = next.next();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_repeated_whatever_goes_wrong() {
    for seed in [0x5eed_0001, 0x0dd_ba11] {
        check(seed).await;
    }
}
