//! A node frozen in the middle of a restore, for longer than its lease, that goes on as if nothing
//! had been.

use std::time::Duration;

use tokio::time::Instant;

use super::cluster::Cluster;
use super::large::Large;
use super::postgres::Server as Postgres;
use super::work_time;
use super::writers::Writer;
use crate::harness::{PAUSE, Random, within};

/// Longer than the lease of a task.
const FROZEN_MIN: Duration = Duration::from_secs(11);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_on_a_node_frozen_past_its_lease_ends_once() {
    let mut random = Random::fresh();
    let postgres = Postgres::own(&[]);
    let database = postgres.database();
    let mut cluster = Cluster::new(3, &database, postgres.port()).await;
    cluster.start().await;
    let crowd = cluster.crowd(&mut random).await;
    let mut writer = Writer::discreet(&crowd.clients, random.another());
    let large = Large::new(&mut writer, "large").await;
    let end = Instant::now() + work_time(0);
    for round in 1.. {
        let victim = random.below(3) as usize;
        let server = cluster.nodes[victim].server();
        let freeze = || server.freeze();
        let task = large
            .in_the_middle(&mut writer, (victim, server), freeze)
            .await;
        let frozen = Instant::now();
        let other = cluster.nodes[(victim + 1) % 3].server();
        let ended = other.task_end(&task).await;
        assert_eq!(ended["phase"], "COMPLETED", "{ended}");
        println!(
            "round {round}: node {victim}'s restore ended after {:.1?}",
            frozen.elapsed()
        );
        tokio::time::sleep(FROZEN_MIN.saturating_sub(frozen.elapsed())).await;
        server.thaw();
        within("the thawed node", async {
            while !server.is_ready().await {
                tokio::time::sleep(PAUSE).await;
            }
        })
        .await;
        if Instant::now() >= end {
            break;
        }
    }
    let told = crowd.end(&cluster.servers()).await;
    let figures = told.judge(&cluster.servers()).await;
    println!("frozen: {figures}");
}
