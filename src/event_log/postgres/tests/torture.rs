//! Torture: three nodes, 32 appenders, and whatever can happen to their sessions and their server.
//!
//! Every acknowledged append is there once, where it was told; every follower sees every position
//! once, in order, and never stalls; nothing is refused for a wrong reason.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use uuid::Version;

use super::harms::{Random, harm};
use super::server::Server;
use super::{PATIENCE, next, open};
use crate::domain::ids::{EventId, Position, Revision};
use crate::event_log::contract::harness::{append_of, event_with, part, stream};
use crate::event_log::port::{Append, AppendFault, Follower, Recorded};
use crate::event_log::postgres::PostgresLog;
use crate::event_log::shared::SharedLog;

const NODES: usize = 3;
const APPENDERS: u64 = 32;
/// Streams that all appenders race for.
const SHARED_STREAMS: u64 = 3;
/// How long it is tortured.
const TORTURE: Duration = Duration::from_secs(15);

/// What an appender was told.
#[derive(Default)]
struct Told {
    /// Appends that were acknowledged: first position, and their ids in order.
    acknowledged: Vec<(Position, Vec<EventId>)>,
    conflicts: u64,
    out_of_reach: u64,
}

/// One appender: appends to a stream of its own and to shared ones, and sends some again.
struct Appender {
    number: u64,
    nodes: Arc<Vec<PostgresLog>>,
    random: Random,
    /// How many events its own stream has.
    own: u64,
    /// What it believes of the shared streams.
    shared: HashMap<u64, u64>,
    told: Told,
}

impl Appender {
    async fn run(mut self, over: Arc<AtomicBool>) -> Told {
        let mut round = 0;
        while !over.load(Ordering::Relaxed) {
            round += 1;
            let append = self.append(round);
            self.send(append).await;
        }
        self.told
    }

    /// One to three events on its own stream, and often one on a shared one.
    fn append(&mut self, round: u64) -> Append {
        let version = [Version::Sha1, Version::SortRand][self.random.below(2) as usize];
        let id = |place| event_with((self.number << 32) + round * 8 + place, version, b"torture");
        let own = (0..=self.random.below(3)).map(id).collect();
        let mut parts = vec![part(stream(1_000 + u128::from(self.number)), self.own, own)];
        if self.random.below(3) == 0 {
            let name = self.random.below(SHARED_STREAMS);
            let believed = *self.shared.entry(name).or_default();
            parts.push(part(stream(u128::from(name)), believed, vec![id(7)]));
        }
        append_of(parts)
    }

    /// Sends an append until it is acknowledged or refused, to one node after the other.
    async fn send(&mut self, append: Append) {
        loop {
            let node = self.random.below(NODES as u64) as usize;
            let answer = timeout(PATIENCE, self.nodes[node].append(append.clone())).await;
            match answer.expect("every append is answered") {
                Ok(appended) => return self.acknowledged(&append, appended.first).await,
                Err(AppendFault::Conflict { stream: on, found }) => {
                    return self.conflict(&append, on, found);
                }
                Err(AppendFault::Unreachable(_)) => self.told.out_of_reach += 1,
                Err(fault) => panic!("appender {}: {fault}", self.number),
            }
        }
    }

    async fn acknowledged(&mut self, append: &Append, first: Position) {
        let events = append.streams.iter().flat_map(|part| &part.events);
        let ids = events.map(|event| event.id).collect();
        self.told.acknowledged.push((first, ids));
        self.own += append.streams[0].events.len() as u64;
        for name in 0..SHARED_STREAMS {
            let on = stream(u128::from(name));
            if append.streams.iter().any(|part| part.stream == on) {
                *self.shared.entry(name).or_default() += 1;
            }
        }
        if self.random.below(8) == 0 {
            // Once more, to any node: the first result.
            let node = self.random.below(NODES as u64) as usize;
            let again = timeout(PATIENCE, self.nodes[node].append(append.clone())).await;
            match again.expect("every append is answered") {
                Ok(again) => assert_eq!(again.first, first),
                Err(AppendFault::Unreachable(_)) => self.told.out_of_reach += 1,
                Err(fault) => panic!("appender {}, again: {fault}", self.number),
            }
        }
    }

    /// Only a shared stream can be where it was not expected, and further on.
    fn conflict(
        &mut self,
        append: &Append,
        on: crate::domain::ids::Stream,
        found: Option<Revision>,
    ) {
        let name = (0..SHARED_STREAMS).find(|name| stream(u128::from(*name)) == on);
        let name = name.expect("nobody else writes one's own stream");
        assert!(append.streams.iter().any(|part| part.stream == on));
        let count = found.map_or(0, |revision| revision.0 + 1);
        let believed = self.shared.insert(name, count).unwrap_or_default();
        assert!(
            count > believed,
            "{count} events found, {believed} believed"
        );
        self.told.conflicts += 1;
    }
}

