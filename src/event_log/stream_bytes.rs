//! A stream as a column of bytes: one byte for the kind, then the UUID where it has one.
//!
//! The form of every adapter that keeps rows. It is part of their formats: never changed.

use uuid::Uuid;

use crate::domain::ids::{DatasetId, ProjectId, Stream, TaskId};

const LEDGER: u8 = 0;
const PROJECT: u8 = 1;
const DATASET: u8 = 2;
const TASK: u8 = 3;
const ACCESS: u8 = 4;

/// A stream's bytes.
pub(super) struct StreamBytes {
    bytes: [u8; 17],
    length: usize,
}

impl StreamBytes {
    /// The bytes of this stream.
    pub(super) fn of(stream: Stream) -> Self {
        let (kind, id) = match stream {
            Stream::Ledger => (LEDGER, None),
            Stream::Project(id) => (PROJECT, Some(id.0)),
            Stream::Dataset(id) => (DATASET, Some(id.0)),
            Stream::Task(id) => (TASK, Some(id.0)),
            Stream::Access => (ACCESS, None),
        };
        let mut bytes = [kind; 17];
        let Some(id) = id else {
            return Self { bytes, length: 1 };
        };
        bytes[1..].copy_from_slice(id.as_bytes());
        Self { bytes, length: 17 }
    }

    /// The bytes.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// The stream of these bytes; none when they are not a stream's.
pub(super) fn stream_of(bytes: &[u8]) -> Option<Stream> {
    let (kind, id) = match bytes {
        [LEDGER] => return Some(Stream::Ledger),
        [ACCESS] => return Some(Stream::Access),
        [kind, id @ ..] => (*kind, Uuid::from_slice(id).ok()?),
        [] => return None,
    };
    match kind {
        PROJECT => Some(Stream::Project(ProjectId(id))),
        DATASET => Some(Stream::Dataset(DatasetId(id))),
        TASK => Some(Stream::Task(TaskId(id))),
        _ => None,
    }
}
