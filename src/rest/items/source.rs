//! Where the items of an upload come from: a source, read on a thread of its own, in batches.
//!
//! A source ends at the first line that is broken. What is read ahead is bounded.

use std::io::{BufRead, Read};

use tokio::sync::mpsc;

use crate::ledger::NewItem;

/// What may stand before the first line.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Lines in a batch.
const BATCH_LINES_MAX: usize = 512;
/// Bytes after which a batch is handed on.
const BATCH_BYTES_FULL: usize = 256 << 10;
/// Batches read ahead.
pub(super) const BATCHES_MAX: usize = 4;

/// What one line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// An item is put.
    Put(NewItem),
    /// A key is deleted.
    Delete(String),
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbered {
    /// Its number, from 1.
    pub line: u64,
    /// Its length in bytes.
    pub bytes: usize,
    /// What it asks for.
    pub change: Change,
}

/// Why an upload cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rest) enum Broken {
    /// A line has the wrong form.
    Line {
        /// Its number.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// A line is longer than it may be.
    TooLong {
        /// Its number.
        line: u64,
    },
    /// The sender was silent for too long.
    Stalled,
    /// The body broke off, or is not compressed as it says.
    Body(String),
}

impl Broken {
    /// What a failed read of the body means.
    pub fn body(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::TimedOut => Self::Stalled,
            _ => Self::Body(error.to_string()),
        }
    }
}

/// Appends a line with its end to the buffer; false at the end of the body. `line` is the number
/// under which a buffer that gets longer than `bytes_max` is refused.
pub(super) fn read_line(
    reader: &mut impl BufRead,
    buffer: &mut Vec<u8>,
    (line, bytes_max): (u64, usize),
) -> Result<bool, Broken> {
    // With room for a line's end.
    let room = bytes_max + 2 - buffer.len();
    let read = reader
        .by_ref()
        .take(room as u64 + 1)
        .read_until(b'\n', buffer);
    match read {
        Ok(0) => Ok(false),
        Ok(_) if without_end(buffer).len() > bytes_max => Err(Broken::TooLong { line }),
        Ok(_) => Ok(true),
        Err(error) => Err(Broken::body(&error)),
    }
}

/// A line without its end.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Lines that go on together.
pub(super) type Batch = Result<Vec<Numbered>, Broken>;

/// Sends all that the source has in batches, until it ends, breaks, or nobody takes them.
pub(super) fn pump(
    source: impl Iterator<Item = Result<Numbered, Broken>>,
    batches: &mpsc::Sender<Batch>,
) {
    let mut batch = Vec::with_capacity(BATCH_LINES_MAX);
    let mut bytes = 0;
    for numbered in source {
        match numbered {
            Ok(numbered) => {
                bytes += numbered.bytes;
                batch.push(numbered);
            }
            Err(broken) => {
                // What came before is sent first: it may be refused at an earlier line.
                if batches.blocking_send(Ok(batch)).is_ok() {
                    // Nobody takes it: the upload has ended otherwise.
                    let _ = batches.blocking_send(Err(broken));
                }
                return;
            }
        }
        if batch.len() >= BATCH_LINES_MAX || bytes >= BATCH_BYTES_FULL {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_LINES_MAX));
            bytes = 0;
            if batches.blocking_send(Ok(full)).is_err() {
                return;
            }
        }
    }
    // As above.
    let _ = batches.blocking_send(Ok(batch));
}
