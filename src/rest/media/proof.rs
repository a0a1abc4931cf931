//! Proves that a file is what its item says: as long, and with the digest that its owner wrote.
//!
//! The file is read twice through one handle, once to be hashed, once to be sent, so that memory
//! does not grow with it. What was proven is remembered until the file changes, so that whoever
//! seeks in a film does not have it hashed at every step. A file that claims a digest is never
//! sent under another.

use std::fs::Metadata;
use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use lru::LruCache;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::ledger::Media;
use crate::rest::Trouble;

/// Bytes of a file that is hashed and sent; a longer one is refused.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// Files that are remembered as proven; of more, those longest unasked are hashed again.
const PROVEN_MAX: NonZeroUsize = NonZeroUsize::new(4_096).expect("more than none");

/// A file that was changed within the last two seconds may be changed again without a later time
/// of its change: the clocks of disks are coarse. Such a one is hashed each time.
const SETTLED_AFTER_S: i64 = 2;

/// A file that is what its item says.
pub(super) struct Proven {
    /// Read from its beginning.
    pub file: File,
    /// Its length.
    pub bytes: u64,
    /// Another one for other bytes: the value of `ETag`.
    pub mark: String,
}

/// One state of one file. Whoever writes to it, or puts another in its place, changes the time of
/// its last change, which no program can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    device: u64,
    number: u64,
    bytes: u64,
    changed_s: i64,
    changed_ns: i64,
}

impl State {
    fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            number: about.ino(),
            bytes: about.len(),
            changed_s: about.ctime(),
            changed_ns: about.ctime_nsec(),
        }
    }

    /// Whether a later change would be seen by the time of the change.
    const fn is_settled(self, now: DateTime<Utc>) -> bool {
        now.timestamp() - self.changed_s >= SETTLED_AFTER_S
    }

    /// A mark for a file that has no digest.
    fn mark(self) -> String {
        let Self { number, bytes, .. } = self;
        let (seconds, nanoseconds) = (self.changed_s, self.changed_ns);
        format!("\"{number:x}-{bytes:x}-{seconds:x}-{nanoseconds:x}\"")
    }
}

/// Which states of files have which digests, as far as they were proven.
#[derive(Debug)]
pub(super) struct Proofs {
    known: Mutex<LruCache<State, Written>>,
}

impl Proofs {
    /// None yet.
    pub fn new() -> Self {
        Self {
            known: Mutex::new(LruCache::new(PROVEN_MAX)),
        }
    }

    fn has(&self, state: State, written: &Written) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&state) == Some(written)
    }

    fn keep(&self, state: State, written: Written) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.put(state, written);
    }

    /// The file, if it is what the item says. An item that gives no digest claims nothing.
    pub async fn prove(
        &self,
        mut file: File,
        media: &Media,
        now: DateTime<Utc>,
    ) -> Result<Proven, Trouble> {
        let state = state_of(&file).await?;
        let bytes = state.bytes;
        if bytes > FILE_BYTES_MAX {
            return Err(changed("the item's file is longer than 1 GiB"));
        }
        if let Some(size) = media.byte_size
            && u64::try_from(size) != Ok(bytes)
        {
            return Err(changed("the item's file has another length than it says"));
        }
        let Some(text) = &media.digest else {
            let mark = state.mark();
            return Ok(Proven { file, bytes, mark });
        };
        let written = Written::of(text)
            .ok_or_else(|| changed("the item's digest is of a form that cannot be checked here"))?;
        let mark = written.mark();
        if !self.has(state, &written) {
            let (blake3, sha256) = hashes(&mut file).await.map_err(|_| unreadable())?;
            // What is written to while it is read has no digest at all.
            if !written.is_of(&blake3, &sha256) || state_of(&file).await? != state {
                return Err(changed("the item's file has another digest than it says"));
            }
            if state.is_settled(now) {
                self.keep(state, written);
            }
            file.rewind().await.map_err(|_| unreadable())?;
        }
        Ok(Proven { file, bytes, mark })
    }
}

/// A digest as its owner may have written it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Written {
    Blake3(String),
    Sha256(String),
    /// 64 hex digits that do not say of which hash they are.
    Either(String),
}

impl Written {
    /// Nothing when the form is not known here.
    fn of(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let (name, digits) = lower.split_once([':', '-']).unwrap_or(("", &lower));
        let is_hex = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = digits.to_owned();
        match name {
            "blake3" if is_hex => Some(Self::Blake3(digits)),
            "sha256" if is_hex => Some(Self::Sha256(digits)),
            "" if is_hex => Some(Self::Either(digits)),
            _ => None,
        }
    }

    fn is_of(&self, blake3: &str, sha256: &str) -> bool {
        match self {
            Self::Blake3(digits) => digits == blake3,
            Self::Sha256(digits) => digits == sha256,
            Self::Either(digits) => digits == blake3 || digits == sha256,
        }
    }

    /// The digest as the value of `ETag`.
    fn mark(&self) -> String {
        match self {
            Self::Blake3(digits) => format!("\"blake3:{digits}\""),
            Self::Sha256(digits) => format!("\"sha256:{digits}\""),
            Self::Either(digits) => format!("\"{digits}\""),
        }
    }
}

async fn state_of(file: &File) -> Result<State, Trouble> {
    let about = file.metadata().await.map_err(|_| unreadable())?;
    Ok(State::of(&about))
}

/// The BLAKE3 and the SHA-256 of a file, as hex digits.
async fn hashes(file: &mut File) -> std::io::Result<(String, String)> {
    let mut blake3 = blake3::Hasher::new();
    let mut sha256 = ring::digest::Context::new(&ring::digest::SHA256);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = FILE_BYTES_MAX;
    while left > 0 {
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            break;
        }
        blake3.update(&chunk[..read]);
        sha256.update(&chunk[..read]);
        left = left.saturating_sub(read as u64);
    }
    let sha256 = sha256.finish();
    let sha256 = sha256.as_ref().iter().map(|byte| format!("{byte:02x}"));
    Ok((blake3.finalize().to_hex().to_string(), sha256.collect()))
}

fn changed(message: &'static str) -> Trouble {
    Trouble::new(
        StatusCode::CONFLICT,
        "MEDIA_CHANGED",
        message,
        "put back the file that the item means, or commit the item anew",
    )
}

fn unreadable() -> Trouble {
    Trouble::unavailable("the item's file cannot be read")
}
