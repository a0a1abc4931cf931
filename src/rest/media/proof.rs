//! Proves that a file is what its item says: as long, and with the digest that its owner wrote.
//!
//! The file is read twice through one handle, once to be hashed, once to be sent, so that memory
//! does not grow with it.

use axum::http::StatusCode;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::ledger::Media;
use crate::rest::Trouble;

/// Bytes of a file that is hashed and sent; a longer one is refused.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// A file that is what its item says.
pub(super) struct Proven {
    /// Read from its beginning.
    pub file: File,
    /// Its length.
    pub bytes: u64,
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
}

/// The file, if it is what the item says. An item that gives no digest claims nothing.
pub(super) async fn prove(mut file: File, media: &Media) -> Result<Proven, Trouble> {
    let about = file.metadata().await.map_err(|_| unreadable())?;
    let bytes = about.len();
    if bytes > FILE_BYTES_MAX {
        return Err(changed("the item's file is longer than 1 GiB"));
    }
    if let Some(size) = media.byte_size
        && u64::try_from(size) != Ok(bytes)
    {
        return Err(changed("the item's file has another length than it says"));
    }
    if let Some(text) = &media.digest {
        let written = Written::of(text)
            .ok_or_else(|| changed("the item's digest is of a form that cannot be checked here"))?;
        let (blake3, sha256) = hashes(&mut file).await.map_err(|_| unreadable())?;
        if !written.is_of(&blake3, &sha256) {
            return Err(changed("the item's file has another digest than it says"));
        }
        file.rewind().await.map_err(|_| unreadable())?;
    }
    Ok(Proven { file, bytes })
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
