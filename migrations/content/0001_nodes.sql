-- The content cache: nodes of prolly trees by hash, and the position of the log they stand for.
-- A rowid table with an index: nodes of one commit lie side by side, and a 1 KB body is not moved
-- when the index splits. Lost or damaged rows are computed from the log again.

CREATE TABLE nodes (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX nodes_by_hash ON nodes (hash);

-- One row at most.
CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    ledger BLOB NOT NULL,
    position INTEGER NOT NULL,
    event BLOB NOT NULL
) STRICT;

PRAGMA user_version = 1;
