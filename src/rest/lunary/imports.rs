//! The import: many items out of one body, in one version or not at all.
//!
//! A small one is a commit; a large one goes into the log as it is read, so that memory holds its
//! keys and its text but not all its items beside them.

use axum::Json;
use axum::response::{IntoResponse, Response};

use super::asked::{Changing, DatasetPath, Import, ItemInput};
use super::rows::rows;
use super::wire::Imported;
use super::{Lunary, entry, error, translate};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::domain::values::CommitMode;
use crate::ledger::{ItemKind, NewCommit, NewImport, NewItem, Outcome};
use crate::rest::patience::patiently;
use crate::rest::tongue::{Asked, Body, Places, Told};
use crate::rest::visit::Visit;

/// Content of so many bytes fits one commit whatever it holds: an item of CSV may be one byte, and
/// its key and the members around it come to less than a hundred.
const COMMIT_BYTES_MAX: usize = 24 << 10;
/// Items after which others get their turn on this thread.
const ITEMS_AT_A_TIME: u64 = 512;

/// Adds items.
#[utoipa::path(
    post,
    operation_id = "importItems",
    path = "/v1/datasets-v2/{datasetId}/import",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), Changing),
    request_body = Import,
    responses((status = 200, description = "How many were added.", body = Imported))
)]
pub(super) async fn import(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, Changing>,
    Body(import, _): Body<Lunary, Import>,
) -> Result<Response, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    if import.content.is_empty() {
        return Err(Refusal::BadInput {
            field: "content",
            message: "String must contain at least 1 character(s)".to_owned(),
        }
        .into());
    }
    // Read once before anything is put, so that what cannot be read leaves no trace.
    let mut inserted_count = 0;
    for read in rows(&import) {
        match read {
            Ok(_) => inserted_count += 1,
            Err(message) => return Ok(error::unreadable(message)),
        }
        if inserted_count % ITEMS_AT_A_TIME == 0 {
            tokio::task::yield_now().await;
        }
    }
    if inserted_count > 0 {
        let auto_snapshot = entry::makes_version(&asked);
        let (visit, import) = (&visit, &import);
        patiently(visit, row.id, || put(visit, row.id, import, auto_snapshot)).await?;
    }
    Ok(Json(Imported { inserted_count }).into_response())
}

async fn put(
    visit: &Visit<Lunary>,
    dataset: DatasetId,
    import: &Import,
    auto_snapshot: bool,
) -> Outcome<()> {
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let items = rows(import).filter_map(Result::ok).map(|row| item(&row));
    if import.content.len() <= COMMIT_BYTES_MAX {
        let new = NewCommit {
            upserts: items.collect(),
            auto_snapshot,
            ..NewCommit::default()
        };
        ledger.commit_items(caller, dataset, new).await?;
        return Ok(());
    }
    let new = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot,
    };
    let mut importer = ledger.begin_import(caller, new).await?;
    for (index, item) in (1..).zip(items) {
        if let Err(error) = importer.put(item).await {
            importer.give_up(&error.to_string()).await;
            return Err(error);
        }
        if index % ITEMS_AT_A_TIME == 0 {
            tokio::task::yield_now().await;
        }
    }
    importer.finish().await?;
    Ok(())
}

/// An item with a key yet to be made.
fn item(row: &ItemInput) -> NewItem {
    NewItem {
        key: None,
        kind: ItemKind::Record,
        data: translate::new_data(row),
        media: None,
    }
}
