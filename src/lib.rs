//! snapledger: an event-sourced snapshot ledger with a GraphQL API.
//!
//! The log is the truth; everything else is a fold of it. ARCHITECTURE.md draws the house.

pub mod auth;
pub mod clock;
pub mod content;
pub mod digest;
pub mod domain;
pub mod event_log;
pub mod graphql;
pub mod ledger;
pub mod views;
