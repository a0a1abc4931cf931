//! Stories about the ledger, told through its verbs and reads.

mod commits;
mod faults;
mod house;
mod idempotency;
mod keys;
mod nodes;
mod placed_snapshots;
mod projects;
mod reads;
mod restores;
mod revisions;
mod snapshots;
