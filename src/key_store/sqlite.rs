//! The key store in a SQLite file, `keys.db`, which only the server's own user reads.
//!
//! Small and seldom written, so one connection behind a lock is enough; a read takes microseconds.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::aead::NONCE_LEN;
use rusqlite::{Connection, OptionalExtension, params};

use super::sealing::SealingKey;
use super::{KeyFault, KeyStore};
use crate::auth::{AccessKey, Secret};
use crate::clock::Clock;

/// The tables. Their numbers of application and version are set in it.
const TABLES: &str = include_str!("../../migrations/keys/0001_keys.sql");
/// The `application_id` of a file that [`TABLES`] made: "SNLK".
const APPLICATION_ID: i64 = 0x534E_4C4B;
/// The `user_version` of a file that [`TABLES`] made.
const USER_VERSION: i64 = 1;
/// What is sealed to know the sealing key again.
const PROOF: &str = "sealed with this key";
/// Only the server's own user reads the file.
const FILE_MODE: u32 = 0o600;

/// The key store in a file.
pub struct SqliteKeys {
    connection: Mutex<Connection>,
    sealing: SealingKey,
    clock: Arc<dyn Clock>,
}

impl SqliteKeys {
    /// Opens the key store, or begins it.
    pub fn open(path: &Path, sealing: SealingKey, clock: Arc<dyn Clock>) -> Result<Self, KeyFault> {
        let mut options = OpenOptions::new();
        // Made here, so that it is never readable by others, not even for a moment.
        options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE);
        let made = options.open(path);
        made.map_err(|fault| KeyFault::Storage(format!("{}: {fault}", path.display())))?;
        Self::over(Connection::open(path)?, path, sealing, clock)
    }

    /// A key store that is gone with the process.
    pub fn in_memory(sealing: SealingKey, clock: Arc<dyn Clock>) -> Result<Self, KeyFault> {
        let place = Path::new("memory");
        Self::over(Connection::open_in_memory()?, place, sealing, clock)
    }

    fn over(
        connection: Connection,
        path: &Path,
        sealing: SealingKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyFault> {
        let store = Self {
            connection: Mutex::new(connection),
            sealing,
            clock,
        };
        match store.prepare() {
            Ok(true) => Ok(store),
            Ok(false) => Err(KeyFault::OtherSeal),
            Err(Unready::Foreign) => Err(KeyFault::NotAKeyStore(path.display().to_string())),
            Err(Unready::Fault(fault)) => Err(fault),
        }
    }

    /// Makes the tables if there are none; answers whether the sealing key is the one.
    fn prepare(&self) -> Result<bool, Unready> {
        let connection = self.connection();
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let found = (pragma("application_id")?, pragma("user_version")?);
        let sql = "SELECT count(*) FROM sqlite_schema";
        let objects: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        connection.execute_batch(
            "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
        )?;
        match (found, objects) {
            ((0, 0), 0) => {
                let proof = self.sealing.seal("seal", PROOF, self.nonce());
                connection.execute_batch(&format!("BEGIN; {TABLES}"))?;
                connection.execute("INSERT INTO seal VALUES (1, ?1)", params![proof])?;
                connection.execute_batch("COMMIT")?;
                Ok(true)
            }
            ((APPLICATION_ID, USER_VERSION), _) => {
                let sql = "SELECT proof FROM seal";
                let proof: Vec<u8> = connection.query_row(sql, [], |row| row.get(0))?;
                Ok(self.sealing.open("seal", &proof).as_deref() == Some(PROOF))
            }
            _ => Err(Unready::Foreign),
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn nonce(&self) -> [u8; NONCE_LEN] {
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&self.clock.secret()[..NONCE_LEN]);
        nonce
    }
}

/// Why a file is not ready.
enum Unready {
    Foreign,
    Fault(KeyFault),
}

impl From<rusqlite::Error> for Unready {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(NotADatabase | DatabaseCorrupt) => Self::Foreign,
            Some(_) | None => Self::Fault(error.into()),
        }
    }
}

