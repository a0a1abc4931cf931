-- The log: one row an event. Rows are only ever added, at head + 1, by whoever holds the advisory
-- lock of appenders; none is changed or removed. Texts that callers write are kept as their UTF-8
-- bytes: a text of PostgreSQL takes no NUL, and depends on the encoding of its database.
CREATE TABLE snapledger_events (
    position          BIGINT      PRIMARY KEY, -- place in the log: dense, from 1
    stream            BYTEA       NOT NULL,    -- one byte for the kind, then the UUID where it has one
    revision          BIGINT      NOT NULL,    -- place in the stream: dense, from 0
    id                UUID        NOT NULL,    -- what makes an append idempotent
    name              TEXT        NOT NULL,
    schema_version    INTEGER     NOT NULL,    -- of the stored shape
    recorded_at       TIMESTAMPTZ NOT NULL,    -- whole microseconds; one an append
    actor             BYTEA       NOT NULL,    -- UTF-8
    correlation       UUID,
    causation         UUID,
    idempotency_key   BYTEA,                   -- UTF-8
    idempotency_input BYTEA,                   -- BLAKE3 of the input; there when the key is
    data              BYTEA       NOT NULL     -- the stored shape
);

CREATE UNIQUE INDEX snapledger_events_by_id ON snapledger_events (id);
CREATE UNIQUE INDEX snapledger_events_by_stream ON snapledger_events (stream, revision);
