//! The body of an upload: inflated as it comes, read in batches on a thread.
//!
//! A body that is refused is read on for a bounded while, so that a sender who only reads the
//! answer at the end gets it.

use std::io::{BufReader, Read};
use std::time::Duration;

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use axum::body::{Body, BodyDataStream};
use futures_util::{Stream, StreamExt, TryStreamExt};
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::lines::Lines;
use super::rows::Rows;
use super::source::{Batch, pump};

/// How long a body is read on after a refusal.
pub(super) const READ_ON_MAX: Duration = Duration::from_secs(5);
/// Bytes read on after a refusal, inflated or not.
const READ_ON_BYTES_MAX: u64 = 64 << 20;
/// Inflated bytes read at a time.
const READ_BYTES: usize = 128 << 10;

/// What the lines of a body are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// NDJSON.
    Lines,
    /// CSV.
    Rows,
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// As gzip.
    Gzip,
    /// As zstd.
    Zstd,
}

/// Inflated bytes as they come.
pub(super) type Inflated = Box<dyn AsyncRead + Send + Unpin>;

/// The body as it was before it was compressed. Its sender may be silent for so long.
pub(super) fn inflated(body: Body, packing: Packing, silence_max: Duration) -> Inflated {
    let reader = StreamReader::new(Box::pin(patient(body, silence_max)));
    match packing {
        Packing::Plain => Box::new(reader),
        Packing::Gzip => {
            let mut decoder = GzipDecoder::new(reader);
            // Files that were packed in parts and joined.
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        Packing::Zstd => {
            let mut decoder = ZstdDecoder::new(reader);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
    }
}

/// The chunks of a body; one that is silent for too long fails.
fn patient(
    body: Body,
    silence_max: Duration,
) -> impl Stream<Item = std::io::Result<axum::body::Bytes>> + Send {
    let chunks = body.into_data_stream().map_err(std::io::Error::other);
    futures_util::stream::unfold(chunks, move |mut chunks| async move {
        match tokio::time::timeout(silence_max, chunks.next()).await {
            Ok(chunk) => chunk.map(|chunk| (chunk, chunks)),
            Err(_) => Some((Err(std::io::ErrorKind::TimedOut.into()), chunks)),
        }
    })
}

/// Reads the whole body in batches, each line of so many bytes at most; on a thread where that
/// may wait.
pub(super) fn read(
    bytes: Inflated,
    (form, key): (Form, Option<String>),
    line_bytes_max: usize,
    batches: &mpsc::Sender<Batch>,
) {
    let bytes = BufReader::with_capacity(READ_BYTES, SyncIoBridge::new(bytes));
    let rest = match form {
        Form::Lines => {
            let mut lines = Lines::of(bytes, line_bytes_max);
            pump(&mut lines, batches);
            lines.into_reader()
        }
        Form::Rows => {
            let mut rows = Rows::of(bytes, key, line_bytes_max);
            pump(&mut rows, batches);
            rows.into_reader()
        }
    };
    // At the end already, unless it was refused. A fault here has nobody to be told to.
    let _ = std::io::copy(&mut rest.take(READ_ON_BYTES_MAX), &mut std::io::sink());
}

/// Reads a body that was refused before it was looked at.
pub(super) async fn read_on(body: Body) {
    read_on_chunks(body.into_data_stream()).await;
}

/// Reads the rest of a body that was refused in its middle.
pub(in crate::rest) async fn read_on_chunks(mut chunks: BodyDataStream) {
    let read = async {
        let mut bytes = 0;
        while let Some(Ok(chunk)) = chunks.next().await {
            bytes += chunk.len() as u64;
            if bytes > READ_ON_BYTES_MAX {
                return;
            }
        }
    };
    // Whoever is slower than this does not get the answer in good form.
    let _ = tokio::time::timeout(READ_ON_MAX, read).await;
}
