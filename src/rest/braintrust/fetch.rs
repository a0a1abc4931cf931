//! Rows read, page by page, as of any transaction id.
//!
//! A page goes down from the last key, so that of keys made here the newest come first. A cursor
//! is the version's transaction id and the last key of its page: a page stays what it was whatever
//! is written meanwhile.

use axum::Json;

use super::asked::{Pairs, Parameters};
use super::datasets::{DatasetPath, dataset_at};
use super::row::Place;
use super::translate::xact;
use super::wire::{FetchEvents, FetchedEvents, Row};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::domain::ids::XactId;
use crate::ledger::{ItemWindow, VersionSpec};
use crate::rest::tongue::{Asked, MaybeBody, Places};
use crate::rest::visit::Visit;
use crate::views::DatasetRow;

/// The most rows of one page.
const ROWS_MAX: usize = 1_000;
/// How many rows are read at a time; of the largest there are, four times a page's bytes.
const ROWS_AT_A_TIME: usize = 128;
/// A page ends with the row that brings it over so many bytes.
const PAGE_BYTES_MAX: u64 = 16 << 20;
/// How many characters of a cursor are the transaction id.
const XACT_CHARS: usize = 19;

/// Fetches rows.
#[utoipa::path(
    post,
    path = "/v1/dataset/{dataset_id}/fetch",
    params(DatasetPath),
    request_body = Option<FetchEvents>,
    responses((status = 200, description = "A page of rows.", body = FetchedEvents))
)]
pub(super) async fn by_body(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
    MaybeBody(asked, _): MaybeBody<Braintrust, FetchEvents>,
) -> Result<Json<FetchedEvents>, Trouble> {
    let dataset = dataset_at(&visit, &path.dataset_id)?;
    let page = wanted(asked.unwrap_or_default())?;
    let (events, cursor) = read(&visit, &dataset, page).await?;
    Ok(Json(FetchedEvents { events, cursor }))
}

/// Fetches rows, asked for in the query.
#[utoipa::path(
    get,
    path = "/v1/dataset/{dataset_id}/fetch",
    params(
        DatasetPath,
        ("limit" = Option<u64>, Query, description = "Rows at most."),
        ("cursor" = Option<String>, Query, description = "The cursor of the page before."),
        ("version" = Option<String>, Query, description = "As of this transaction id."),
        ("max_xact_id" = Option<String>, Query, description = "Deprecated: the same."),
        ("max_root_span_id" = Option<String>, Query, description = "Deprecated: a place."),
    ),
    responses((status = 200, description = "A page of rows.", body = FetchedEvents))
)]
pub(super) async fn by_query(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
    Asked(pairs, _): Asked<Braintrust, Pairs>,
) -> Result<Json<FetchedEvents>, Trouble> {
    let dataset = dataset_at(&visit, &path.dataset_id)?;
    let parameters = Parameters(pairs);
    let text = |name: &str| parameters.text(name).map(str::to_owned);
    let page = wanted(FetchEvents {
        limit: parameters.count("limit")?.map(|limit| limit as u64),
        cursor: text("cursor"),
        version: text("version"),
        max_xact_id: text("max_xact_id"),
        max_root_span_id: text("max_root_span_id"),
    })?;
    let (events, cursor) = read(&visit, &dataset, page).await?;
    Ok(Json(FetchedEvents { events, cursor }))
}

/// A page that is wanted.
pub(super) struct Wanted {
    /// As of which transaction id; none: now.
    pub at: Option<XactId>,
    /// Only keys before this one.
    pub before: Option<String>,
    /// Rows at most.
    pub limit: Option<u64>,
}

/// A page as it was asked for. A cursor knows its version itself.
pub(super) fn wanted(asked: FetchEvents) -> Result<Wanted, Refusal> {
    if let Some(cursor) = asked.cursor.filter(|cursor| !cursor.is_empty()) {
        let (at, key) = place_of(&cursor)?;
        return Ok(Wanted {
            at: Some(at),
            before: Some(key),
            limit: asked.limit,
        });
    }
    let is_placed = asked.max_xact_id.is_some();
    let at = match (asked.version, asked.max_xact_id) {
        (Some(version), _) => Some(xact("version", &version)?),
        (None, Some(max)) => Some(xact("max_xact_id", &max)?),
        (None, None) => None,
    };
    Ok(Wanted {
        at,
        before: asked.max_root_span_id.filter(|_| is_placed),
        limit: asked.limit,
    })
}

/// Reads a page: its rows, and the cursor of the next page if there is one.
pub(super) async fn read(
    visit: &Visit<Braintrust>,
    dataset: &DatasetRow,
    page: Wanted,
) -> Result<(Vec<Row>, Option<String>), Trouble> {
    let spec = match page.at {
        Some(xact) => VersionSpec::Xact(dataset.id, xact),
        None => VersionSpec::Head(dataset.id),
    };
    let version = visit.reads.version(spec).await?;
    let limit = page.limit.map_or(ROWS_MAX, |limit| {
        usize::try_from(limit).unwrap_or(ROWS_MAX).min(ROWS_MAX)
    });
    let place = Place::of(&version, dataset.project);
    let (mut rows, mut before, mut has_more) = (Vec::new(), page.before, limit > 0);
    let mut bytes = 0;
    while has_more && rows.len() < limit && bytes < PAGE_BYTES_MAX {
        let window = ItemWindow {
            before: before.take(),
            limit: ROWS_AT_A_TIME.min(limit - rows.len()),
            backward: true,
            ..ItemWindow::default()
        };
        let slice = visit.reads.items(&version, &window).await?;
        has_more = slice.has_previous;
        before = slice.items.first().map(|item| item.key.clone());
        for item in slice.items.into_iter().rev() {
            bytes += bytes_of(&item.data);
            rows.push(place.row(item));
        }
    }
    let cursor = rows.last().map(cursor_behind).filter(|_| has_more);
    Ok((rows, cursor))
}

/// The cursor of the page that begins behind a row.
pub(super) fn cursor_behind(row: &Row) -> String {
    format!("{}{}", row.xact_id, row.id)
}

/// The bytes of a JSON text, which is not kept.
fn bytes_of(value: &serde_json::Value) -> u64 {
    let mut counted = Counted(0);
    // Counting does not fail.
    let _ = serde_json::to_writer(&mut counted, value);
    counted.0
}

struct Counted(u64);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The transaction id and the key of a cursor.
fn place_of(cursor: &str) -> Result<(XactId, String), Refusal> {
    let parts = cursor.split_at_checked(XACT_CHARS);
    let place = parts.and_then(|(at, key)| Some((at.parse().ok()?, key.to_owned())));
    place.ok_or_else(|| Refusal::BadInput {
        field: "cursor",
        message: "this is no cursor that a page of rows came with".to_owned(),
    })
}
