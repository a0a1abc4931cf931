//! Stories about the real program: each starts the binary on a folder of its own and talks to it
//! as its users do, over HTTP, WebSocket and the command line.
//!
//! The machinery is in `harness`; every other file is a story or two. Never reaches into the
//! server but through its files, its process and its public contract.

mod harness;

mod access;
mod audit;
mod bad_input;
mod bad_questions;
mod bulk;
mod cli;
mod clones;
mod damage;
mod events;
mod idempotency;
mod kills;
mod locks;
mod races;
mod rebuild;
mod round_trip;
mod secrets;
mod snapshots;