/// The stream of the event after which followers end.
const LAST: u128 = 9_999;

/// Follows up to the last event; all events.
async fn follow(mut follower: Box<dyn Follower>, limit: usize) -> Vec<Recorded> {
    let mut seen: Vec<Recorded> = vec![];
    while seen.last().is_none_or(|event| event.stream != stream(LAST)) {
        for event in next(&mut *follower, limit).await {
            let expected = Position(seen.len() as u64 + 1);
            assert_eq!(event.position, expected, "no gap, no repeat");
            seen.push(event);
        }
    }
    seen
}

/// Tortures; what the appenders were told.
async fn torture(
    seed: u64,
    server: &Server,
    url: &str,
    nodes: &Arc<Vec<PostgresLog>>,
) -> Vec<Told> {
    let over = Arc::new(AtomicBool::new(false));
    let appenders: Vec<_> = (0..APPENDERS)
        .map(|number| {
            let appender = Appender {
                number,
                nodes: nodes.clone(),
                random: Random(seed ^ (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                own: 0,
                shared: HashMap::new(),
                told: Told::default(),
            };
            tokio::spawn(appender.run(over.clone()))
        })
        .collect();
    let harms = tokio::spawn(harm(url.to_owned(), Random(seed), over.clone()));
    sleep(TORTURE / 2).await;
    tokio::task::block_in_place(|| server.restart());
    sleep(TORTURE / 2).await;
    over.store(true, Ordering::Relaxed);
    let mut told = vec![];
    for appender in appenders {
        told.push(appender.await.expect("no panic"));
    }
    let harms = harms.await.expect("no panic");
    let sum = |of: fn(&Told) -> u64| told.iter().map(of).sum::<u64>();
    println!(
        "{} acknowledged, {} conflicts, {} out of reach, {harms} harms",
        sum(|told| told.acknowledged.len() as u64),
        sum(|told| told.conflicts),
        sum(|told| told.out_of_reach),
    );
    assert!(harms > 10 && sum(|told| told.conflicts) > 10);
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_harm_loses_repeats_or_reorders_anything() {
    let seed = std::env::var("SNAPLEDGER_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(u64::from(std::process::id()) * 0x1_0001 + 1);
    println!("SNAPLEDGER_TEST_SEED={seed}");
    let server = Server::own(&["fsync=on"]);
    let database = server.database();
    let url = database.url();
    let mut nodes = vec![];
    for _ in 0..NODES {
        nodes.push(open(&url).await);
    }
    let nodes = Arc::new(nodes);
    let followers: Vec<_> = nodes
        .iter()
        .zip([1, 7, 1_000])
        .map(|(node, limit)| {
            let follower = node.follow(Position::START);
            tokio::spawn(follow(follower, limit))
        })
        .collect();
    let told = torture(seed, &server, &url, &nodes).await;
    let last = append_of(vec![part(
        stream(9_999),
        0,
        vec![event_with(APPENDERS << 32, Version::SortRand, b"")],
    )]);
    let head = loop {
        match nodes[0].append(last.clone()).await {
            Ok(appended) => break appended.last,
            Err(AppendFault::Unreachable(_)) => {}
            Err(fault) => panic!("{fault}"),
        }
    };
    assert_eq!(nodes[2].head().await, Ok(head));
    let late = follow(nodes[1].follow(Position(1)), 500).await;
    for follower in followers {
        let seen = timeout(PATIENCE, follower).await.expect("it never stalls");
        assert!(seen.expect("no panic") == late, "all see the same");
    }
    check_acknowledged(&told, &late);
}

/// Every acknowledged append is there once, side by side, where it was told.
fn check_acknowledged(told: &[Told], all: &[Recorded]) {
    let mut places: HashMap<EventId, Position> = HashMap::new();
    let mut revisions = HashMap::new();
    for event in all {
        assert!(places.insert(event.id, event.position).is_none(), "once");
        let revision: &mut u64 = revisions.entry(event.stream).or_default();
        assert_eq!(event.revision, Revision(*revision), "streams are dense");
        *revision += 1;
    }
    let times: Vec<_> = all.iter().map(|event| event.recorded_at).collect();
    assert!(times.is_sorted());
    for (first, ids) in told.iter().flat_map(|told| &told.acknowledged) {
        let expected = (first.0..).map(|position| Some(Position(position)));
        let found = ids.iter().map(|id| places.get(id).copied());
        assert!(found.eq(expected.take(ids.len())), "{ids:?} at {first:?}");
    }
}
