-- The read models. A cache: every row is folded from the log, and the whole file may be deleted.
--
-- `position` as a primary key is the log position of the event that made the row, so the order of
-- rows is the order of creation, here and after a rebuild. A column that ends in `_row` names a row
-- of another table by that position: the tables that grow with every commit and snapshot are kept
-- small so. Ids and digests are blobs of 16 and 32 bytes; times are microseconds since 1970 in UTC;
-- statuses, kinds and reasons are their words. A `*_key` is a name without its case, by
-- which names are compared and sorted.

PRAGMA application_id = 0x534E4C56; -- "SNLV"
PRAGMA user_version = 5;

-- One row once the ledger is founded: which ledger, and how far its log is folded.
CREATE TABLE checkpoint (
    one_row         INTEGER PRIMARY KEY CHECK (one_row = 1),
    ledger          BLOB NOT NULL,
    default_project BLOB NOT NULL,
    position        INTEGER NOT NULL,
    event           BLOB NOT NULL
) STRICT;

-- One row: where the ledger's own stream ends.
CREATE TABLE ledger_stream (
    one_row  INTEGER PRIMARY KEY CHECK (one_row = 1),
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE projects (
    position    INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    external_id TEXT,
    description TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    revision    INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_by_name ON projects (name_key);
CREATE INDEX projects_by_external_id ON projects (external_id) WHERE external_id IS NOT NULL;

-- What is in one of these is found on no path. Its rows stay as they were folded, so a deletion
-- costs the same however much is in the project.
CREATE TABLE deleted_projects (
    id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Which dataset has which name in its project: what the project's stream says.
CREATE TABLE listed_names (
    dataset  BLOB PRIMARY KEY,
    project  BLOB NOT NULL,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_names_by_key ON listed_names (project, name_key);

CREATE TABLE datasets (
    position              INTEGER PRIMARY KEY,
    id                    BLOB NOT NULL UNIQUE,
    project               BLOB NOT NULL,
    name                  TEXT NOT NULL,
    name_key              TEXT NOT NULL,
    owner                 TEXT NOT NULL,
    created_at            INTEGER NOT NULL,
    origin_dataset        BLOB,
    origin_snapshot       BLOB,
    origin_revision       INTEGER,
    origin_position       INTEGER,
    -- What follows is written back whenever an event of its stream is folded.
    status                TEXT NOT NULL,
    snapshots_enabled     INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    deleted_at            INTEGER,
    revision              INTEGER NOT NULL, -- of the last event of its stream
    last_position         INTEGER NOT NULL, -- of the same event
    version_position      INTEGER NOT NULL, -- from here on: its current version
    version_revision      INTEGER NOT NULL,
    root                  BLOB NOT NULL,
    items                 INTEGER NOT NULL,
    images                INTEGER NOT NULL,
    videos                INTEGER NOT NULL,
    bytes                 INTEGER NOT NULL,
    next_number           INTEGER NOT NULL,
    current_snapshot      BLOB,
    operation             BLOB,
    restore_task          BLOB,
    restore_target        INTEGER, -- a revision of its stream
    restore_snapshot      BLOB,
    restore_safety        BLOB,
    restore_result        BLOB,
    restore_name          TEXT, -- this and the next: the words that it gives back
    restore_description   TEXT,
    restore_status_before TEXT
) STRICT;
CREATE INDEX datasets_of_project ON datasets (project);
CREATE INDEX datasets_by_origin ON datasets (origin_dataset) WHERE origin_dataset IS NOT NULL;
CREATE INDEX datasets_by_origin_snapshot ON datasets (origin_snapshot)
    WHERE origin_snapshot IS NOT NULL;

-- The long texts of a dataset, kept apart so that an event that leaves them does not rewrite them.
CREATE TABLE dataset_texts (
    position    INTEGER PRIMARY KEY, -- the dataset's
    description TEXT NOT NULL,
    metadata    TEXT NOT NULL
) STRICT;

CREATE TABLE snapshots (
    position            INTEGER PRIMARY KEY,
    id                  BLOB NOT NULL UNIQUE,
    dataset_row         INTEGER NOT NULL,
    project_row         INTEGER NOT NULL,
    number              INTEGER NOT NULL,
    given_name          TEXT,
    name_key            TEXT NOT NULL, -- of the name shown: the one given, or the one made
    description         TEXT NOT NULL,
    reason              TEXT NOT NULL,
    version_position    INTEGER NOT NULL, -- from here on: the version it names
    version_revision    INTEGER NOT NULL,
    root                BLOB NOT NULL,
    items               INTEGER NOT NULL,
    images              INTEGER NOT NULL,
    videos              INTEGER NOT NULL,
    bytes               INTEGER NOT NULL,
    asked_position      INTEGER,
    created_at          INTEGER NOT NULL,
    created_by          TEXT NOT NULL,
    updated_at          INTEGER NOT NULL,
    deleted_at          INTEGER,
    dataset_name        TEXT NOT NULL, -- this and the next: as they were at its creation
    dataset_description TEXT NOT NULL,
    model_id            BLOB,
    model_name          TEXT,
    restored_from       BLOB
) STRICT;
CREATE INDEX snapshots_of_project ON snapshots (project_row);
-- With its second column it lists live ones in order, and counts them without reading a row.
CREATE INDEX snapshots_of_dataset ON snapshots (dataset_row, deleted_at);
CREATE INDEX snapshots_of_version ON snapshots (version_position);
CREATE INDEX snapshots_by_given_name ON snapshots (dataset_row, name_key)
    WHERE given_name IS NOT NULL;

CREATE TABLE versions (
    position      INTEGER PRIMARY KEY,
    dataset_row   INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    root          BLOB NOT NULL,
    items         INTEGER NOT NULL,
    images        INTEGER NOT NULL,
    videos        INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    root_before   BLOB,
    added         INTEGER NOT NULL,
    removed       INTEGER NOT NULL,
    modified      INTEGER NOT NULL,
    unchanged     INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    message       TEXT,
    restored_from BLOB,
    UNIQUE (dataset_row, revision)
) STRICT;
CREATE INDEX versions_of_dataset ON versions (dataset_row);

CREATE TABLE operations (
    position      INTEGER PRIMARY KEY,
    id            BLOB NOT NULL UNIQUE,
    dataset       BLOB NOT NULL,
    project       BLOB NOT NULL,
    kind          TEXT NOT NULL,
    status_before TEXT NOT NULL, -- the dataset's
    started_by    TEXT NOT NULL,
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER,
    outcome       TEXT
) STRICT;
CREATE INDEX operations_of_dataset ON operations (dataset);

CREATE TABLE tasks (
    position        INTEGER PRIMARY KEY,
    id              BLOB NOT NULL UNIQUE,
    kind            TEXT NOT NULL,
    project         BLOB NOT NULL,
    dataset         BLOB NOT NULL,
    snapshot        BLOB,
    target_revision INTEGER, -- of a restore
    mode            TEXT,    -- of an import
    phase           TEXT NOT NULL,
    done            INTEGER NOT NULL,
    total           INTEGER,
    added           INTEGER, -- this and the next three: the summary
    removed         INTEGER,
    modified        INTEGER,
    unchanged       INTEGER,
    error           TEXT,
    created_by      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    finished_at     INTEGER,
    result_position INTEGER,
    lease_node      TEXT,
    lease_until     INTEGER,
    correlation     BLOB,
    revision        INTEGER NOT NULL
) STRICT;
CREATE INDEX tasks_of_project ON tasks (project);
CREATE INDEX tasks_of_dataset ON tasks (dataset);
CREATE INDEX tasks_unfinished ON tasks (position) WHERE finished_at IS NULL;

-- One row: where the access stream ends.
CREATE TABLE access_stream (
    one_row  INTEGER PRIMARY KEY CHECK (one_row = 1),
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
    position     INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    secret_hash  BLOB NOT NULL,
    access_key   TEXT, -- of a pair, whose secret is never sent
    role         TEXT NOT NULL,
    project      BLOB,
    created_by   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_keys_by_secret ON api_keys (secret_hash);
CREATE INDEX api_keys_by_access_key ON api_keys (access_key) WHERE access_key IS NOT NULL;
