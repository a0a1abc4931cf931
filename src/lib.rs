//! snapledger: an event-sourced snapshot ledger with a GraphQL API.
//!
//! The log is the truth; everything else is a fold of it. ARCHITECTURE.md draws the house.

pub mod assemble;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod content;
pub mod digest;
pub mod domain;
pub mod event_log;
pub mod figures;
pub mod gatekeeper;
pub mod graphql;
pub mod key_store;
pub mod ledger;
pub mod metrics;
pub mod quota;
pub mod request_id;
pub mod rest;
pub mod server;
pub mod shutdown;
pub mod telemetry;
pub mod views;
