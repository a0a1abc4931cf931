-- The log: one row an event. Rows are only ever added, at head + 1; none is changed or removed.
CREATE TABLE events (
    position          INTEGER PRIMARY KEY, -- place in the log: dense, from 1
    stream            BLOB    NOT NULL,    -- one byte for the kind, then the UUID where it has one
    revision          INTEGER NOT NULL,    -- place in the stream: dense, from 0
    id                BLOB    NOT NULL,    -- UUID: what makes an append idempotent
    name              TEXT    NOT NULL,
    schema_version    INTEGER NOT NULL,    -- of the stored shape
    recorded_at       INTEGER NOT NULL,    -- microseconds of the Unix epoch, UTC; one an append
    actor             TEXT    NOT NULL,
    correlation       BLOB,                -- UUID
    causation         BLOB,                -- UUID
    idempotency_key   TEXT,
    idempotency_input BLOB,                -- BLAKE3 of the input; there when the key is
    data              BLOB    NOT NULL     -- the stored shape; last, for it may be long
) STRICT;

CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
