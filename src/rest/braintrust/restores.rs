//! Restores: a dataset goes back to what it was at a transaction id, as a new transaction.
//!
//! A restore is a task of the ledger's; this API waits for its end, and before it for whatever else
//! changes the dataset.

use std::time::Duration;

use axum::Json;

use super::datasets::{DatasetPath, dataset_at};
use super::translate::xact;
use super::wire::{RestorePreview, RestoreTo, Restored};
use super::{Braintrust, Trouble};
use crate::auth::Action;
use crate::domain::values::TaskPhase;
use crate::ledger::{LedgerError, NewRestore, RestoreTarget, VersionSpec};
use crate::rest::patience::patiently;
use crate::rest::tongue::{Body, Places};
use crate::rest::visit::Visit;
use crate::views::TaskRow;

/// How long a request waits for a restore, which goes on without it.
const RESTORE_MAX: Duration = Duration::from_secs(300);

/// Tells what a restore would do.
#[utoipa::path(
    post,
    path = "/v1/dataset/{dataset_id}/restore/preview",
    params(DatasetPath),
    request_body = RestoreTo,
    responses((status = 200, description = "What would change.", body = RestorePreview))
)]
pub(super) async fn preview(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
    Body(asked, _): Body<Braintrust, RestoreTo>,
) -> Result<Json<RestorePreview>, Trouble> {
    let dataset = dataset_at(&visit, &path.dataset_id)?.id;
    let target = VersionSpec::Xact(dataset, xact("version", &asked.version)?);
    let target = visit.reads.version(target).await?;
    let head = visit.reads.version(VersionSpec::Head(dataset)).await?;
    let summary = visit.reads.diff_summary(&head, &target).await?;
    Ok(Json(RestorePreview {
        rows_to_restore: summary.added + summary.modified,
        rows_to_delete: summary.removed,
    }))
}

/// Restores a dataset.
#[utoipa::path(
    post,
    path = "/v1/dataset/{dataset_id}/restore",
    params(DatasetPath),
    request_body = RestoreTo,
    responses((status = 200, description = "What has changed.", body = Restored))
)]
pub(super) async fn restore(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
    Body(asked, _): Body<Braintrust, RestoreTo>,
) -> Result<Json<Restored>, Trouble> {
    let dataset = dataset_at(&visit, &path.dataset_id)?;
    if !visit.caller.principal.may(Action::Write, dataset.project) {
        return Err(LedgerError::Forbidden.into());
    }
    let to = xact("version", &asked.version)?;
    let target = visit
        .reads
        .version(VersionSpec::Xact(dataset.id, to))
        .await?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let begun = patiently(&visit, dataset.id, || async {
        // What runs may be about to change the head.
        ledger.must_be_idle(caller, dataset.id).await?;
        let head = visit.reads.version(VersionSpec::Head(dataset.id)).await?;
        if head.at.version.root == target.at.version.root {
            return Ok(None);
        }
        let new = NewRestore {
            dataset: dataset.id,
            target: RestoreTarget::Xact(to),
            safety_snapshot: false,
            result_snapshot: false,
            words_too: false,
            if_version: None,
        };
        ledger.restore_snapshot(caller, new).await.map(Some)
    });
    let Some(begun) = begun.await? else {
        return Ok(Json(Restored {
            xact_id: None,
            rows_restored: 0,
            rows_deleted: 0,
        }));
    };
    let task = begun.id;
    let ended = ledger.ended(caller, task, RESTORE_MAX).await?;
    Ok(Json(restored(&ended)?))
}

/// What a restore has done, if it has.
fn restored(task: &TaskRow) -> Result<Restored, LedgerError> {
    let id = task.id;
    let why = match task.phase {
        TaskPhase::Completed => {
            let summary = task.summary.unwrap_or_default();
            return Ok(Restored {
                xact_id: task.result.map(|position| position.xact().to_string()),
                rows_restored: summary.added + summary.modified,
                rows_deleted: summary.removed,
            });
        }
        TaskPhase::Failed => match &task.error {
            Some(error) => format!("the restore failed: {error}"),
            None => "the restore failed".to_owned(),
        },
        TaskPhase::Cancelled => "the restore was called off".to_owned(),
        TaskPhase::Queued
        | TaskPhase::Verifying
        | TaskPhase::Applying
        | TaskPhase::Switching
        | TaskPhase::Staging => {
            format!("the restore goes on as task {id}; ask for the rows later")
        }
    };
    Err(LedgerError::Unavailable(why))
}
