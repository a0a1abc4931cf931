//! Stories about the real program: each starts the binary on a folder of its own and talks to it
//! as its users do, over HTTP, WebSocket and the command line.
//!
//! The machinery is in `harness`; every other file is a story or two. Never reaches into the
//! server but through its files, its process and its public contract.

mod harness;

mod access;
mod attacks;
mod audit;
mod bad_input;
mod bad_questions;
mod braintrust;
mod bulk;
mod cli;
mod clients;
mod clones;
mod damage;
mod dialects;
mod dws;
mod events;
mod faults;
mod fuzzing;
mod headers;
mod idempotency;
mod kills;
mod limits;
mod locks;
mod lunary;
mod media;
mod metrics;
mod over_http;
mod races;
mod rebuild;
mod retries;
mod revoked;
mod round_trip;
mod secrets;
mod shutdown;
mod snapshots;
mod sockets;
mod sse;
mod subscriptions;
mod visual_layer;
