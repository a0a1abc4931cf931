//! Three nodes on one log, killed in turn and started again while clients write and follow.

use std::time::Duration;

use tokio::time::Instant;

use super::cluster::Cluster;
use super::figures::Recoveries;
use super::postgres::Server as Postgres;
use super::work_time;
use crate::harness::Random;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_killed_in_turn_lose_nothing_and_do_nothing_twice() {
    let mut random = Random::fresh();
    let postgres = Postgres::own(&[]);
    let database = postgres.database();
    let mut cluster = Cluster::new(3, &database, postgres.port()).await;
    cluster.start().await;
    let crowd = cluster.crowd(&mut random).await;
    let end = Instant::now() + work_time(10);
    let mut recoveries = Recoveries::default();
    for turn in 0.. {
        tokio::time::sleep(Duration::from_millis(500 + random.below(1_500))).await;
        if Instant::now() >= end {
            break;
        }
        let node = &mut cluster.nodes[turn % 3];
        node.kill();
        let killed = Instant::now();
        tokio::time::sleep(Duration::from_millis(random.below(1_000))).await;
        node.start().await;
        recoveries.note(killed.elapsed());
    }
    let told = crowd.end(&cluster.servers()).await;
    let figures = told.judge(&cluster.servers()).await;
    println!("nodes killed: {recoveries}; {figures}");
    assert!(
        recoveries.count() > 1 && figures.acknowledged > 20,
        "{figures}"
    );

    // What a node has is a fold of the log: made anew, it answers the same.
    let node = &mut cluster.nodes[0];
    node.stop().await;
    node.home.rebuild();
    node.start().await;
    told.judge(&cluster.servers()).await;
}
