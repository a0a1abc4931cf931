//! Rows written: replaced, merged or deleted, all events of a request in one version.

use std::collections::HashMap;

use axum::Json;
use serde_json::{Map, Value};

use super::datasets::{DatasetPath, dataset_at};
use super::merge::after;
use super::translate::{time, time_given};
use super::wire::{InsertEvent, InsertEvents, RowIds};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::ledger::{Item, ItemKind, Media, NewItem, NewRevision, RevisedItems, SeenItems};
use crate::rest::patience::patiently;
use crate::rest::tongue::{Body, Places};
use crate::rest::visit::Visit;

/// Writes rows. Each replaces the one of its id, is merged into it, or deletes it.
#[utoipa::path(
    post,
    path = "/v1/dataset/{dataset_id}/insert",
    params(DatasetPath),
    request_body = InsertEvents,
    responses((status = 200, description = "The ids of the rows.", body = RowIds))
)]
pub(super) async fn insert(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
    Body(asked, _): Body<Braintrust, InsertEvents>,
) -> Result<Json<RowIds>, Trouble> {
    let dataset = dataset_at(&visit, &path.dataset_id)?.id;
    let row_ids = written(&visit, dataset, asked.events).await?;
    Ok(Json(RowIds { row_ids }))
}

/// Writes events into a dataset as one version; of one id in their order. The ids of their rows,
/// one for each.
pub(super) async fn written(
    visit: &Visit<Braintrust>,
    dataset: DatasetId,
    mut events: Vec<InsertEvent>,
) -> Result<Vec<String>, Trouble> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    for event in &mut events {
        if let Some(created) = &event.created {
            event.created = Some(time_given(created)?);
        }
    }
    // Of rows whose ids are made here none can be there yet.
    let mut keys: Vec<String> = events.iter().filter_map(|event| event.id.clone()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut ids = Vec::with_capacity(events.len());
    for event in &mut events {
        let fresh = || visit.ledger().new_request_id().to_string();
        ids.push(event.id.get_or_insert_with(fresh).clone());
    }
    let now = time(visit.ledger().now());
    let new = NewRevision {
        keys: keys.clone(),
        ..NewRevision::default()
    };
    let rule = |seen: SeenItems| Ok::<_, Refusal>(revised(&keys, seen, &events, &now));
    let ledger = visit.ledger();
    patiently(visit, dataset, || {
        ledger.revise_items(&visit.caller, dataset, new.clone(), &rule)
    })
    .await?;
    Ok(ids)
}

/// What is beside an item's data and stays as it is.
type Beside = (ItemKind, Option<Media>);

/// What the events make of the items that were seen.
fn revised(keys: &[String], seen: SeenItems, events: &[InsertEvent], now: &str) -> RevisedItems {
    let there = keys.iter().zip(seen).filter_map(|(key, item)| {
        let item = item?;
        Some((key.as_str(), (data_of(&item), (item.kind, item.media))))
    });
    let there: HashMap<&str, (Map<String, Value>, Beside)> = there.collect();
    let mut rows: HashMap<&str, Option<Map<String, Value>>> = HashMap::new();
    let mut order = Vec::new();
    for event in events {
        let Some(id) = event.id.as_deref() else {
            continue;
        };
        let before = rows.remove(id).unwrap_or_else(|| {
            order.push(id);
            there.get(id).map(|(data, _)| data.clone())
        });
        rows.insert(id, after(event, before, now));
    }
    let mut revised = RevisedItems::default();
    for id in order {
        let Some(Some(data)) = rows.remove(id) else {
            revised.deletes.push(id.to_owned());
            continue;
        };
        let beside = there.get(id).map(|(_, beside)| beside.clone());
        let (kind, media) = beside.unwrap_or((ItemKind::Record, None));
        revised.upserts.push(NewItem {
            key: Some(id.to_owned()),
            kind,
            data: Value::Object(data),
            media,
        });
    }
    revised
}

fn data_of(item: &Item) -> Map<String, Value> {
    item.data.as_object().cloned().unwrap_or_default()
}
