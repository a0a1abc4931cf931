//! `POST /v1/datasets/{id}/items`: a body of any size becomes one version, or nothing of it does.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use uuid::Uuid;

use super::asked::{Parsed, Reading, asked};
use super::body::{READ_ON_MAX, inflated, read, read_on};
use super::source::{BATCHES_MAX, Batch, Broken, Change};
use crate::ledger::{Committed, Importer};
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
    importer: Importer,
    reading: Reading,
    correlation: Uuid,
    slot: OwnedSemaphorePermit,
    limits: RestLimits,
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
    let committed = feed(begun, body).await?;
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
    let (new, reading) = asked(id, parameters, headers)?;
    let slot = rest.uploads.clone().try_acquire_owned();
    let slot = slot.map_err(|_| Trouble::unavailable("too many uploads at a time"))?;
    let importer = rest.ledger.begin_import(&caller, new).await;
    let importer = importer.map_err(|error| Trouble::of(error, correlation))?;
    Ok(Begun {
        importer,
        reading,
        correlation,
        slot,
        limits: rest.limits,
    })
}

/// Feeds the body to the importer, and commits or gives up.
async fn feed(begun: Begun, body: Body) -> Result<Committed, Trouble> {
    let Begun {
        mut importer,
        reading,
        correlation,
        slot,
        limits,
    } = begun;
    let (sender, mut batches) = mpsc::channel(BATCHES_MAX);
    let bytes = inflated(body, reading.packing, limits.silence_max);
    let thread = tokio::task::spawn_blocking(move || {
        let form = (reading.form, reading.key);
        read(bytes, form, limits.line_bytes_max, &sender);
        drop(slot);
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
    if let Err(fault) = thread.await {
        tracing::error!(request.id = %correlation, %fault, "an upload's reader broke off");
        importer.give_up("its reader broke off").await;
        return Err(Trouble::internal(correlation));
    }
    importer
        .finish()
        .await
        .map_err(|error| Trouble::of(error, correlation))
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