impl From<rusqlite::Error> for KeyFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.to_string())
    }
}

fn belongs_to(access_key: &AccessKey) -> String {
    format!("pair {access_key}")
}

impl KeyStore for SqliteKeys {
    fn derive(&self, text: &str) -> [u8; 32] {
        self.sealing.derive(text)
    }

    fn keep(&self, access_key: &AccessKey, secret_key: &Secret) -> Result<(), KeyFault> {
        let plain = secret_key.reveal();
        let sealed = self
            .sealing
            .seal(&belongs_to(access_key), plain, self.nonce());
        let sql = "INSERT INTO pairs (access_key, secret_key) VALUES (?1, ?2)
            ON CONFLICT (access_key) DO NOTHING";
        self.connection()
            .execute(sql, params![access_key.as_str(), sealed])?;
        Ok(())
    }

    fn secret_key(&self, access_key: &AccessKey) -> Result<Option<Secret>, KeyFault> {
        let connection = self.connection();
        let sql = "SELECT secret_key FROM pairs WHERE access_key = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let sealed = statement.query_row([access_key.as_str()], |row| row.get::<_, Vec<u8>>(0));
        let Some(sealed) = sealed.optional()? else {
            return Ok(None);
        };
        match self.sealing.open(&belongs_to(access_key), &sealed) {
            Some(plain) => Ok(Some(Secret::given(plain))),
            None => Err(KeyFault::Storage(format!(
                "the secret of {access_key} is damaged"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::clock::SystemClock;

    fn open(path: &Path, text: &str) -> Result<SqliteKeys, KeyFault> {
        let sealing = SealingKey::of_text(&Secret::given(text));
        SqliteKeys::open(path, sealing, Arc::new(SystemClock::start()))
    }

    fn found(store: &SqliteKeys, key: &AccessKey) -> Option<String> {
        let secret = store.secret_key(key).expect("readable");
        secret.map(|secret| secret.reveal().to_owned())
    }

    #[test]
    fn a_secret_is_found_again_and_lies_nowhere_in_clear() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.db");
        let key = AccessKey::of_bytes(&[1; 32]);
        let store = open(&path, "sealing").expect("a store");
        assert_eq!(found(&store, &key), None);
        store
            .keep(&key, &Secret::given("the secret key"))
            .expect("kept");
        store.keep(&key, &Secret::given("another")).expect("kept");
        drop(store);
        let store = open(&path, "sealing").expect("the store");
        assert_eq!(found(&store, &key).as_deref(), Some("the secret key"));
        let bytes = std::fs::read(&path).expect("the file");
        assert!(!bytes.windows(10).any(|window| window == b"the secret"));
        let mode = path.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, FILE_MODE);
    }

    #[test]
    fn another_sealing_key_or_file_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.db");
        drop(open(&path, "one").expect("a store"));
        let refused = open(&path, "other").map(|_| ()).expect_err("another key");
        assert_eq!(refused, KeyFault::OtherSeal);
        assert!(open(&path, "one").is_ok(), "nothing was changed");
        std::fs::write(&path, "not a database ".repeat(100)).expect("written");
        let refused = open(&path, "one").map(|_| ()).expect_err("no database");
        assert!(refused.to_string().contains("is no key store"), "{refused}");
    }

    #[test]
    fn a_damaged_secret_is_a_fault_and_not_another_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.db");
        let [one, other] = [1, 2].map(|number| AccessKey::of_bytes(&[number; 32]));
        let store = open(&path, "sealing").expect("a store");
        store.keep(&one, &Secret::given("one")).expect("kept");
        store.keep(&other, &Secret::given("other")).expect("kept");
        let swap = "UPDATE pairs SET secret_key =
            (SELECT secret_key FROM pairs WHERE access_key = ?2) WHERE access_key = ?1";
        let keys = params![one.as_str(), other.as_str()];
        store.connection().execute(swap, keys).expect("swapped");
        assert!(store.secret_key(&one).is_err());
        assert_eq!(found(&store, &other).as_deref(), Some("other"));
    }
}
