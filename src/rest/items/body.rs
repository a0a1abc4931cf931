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
use super::retry::Digested;
use super::rows::Rows;
use super::source::{Batch, Broken, pump};
use crate::digest::{Digest, Digester};

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

impl Form {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Rows => "rows",
        }
    }
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

/// How the lines of a body are read.
#[derive(Debug, Clone)]
pub(super) struct LineReading {
    /// What they are.
    pub form: Form,
    /// The column that is the key of a CSV.
    pub key: Option<String>,
    /// Bytes of one line or record at most.
    pub bytes_max: usize,
    /// Whether the digest of the whole body is wanted.
    pub is_digested: bool,
}

/// Reads the whole body in batches; on a thread where that may wait. Answers with its digest, if
/// that is wanted, once all of it was taken.
pub(super) fn read(
    bytes: Inflated,
    reading: LineReading,
    batches: &mpsc::Sender<Batch>,
) -> Option<Digest> {
    let bytes = SyncIoBridge::new(bytes);
    let bytes = match reading.is_digested {
        true => Digested::of(bytes),
        false => Digested::passed(bytes),
    };
    let bytes = BufReader::with_capacity(READ_BYTES, bytes);
    let mut rest = match reading.form {
        Form::Lines => {
            let mut lines = Lines::of(bytes, reading.bytes_max);
            pump(&mut lines, batches);
            lines.into_reader()
        }
        Form::Rows => {
            let mut rows = Rows::of(bytes, reading.key, reading.bytes_max);
            pump(&mut rows, batches);
            rows.into_reader()
        }
    };
    // At the end already, unless it was refused. A fault here has nobody to be told to.
    let _ = std::io::copy(
        &mut rest.by_ref().take(READ_ON_BYTES_MAX),
        &mut std::io::sink(),
    );
    rest.into_inner().digest()
}

/// Reads the whole body for its digest only; on a thread where that may wait.
pub(super) fn digested(bytes: Inflated) -> Result<Digest, Broken> {
    let mut bytes = SyncIoBridge::new(bytes);
    let (mut digester, mut buffer) = (Digester::default(), vec![0; READ_BYTES]);
    loop {
        let read = bytes.read(&mut buffer);
        match read.map_err(|error| Broken::body(&error))? {
            0 => return Ok(digester.finish()),
            count => digester.take(&buffer[..count]),
        }
    }
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
