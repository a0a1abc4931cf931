//! Other people's clients find a server that keeps their specifications, to the letter.

use crate::harness::{Home, run_client};

#[tokio::test]
async fn every_audit_of_graphql_over_http_passes() {
    let home = Home::new();
    let server = home.start().await;
    run_client(&home, server, "audits.mjs").await;
}

#[tokio::test]
async fn the_socket_client_asks_follows_and_resumes() {
    let home = Home::new();
    let server = home.start().await;
    run_client(&home, server, "sockets.mjs").await;
}

#[tokio::test]
async fn the_stream_client_asks_follows_and_resumes() {
    let home = Home::new();
    let server = home.start().await;
    run_client(&home, server, "streams.mjs").await;
}
