//! What must hold while nodes and connections fail: clients write, read and follow, things break
//! beneath them, and what they were told is judged when all is over.
//!
//! `deeds` are what `clients` want, `writers`, `readers` and `followers` what they do, `history` what
//! they were told. `log`, `model` (with `rules` and `spans`) and `window` are what it is judged by;
//! `checks` judge. The other files are stories.

mod answers;
mod asking;
mod checks;
mod clients;
mod cluster;
mod crowd;
mod database_kills;
mod deeds;
mod figures;
mod followers;
mod frozen;
mod history;
mod large;
mod log;
mod model;
mod newcomers;
mod node_kills;
mod one_node;
mod partitions;
mod readers;
mod rules;
mod spans;
mod window;
mod writers;

#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../../servers/postgres.rs"]
mod postgres;

use std::time::Duration;

/// How long the clients of each story are at work, in seconds; a few, unless told.
const SECONDS: &str = "SNAPLEDGER_FAULT_SECONDS";

/// How long the clients of a story are at work: `few` seconds, or as many as were told.
fn work_time(few: u64) -> Duration {
    let told = std::env::var(SECONDS).ok();
    let told = told.map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(told.unwrap_or(few))
}
