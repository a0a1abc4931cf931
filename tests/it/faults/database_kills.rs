//! The database is stopped as a crash would stop it, and started again, beneath three nodes.

use std::time::Duration;

use tokio::task::block_in_place;
use tokio::time::Instant;

use super::cluster::Cluster;
use super::figures::Recoveries;
use super::postgres::Server as Postgres;
use super::work_time;
use crate::harness::Random;

/// The longest that the database is away, in milliseconds: shorter than the silence for which
/// nodes stop serving.
const AWAY_MS_MAX: u64 = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_takes_nothing_with_it_that_was_acknowledged() {
    let mut random = Random::fresh();
    let postgres = Postgres::own(&[]);
    let database = postgres.database();
    let mut cluster = Cluster::new(3, &database, postgres.port()).await;
    cluster.start().await;
    let crowd = cluster.crowd(&mut random).await;
    let end = Instant::now() + work_time(10);
    let mut recoveries = Recoveries::default();
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(1_000 + random.below(1_500))).await;
        let acknowledged = crowd.clients.history.acknowledged();
        block_in_place(|| postgres.stop());
        tokio::time::sleep(Duration::from_millis(random.below(AWAY_MS_MAX))).await;
        let back = Instant::now();
        block_in_place(|| postgres.start());
        crowd.acknowledged_after(acknowledged).await;
        recoveries.note(back.elapsed());
    }
    let told = crowd.end(&cluster.servers()).await;
    let figures = told.judge(&cluster.servers()).await;
    println!("databases killed: {recoveries}; {figures}");
    assert!(
        recoveries.count() > 1 && figures.acknowledged > 20,
        "{figures}"
    );
}
