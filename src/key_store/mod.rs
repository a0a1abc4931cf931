//! The key store: secrets that the server must have in clear to use them, sealed where they lie.
//!
//! It holds the secret keys of pairs, and nothing that the log could give back: it is backed up
//! apart. The sealing key is not in it. Never stores or tells a secret in clear, and never makes a
//! new sealing key where an old one is missed.

mod sealing;
mod sqlite;

pub use sealing::{SEALING_KEY_BYTES_MIN, SealingKey};
pub use sqlite::SqliteKeys;

use crate::auth::{AccessKey, Secret};

/// Where secrets are kept.
pub trait KeyStore: Send + Sync + 'static {
    /// 32 bytes that nobody without the sealing key can guess, the same for the same text ever
    /// after. Two nodes with one sealing key come to the same.
    fn derive(&self, text: &str) -> [u8; 32];

    /// Keeps the secret key of a pair. Durable when it answers; of an access key that is kept
    /// already nothing changes.
    fn keep(&self, access_key: &AccessKey, secret_key: &Secret) -> Result<(), KeyFault>;

    /// The secret key of a pair; none when it was never kept here, or is lost.
    fn secret_key(&self, access_key: &AccessKey) -> Result<Option<Secret>, KeyFault>;
}

/// Why the key store cannot be used. Each says what to do, and none holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The file cannot be read or written.
    #[error("the key store cannot be used: {0}")]
    Storage(String),
    /// The file belongs to something else, or is broken.
    #[error(
        "{0} is no key store of this program: bring it back from a backup, or remove it; then the \
         access keys issued so far are refused and new ones must be issued"
    )]
    NotAKeyStore(String),
    /// What is sealed was sealed with another key.
    #[error(
        "the key store was sealed with another key: give the seal_key that it had, or bring back \
         the file seal.key beside it; without either, remove keys.db, and the access keys issued \
         so far are refused"
    )]
    OtherSeal,
}
