-- The key store: secrets that must be had in clear to be used, each sealed. No cache: what is lost
-- here cannot be folded from the log. A sealed value is a nonce of 12 bytes, the ciphertext, and a
-- tag of 16 bytes (ChaCha20-Poly1305); what it belongs to is authenticated with it.

PRAGMA application_id = 0x534E4C4B; -- "SNLK"
PRAGMA user_version = 1;

-- One row: a known text, sealed, by which another sealing key is told apart at once.
CREATE TABLE seal (
    one_row INTEGER PRIMARY KEY CHECK (one_row = 1),
    proof   BLOB NOT NULL
) STRICT;

-- The secret keys of pairs. One whose key was never issued opens nothing.
CREATE TABLE pairs (
    access_key TEXT PRIMARY KEY,
    secret_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
