//! The table of limits, in the order in which it is shown.
//!
//! A range keeps an operator from a value with which the server would not work: where a number is
//! bounded above for its own sake, the sentence says so.

use super::{Figure, Row, Section, Unit};

/// A row: section, name, unit, range, where it is held, what it protects.
macro_rules! row {
    ($section:ident, $name:literal, $unit:ident, $range:expr, $($held:ident).+, $says:literal) => {
        Row {
            section: Section::$section,
            name: $name,
            unit: Unit::$unit,
            range: $range,
            says: $says,
            read: |limits| limits.$($held).+.figure(),
            write: |limits, figure| limits.$($held).+ = Figure::of(figure),
        }
    };
}

/// The longest time that any limit may be set to: a day.
const DAY_MS: u64 = 86_400_000;
/// The most of anything that lies in memory.
const MANY: u64 = 1_000_000;
/// The most bytes of anything that is read into memory at once.
const LARGE: u64 = 1 << 30;

/// All of them.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row!(Connections, "connections_max", Count, 1..=MANY, server.connections_max,
        "Connections open at once, sockets included; one more is answered 503 and closed."),
    row!(Connections, "head_ms_max", Milliseconds, 10..=DAY_MS, server.head_time_max,
        "How long a request's head may take, and a new connection until its first byte."),
    row!(Connections, "head_bytes_max", Bytes, 1024..=(1 << 20), server.head_bytes_max,
        "A request's first line and headers; larger ones are answered 431."),
    row!(Connections, "idle_ms_max", Milliseconds, 10..=DAY_MS, server.idle_time_max,
        "How long a connection may be without a request."),
    row!(Connections, "write_stall_ms_max", Milliseconds, 100..=DAY_MS, server.write_stall_max,
        "How long a caller may take no byte of an answer before it is cut off."),
    row!(Connections, "finish_ms_max", Milliseconds, 0..=DAY_MS, server.finish_time_max,
        "How long what runs may go on after the first signal to end."),

    row!(Requests, "body_bytes_max", Bytes, 1024..=LARGE, graph.body_bytes_max,
        "The body of a GraphQL request; larger ones are answered 413."),
    row!(Requests, "body_ms_max", Milliseconds, 10..=DAY_MS, graph.body_time_max,
        "How long that body may take to arrive."),
    row!(Requests, "batch_requests_max", Count, 1..=1_000, graph.batch_requests_max,
        "Requests of one batch."),
    row!(Requests, "errors_listed_max", Count, 1..=1_000, graph.errors_listed_max,
        "Errors that one answer lists."),
    row!(Requests, "execution_ms_max", Milliseconds, 10..=DAY_MS, graph.execution_time_max,
        "How long one operation may take, waiting for `minXactId` included."),
    row!(Requests, "introspection", Switch, 0..=1, graph.introspection,
        "Whether the schema may be asked for, and its names be suggested."),

    row!(Documents, "tokens_max", Count, 10..=100_000, graph.gate.tokens_max,
        "Words and signs of the text; all work on it is linear in them."),
    row!(Documents, "open_brackets_max", Count, 10..=200, graph.gate.open_brackets_max,
        "Brackets open at once; the parser calls itself for each, and more would end its stack."),
    row!(Documents, "ignored_bytes_max", Bytes, 1024..=(1 << 20), graph.gate.ignored_bytes_max,
        "Comments, spaces and commas of the text."),
    row!(Documents, "depth_max", Count, 1..=64, graph.gate.depth_max,
        "Fields within each other, fragments expanded."),
    row!(Documents, "introspection_depth_max", Count, 1..=64, graph.gate.introspection_depth_max,
        "The same for fields of the schema itself, from `__schema` or `__type` on."),
    row!(Documents, "nesting_max", Count, 1..=128, graph.gate.nesting_max,
        "Selections within each other: fields, inline fragments and spreads."),
    row!(Documents, "aliases_max", Count, 0..=100_000, graph.gate.aliases_max,
        "Aliases of one operation, fragments expanded."),
    row!(Documents, "root_fields_max", Count, 1..=10_000, graph.gate.root_fields_max,
        "Fields at the root of one operation, fragments expanded."),
    row!(Documents, "directives_max", Count, 0..=10_000, graph.gate.directives_max,
        "Directives of one operation, fragments expanded."),
    row!(Documents, "expanded_fields_max", Count, 10..=MANY, graph.gate.expanded_fields_max,
        "Fields of all operations, fragments expanded."),
    row!(Documents, "expanded_spreads_max", Count, 0..=MANY, graph.gate.expanded_spreads_max,
        "Spreads of all operations, expanded."),
    row!(Documents, "cost_max", Cost, 1..=1_000_000_000, graph.gate.cost_max,
        "What one operation may cost: 1 an object, 0.1 a leaf, times the rows of its page."),
    row!(Documents, "introspection_cost_max", Cost, 1..=1_000_000_000,
        graph.gate.introspection_cost_max,
        "The same for fields of the schema itself."),
    row!(Documents, "variables_depth_max", Count, 1..=120, graph.gate.variables_depth_max,
        "Lists and objects within each other in the variables; items may be 64 deep."),
    row!(Documents, "remembered_documents_max", Count, 1..=MANY,
        graph.gate.remembered_documents_max,
        "Documents that are remembered as parsed and validated."),
    row!(Documents, "remembered_bytes_max", Bytes, 1024..=LARGE, graph.gate.remembered_bytes_max,
        "What all remembered documents may take together."),
    row!(Documents, "remembered_text_bytes_max", Bytes, 0..=(1 << 20),
        graph.gate.remembered_text_bytes_max,
        "The longest text that is remembered; longer ones carry their data within."),

    row!(Subscriptions, "sockets_max", Count, 0..=MANY, graph.sockets_max,
        "WebSockets and event streams open at once; one more is answered 503."),
    row!(Subscriptions, "subscriptions_per_socket_max", Count, 1..=MANY,
        graph.subscriptions_per_socket_max,
        "Operations that run on one socket at once."),
    row!(Subscriptions, "init_ms_max", Milliseconds, 10..=DAY_MS, graph.init_time_max,
        "How long a socket may be open without `connection_init`."),
    row!(Subscriptions, "ping_interval_ms", Milliseconds, 100..=DAY_MS, graph.ping_interval,
        "How often a socket is asked whether its client is there."),
    row!(Subscriptions, "frame_bytes_max", Bytes, 1024..=LARGE, graph.frame_bytes_max,
        "One message that a client sends on a socket."),
    row!(Subscriptions, "queue_answers_max", Count, 1..=100_000, graph.queue_answers_max,
        "Answers of one subscription that wait for its client to read."),
    row!(Subscriptions, "lag_ms_max", Milliseconds, 10..=DAY_MS, graph.lag_time_max,
        "How long such answers may wait while none is read; then the client is told `LAGGED`."),
    row!(Subscriptions, "heartbeat_interval_ms", Milliseconds, 10..=DAY_MS,
        graph.heartbeat_interval,
        "How often a quiet subscription is told that it still runs."),

    row!(Rest, "uploads_max", Count, 1..=1_000, rest.uploads_max,
        "Uploads read at once; each holds a thread. One more is answered 503."),
    row!(Rest, "line_bytes_max", Bytes, 1024..=(64 << 20), rest.line_bytes_max,
        "One line or record of an upload; an upload itself has no limit."),
    row!(Rest, "upload_silence_ms_max", Milliseconds, 10..=DAY_MS, rest.silence_max,
        "How long the sender of an upload may be silent."),
    row!(Rest, "foreign_body_bytes_max", Bytes, 1024..=LARGE, rest.body_bytes_max,
        "The body of any other REST request; larger ones are answered 413."),

    row!(Callers, "rate_limit_cost_per_second", Cost, 0..=1_000_000_000, quota.cost_per_second,
        "Cost that each caller gets back in a second; 0 for no limit. A REST request costs 10."),
    row!(Callers, "rate_limit_burst", Cost, 0..=1_000_000_000, quota.burst,
        "Cost that a caller may ask for at once after a pause; 0 for one second's."),
];
