//! The sealing key: what turns secrets into bytes that may lie about, and back.
//!
//! Two keys come of the one text that an operator gives or that lies in the file `seal.key`: one
//! seals, the other derives. So neither use can tell anything about the other. Never printed.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::auth::Secret;
use crate::clock::Clock;
use crate::digest::Digest;

/// The shortest text that a sealing key is taken from, in bytes.
pub const SEALING_KEY_BYTES_MIN: usize = 32;
/// What the key that seals is for; part of the format.
const SEALING: &str = "snapledger 2026 key store: sealing";
/// What the key that derives is for; part of the format.
const DERIVING: &str = "snapledger 2026 key store: deriving";
/// Only the server's own user reads the file.
const FILE_MODE: u32 = 0o600;
/// The longest text that a file may hold, in bytes.
const FILE_BYTES_MAX: u64 = 4 << 10;

/// A sealing key.
pub struct SealingKey {
    sealing: [u8; 32],
    deriving: [u8; 32],
}

impl SealingKey {
    /// The key that this text comes to: [`SEALING_KEY_BYTES_MIN`] bytes at least, as random as the
    /// secrets are to be safe.
    pub fn of_text(text: &Secret) -> Self {
        Self {
            sealing: blake3::derive_key(SEALING, text.as_bytes()),
            deriving: blake3::derive_key(DERIVING, text.as_bytes()),
        }
    }

    /// A key that nobody knows and that is gone with the process.
    pub fn fresh(clock: &dyn Clock) -> Self {
        Self::of_text(&fresh_text(clock))
    }

    /// The key in this file; none when there is no file.
    pub fn of_file(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            tracing::warn!(
                file = %path.display(),
                "others on this machine may read the sealing key; give it the mode 0600"
            );
        }
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        let text = text.trim();
        if text.len() < SEALING_KEY_BYTES_MIN {
            let message = format!("fewer than {SEALING_KEY_BYTES_MIN} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(Some(Self::of_text(&Secret::given(text))))
    }

    /// Makes a key and writes its file, which must not be there.
    pub fn make_file(path: &Path, clock: &dyn Clock) -> io::Result<Self> {
        let text = fresh_text(clock);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(FILE_MODE);
        let mut file = options.open(path)?;
        writeln!(file, "{}", text.reveal())?;
        file.sync_all()?;
        Ok(Self::of_text(&text))
    }

    /// 32 bytes that only this key gives for this text.
    pub fn derive(&self, text: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.deriving, text.as_bytes()).as_bytes()
    }

    /// Seals a text so that it can only be opened as what it belongs to. The nonce must be fresh.
    pub fn seal(&self, belongs_to: &str, plain: &str, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        let mut sealed = plain.as_bytes().to_vec();
        let aad = Aad::from(belongs_to.as_bytes());
        let done = self.cipher().seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            aad,
            &mut sealed,
        );
        assert!(
            done.is_ok(),
            "a secret is far shorter than the cipher's limit"
        );
        [&nonce[..], &sealed].concat()
    }

    /// The text that was sealed; none when it was sealed with another key, as something else, or
    /// was changed since.
    pub fn open(&self, belongs_to: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut plain = sealed.to_vec();
        let opened = self.cipher().open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(belongs_to.as_bytes()),
            &mut plain,
        );
        String::from_utf8(opened.ok()?.to_vec()).ok()
    }

    fn cipher(&self) -> LessSafeKey {
        let Ok(key) = UnboundKey::new(&CHACHA20_POLY1305, &self.sealing) else {
            unreachable!("a key of this cipher has 32 bytes")
        };
        LessSafeKey::new(key)
    }
}

fn fresh_text(clock: &dyn Clock) -> Secret {
    Secret::given(Digest::from_bytes(clock.secret()).to_string())
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealingKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn key(text: &str) -> SealingKey {
        SealingKey::of_text(&Secret::given(text))
    }

    #[test]
    fn what_is_sealed_opens_as_what_it_is_and_no_other_way() {
        let sealed = key("one").seal("pair A", "hush", [7; NONCE_LEN]);
        assert!(!sealed.windows(4).any(|window| window == b"hush"));
        assert_eq!(key("one").open("pair A", &sealed).as_deref(), Some("hush"));
        assert_eq!(key("one").open("pair B", &sealed), None);
        assert_eq!(key("other").open("pair A", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key("one").open("pair A", &changed), None, "{place}");
            assert_eq!(key("one").open("pair A", &sealed[..place]), None, "{place}");
        }
    }

    #[test]
    fn what_is_derived_is_the_same_for_the_same_key_and_text() {
        assert_eq!(key("one").derive("a"), key("one").derive("a"));
        assert_ne!(key("one").derive("a"), key("one").derive("b"));
        assert_ne!(key("one").derive("a"), key("other").derive("a"));
        assert_eq!(format!("{:?}", key("one")), "SealingKey(…)");
    }

    #[test]
    fn a_file_is_made_once_and_for_its_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("seal.key");
        assert!(SealingKey::of_file(&path).expect("looked").is_none());
        let made = SealingKey::make_file(&path, &SystemClock::start()).expect("made");
        let mode = path.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, FILE_MODE);
        let read = SealingKey::of_file(&path).expect("read").expect("there");
        assert_eq!(read.derive("a"), made.derive("a"));
        assert!(SealingKey::make_file(&path, &SystemClock::start()).is_err());
        std::fs::write(&path, "short\n").expect("written");
        assert!(SealingKey::of_file(&path).is_err());
    }
}
