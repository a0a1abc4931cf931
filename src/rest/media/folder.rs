//! The folder that files are handed out from, and the way from an item's uri to a file in it.
//!
//! A uri is a path relative to the folder, or a `file://` path below it. Links are followed, and
//! what they lead to must lie in the folder too.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use tokio::fs::File;

use super::proof::{Proofs, Proven};
use crate::ledger::Media;
use crate::rest::Trouble;

/// A folder whose files may be handed out. Clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct MediaFolder {
    root: Arc<Path>,
    proofs: Arc<Proofs>,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the folder {folder} of --media-root cannot be used: {why}; name one that can be read")]
pub struct MediaFolderFault {
    folder: String,
    why: String,
}

impl MediaFolder {
    /// This folder, which must be there.
    pub fn at(path: &Path) -> Result<Self, MediaFolderFault> {
        let fault = |why: String| MediaFolderFault {
            folder: path.display().to_string(),
            why,
        };
        let root = path
            .canonicalize()
            .map_err(|error| fault(error.to_string()))?;
        if !root.is_dir() {
            return Err(fault("it is no folder".to_owned()));
        }
        Ok(Self {
            root: root.into(),
            proofs: Arc::new(Proofs::new()),
        })
    }

    /// The file of an item, once it is proven to be what the item says.
    pub(super) async fn proven(
        &self,
        media: &Media,
        now: DateTime<Utc>,
    ) -> Result<Proven, Trouble> {
        let file = self.open(&media.uri).await?;
        self.proofs.prove(file, media, now).await
    }

    /// The file that a uri means.
    async fn open(&self, uri: &str) -> Result<File, Trouble> {
        let path = self.path_of(uri).ok_or_else(elsewhere)?;
        // The place is judged after links were followed: they may lead out.
        let place = tokio::fs::canonicalize(&path)
            .await
            .map_err(|_| missing())?;
        if !place.starts_with(&self.root) {
            return Err(elsewhere());
        }
        let file = File::open(&place).await.map_err(|_| missing())?;
        let about = file.metadata().await.map_err(|_| missing())?;
        if about.is_file() {
            Ok(file)
        } else {
            Err(missing())
        }
    }

    /// Where the file of a uri would lie; nothing when that is not below the folder by its words.
    fn path_of(&self, uri: &str) -> Option<PathBuf> {
        let text = match uri.strip_prefix("file://") {
            Some(absolute) => {
                let absolute = percent_decoded(absolute)?;
                let below = Path::new(&absolute).strip_prefix(&self.root).ok()?;
                below.to_str()?.to_owned()
            }
            None if uri.contains("://") => return None,
            None => uri.to_owned(),
        };
        if text.is_empty() || text.contains(['\0', '\\']) {
            return None;
        }
        let relative = Path::new(&text);
        let is_plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        is_plain.then(|| self.root.join(relative))
    }
}

/// The text with each `%20` and the like as its byte; nothing when it is malformed.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn elsewhere() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "MEDIA_ELSEWHERE",
        "the item's file does not lie in the folder that this server hands out",
        "read it from where its uri says",
    )
}

fn missing() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "MEDIA_MISSING",
        "the item's file is not there",
        "put it back where its uri says, below the folder of --media-root",
    )
}
