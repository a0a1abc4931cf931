//! `POST /v1/datasets/{id}/items`: a body of any size becomes one version, or nothing of it does.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinError;
use uuid::Uuid;

use super::asked::{Parsed, Reading, asked};
use super::body::{Inflated, LineReading, READ_ON_MAX, digested, inflated, read, read_on};
use super::retry;
use super::source::{BATCHES_MAX, Batch, Broken, Change};
use crate::ledger::{Committed, Importer, KeyedImport, NewImport, RepeatedImport};
use crate::rest::{Rest, RestLimits, Trouble};

/// What an upload came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Uploaded {
    dataset_id: String,
    xact_id: String,
    added: u64,
    removed: u64,
    modified: u64,
    unchanged: u64,
}

/// An upload whose body may come.
struct Begun {
    import: KeyedImport,
    upload: Upload,
}

/// What an upload asks for beside its body, and within which limits.
struct Upload {
    asked: NewImport,
    reading: Reading,
    /// Whether a retry of it is to be recognised.
    has_key: bool,
    correlation: Uuid,
    limits: RestLimits,
    /// Let go when its body is read.
    slot: OwnedSemaphorePermit,
}

/// Takes the upload.
pub(super) async fn upload(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    parameters: Parsed,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Uploaded>, Trouble> {
    let begun = match begin(&rest, &id, parameters, &headers).await {
        Ok(begun) => begun,
        Err(trouble) => {
            read_on(body).await;
            return Err(trouble);
        }
    };
    let Begun { import, upload } = begun;
    let bytes = inflated(body, upload.reading.packing, upload.limits.silence_max);
    let committed = match import {
        KeyedImport::Fresh(importer) => feed(*importer, upload, bytes).await?,
        KeyedImport::Repeated(repeated) => compare(repeated, upload, bytes).await?,
    };
    Ok(Json(Uploaded {
        dataset_id: committed.dataset.to_string(),
        xact_id: committed.xact.xact().to_string(),
        added: committed.summary.added,
        removed: committed.summary.removed,
        modified: committed.summary.modified,
        unchanged: committed.summary.unchanged,
    }))
}

async fn begin(
    rest: &Rest,
    id: &str,
    parameters: Parsed,
    headers: &HeaderMap,
) -> Result<Begun, Trouble> {
    let (caller, correlation) = rest.caller(headers).await?;
    let (asked, reading) = asked(id, parameters, headers)?;
    let key = retry::key(headers)?;
    let slot = rest.uploads.clone().try_acquire_owned();
    let slot = slot.map_err(|_| Trouble::unavailable("too many uploads at a time"))?;
    let has_key = key.is_some();
    let import = match key {
        None => {
            let importer = rest.ledger.begin_import(&caller, asked.clone()).await;
            importer.map(|importer| KeyedImport::Fresh(Box::new(importer)))
        }
        Some(key) => {
            let begun = rest.ledger.begin_import_under(&caller, key, asked.clone());
            let in_time = tokio::time::timeout(retry::TURN_MAX, begun).await;
            let still = "an upload with the same Idempotency-Key still runs";
            in_time.map_err(|_| Trouble::unavailable(still))?
        }
    };
    Ok(Begun {
        import: import.map_err(|error| Trouble::of(error, correlation))?,
        upload: Upload {
            asked,
            reading,
            has_key,
            correlation,
            limits: rest.limits,
            slot,
        },
    })
}

/// Feeds the body to the importer, and commits or gives up.
async fn feed(
    mut importer: Importer,
    upload: Upload,
    bytes: Inflated,
) -> Result<Committed, Trouble> {
    let Upload {
        asked,
        reading,
        has_key,
        correlation,
        limits,
        slot,
    } = upload;
    let (sender, mut batches) = mpsc::channel(BATCHES_MAX);
    let lines = LineReading {
        form: reading.form,
        key: reading.key.clone(),
        bytes_max: limits.line_bytes_max,
        is_digested: has_key,
    };
    let thread = tokio::task::spawn_blocking(move || {
        let digest = read(bytes, lines, &sender);
        drop(slot);
        digest
    });
    let taken = take(&mut importer, &mut batches, (correlation, limits)).await;
    if let Err(trouble) = taken {
        drop(batches);
        importer.give_up(&trouble.message).await;
        // It is read on there; not for longer than a sender would wait.
        let _ = tokio::time::timeout(READ_ON_MAX, thread).await;
        return Err(trouble);
    }
    // The batches end also when the thread breaks off: then not all have come.
    let digest = match thread.await {
        Ok(digest) => digest,
        Err(fault) => {
            importer.give_up("its reader broke off").await;
            return Err(broken_off(&fault, correlation));
        }
    };
    if let Some(body) = digest {
        importer = importer.of_input(retry::input(&asked, &reading, body));
    }
    let committed = importer.finish().await;
    committed.map_err(|error| Trouble::of(error, correlation))
}

/// Reads the body of an upload whose key was used before, and answers as then if it is the same.
async fn compare(
    repeated: RepeatedImport,
    upload: Upload,
    bytes: Inflated,
) -> Result<Committed, Trouble> {
    let Upload {
        asked,
        reading,
        correlation,
        limits,
        slot,
        ..
    } = upload;
    let thread = tokio::task::spawn_blocking(move || {
        let read = digested(bytes);
        drop(slot);
        read
    });
    let read = thread
        .await
        .map_err(|fault| broken_off(&fault, correlation))?;
    let body = read.map_err(|broken| told(broken, &limits))?;
    let committed = repeated.answer(retry::input(&asked, &reading, body));
    committed.map_err(|error| Trouble::of(error, correlation))
}

fn broken_off(fault: &JoinError, correlation: Uuid) -> Trouble {
    tracing::error!(request.id = %correlation, %fault, "an upload's reader broke off");
    Trouble::internal(correlation)
}

/// Gives every item to the importer, until the body ends.
async fn take(
    importer: &mut Importer,
    batches: &mut mpsc::Receiver<Batch>,
    (correlation, limits): (Uuid, RestLimits),
) -> Result<(), Trouble> {
    while let Some(batch) = batches.recv().await {
        for numbered in batch.map_err(|broken| told(broken, &limits))? {
            let taken = match numbered.change {
                Change::Put(item) => importer.put(item).await,
                Change::Delete(key) => importer.delete(&key).await,
            };
            taken.map_err(|error| Trouble::of(error, correlation).at_line(numbered.line))?;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Why an upload could not be read, in the words of the answer.
fn told(broken: Broken, limits: &RestLimits) -> Trouble {
    match broken {
        Broken::Line { line, message } => {
            Trouble::bad_input(message, "correct the line; nothing of this upload was kept")
                .at_line(line)
        }
        Broken::TooLong { line } => Trouble::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            format!("it is longer than {} bytes", limits.line_bytes_max),
            "keep large bytes elsewhere and name them by a media uri",
        )
        .at_line(line),
        Broken::Stalled => Trouble::new(
            StatusCode::REQUEST_TIMEOUT,
            "BAD_INPUT",
            format!(
                "nothing came for {} seconds",
                limits.silence_max.as_secs_f64()
            ),
            "send the whole upload again; nothing of this one was kept",
        ),
        Broken::Body(message) => Trouble::bad_input(
            format!("the body cannot be read: {message}"),
            "check that it is complete and compressed as Content-Encoding says",
        ),
    }
}
