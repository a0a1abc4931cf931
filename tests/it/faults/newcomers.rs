//! Nodes that join a busy ledger: from an empty folder, and from a copy of another's.

use std::time::Duration;

use super::cluster::Cluster;
use super::postgres::Server as Postgres;
use super::work_time;
use crate::harness::Random;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_from_an_empty_and_from_a_copied_folder_come_to_the_same_state_under_load() {
    let mut random = Random::fresh();
    let postgres = Postgres::own(&[]);
    let database = postgres.database();
    let mut cluster = Cluster::new(3, &database, postgres.port()).await;
    cluster.nodes[0].start().await;
    cluster.nodes[1].start().await;
    let crowd = cluster.crowd(&mut random).await;
    tokio::time::sleep(work_time(3)).await;
    // The third comes from nothing.
    cluster.nodes[2].start().await;
    // The fourth from what the second was when it was stopped; both go on.
    cluster.nodes[1].stop().await;
    let copied = cluster.nodes[1].home.copy();
    cluster.add(copied, &database, postgres.port()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    cluster.nodes[3].start().await;
    cluster.nodes[1].start().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = crowd.end(&cluster.servers()).await;
    let figures = told.judge(&cluster.servers()).await;
    println!("newcomers: {figures}");
    assert!(figures.acknowledged > 20, "{figures}");
}
