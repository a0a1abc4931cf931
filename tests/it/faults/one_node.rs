//! One node on its own log, killed again and again, behind a link that fails in every way.

use std::time::Duration;

use tokio::time::Instant;

use super::crowd::Crowd;
use super::work_time;
use crate::harness::{Home, Node, Passage, Random};

/// What becomes of the link, one after the other.
const PASSAGES: [Passage; 4] = [
    Passage::Slow(Duration::from_millis(30)),
    Passage::Cut,
    Passage::Held,
    Passage::HalfOpen,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_killed_and_cut_off_loses_nothing_and_does_nothing_twice() {
    let mut random = Random::fresh();
    let mut node = Node::on(Home::new(), Vec::new()).await;
    node.start().await;
    let crowd = Crowd::begin(vec![node.address()], &mut random).await;
    let end = Instant::now() + work_time(8);
    let (mut kills, mut passages) = (0, PASSAGES.iter().cycle());
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(300 + random.below(700))).await;
        if random.below(2) == 0 {
            node.kill();
            node.start().await;
            kills += 1;
        } else {
            node.front.set(*passages.next().expect("they go round"));
            tokio::time::sleep(Duration::from_millis(300 + random.below(300))).await;
            node.front.set(Passage::Open);
        }
    }
    let told = crowd.end(&[node.server()]).await;
    let figures = told.judge(&[node.server()]).await;
    println!("{kills} kills: {figures}");
    assert!(figures.acknowledged > 0, "{figures}");

    node.stop().await;
    node.home.rebuild();
    node.start().await;
    told.judge(&[node.server()]).await;
}
