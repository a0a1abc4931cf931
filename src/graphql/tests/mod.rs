//! Stories about the graph, told through requests.

mod access;
mod bad_input;
mod bad_queries;
mod clones;
mod datasets;
pub(super) mod desk;
mod events;
mod http_limits;
mod idempotency;
mod items;
mod line;
mod operations;
mod paging;
mod restores;
mod schema;
mod snapshots;
mod sockets;
mod transport;
mod watching;
