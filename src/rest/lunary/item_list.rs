//! All items of a version inside one JSON answer, read and sent a page at a time: this API knows no
//! paging of items, and memory must not grow with their number.
//!
//! The version is fixed before the first byte. What fails in the first page is told in good form;
//! what fails later breaks the answer off, so that its reader sees that it is not whole.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::item_ids::ItemIds;
use super::translate;
use super::wire::{DatasetV2VersionItem, SlugItem};
use crate::domain::ids::SnapshotId;
use crate::ledger::{Item, ItemWindow, LedgerError, Outcome, Reads};
use crate::views::VersionRow;

/// Items read at a time: as many of the largest are 32 MiB.
const PAGE_ITEMS: usize = 64;

/// What the items are shown as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// The items of a dataset.
    OfDataset,
    /// The items of a version.
    OfVersion(SnapshotId),
    /// The items of a dataset found by its name.
    BySlug,
}

/// The items of a version on their way out.
pub(super) struct ItemList {
    /// Who reads.
    pub reads: Reads,
    /// What is read.
    pub version: VersionRow,
    /// When its dataset was made.
    pub dataset_made: DateTime<Utc>,
    /// What the items are shown as.
    pub shape: Shape,
    /// Whether the last key comes first.
    pub newest_first: bool,
    /// Where ids are kept that are shown.
    pub ids: ItemIds,
}

/// Where a list is.
struct Pages {
    list: ItemList,
    /// The last key that was read.
    last: Option<String>,
    /// How many items were read.
    read: u64,
    /// What comes before the first item and after the last.
    around: (Vec<u8>, &'static [u8]),
    ended: bool,
}

impl ItemList {
    /// The answer that has these items as its only member `items`, after the members of `whole`.
    pub async fn within(self, whole: &impl Serialize) -> Outcome<Response> {
        let mut before = serde_json::to_vec(whole).map_err(unwritten)?;
        // Of an object: it goes on with one more member.
        before.pop();
        before.extend_from_slice(b",\"items\":[");
        self.between(before, b"]}").await
    }

    /// The answer that is these items.
    pub async fn alone(self) -> Outcome<Response> {
        self.between(b"[".to_vec(), b"]").await
    }

    async fn between(self, before: Vec<u8>, after: &'static [u8]) -> Outcome<Response> {
        let mut pages = Pages {
            list: self,
            last: None,
            read: 0,
            around: (before, after),
            ended: false,
        };
        let first = pages.next().await?.unwrap_or_default();
        let headers = [(CONTENT_TYPE, "application/json")];
        if pages.ended {
            return Ok((headers, first).into_response());
        }
        let first = Some(Bytes::from(first));
        let texts =
            futures_util::stream::try_unfold((first, pages), |(page, mut pages)| async move {
                let Some(page) = page else { return Ok(None) };
                let next = pages.next().await.map_err(|fault| broken_off(&fault))?;
                Ok::<_, std::io::Error>(Some((page, (next.map(Bytes::from), pages))))
            });
        Ok((headers, Body::from_stream(texts)).into_response())
    }
}

impl Pages {
    /// The text of the next page; none after the last.
    async fn next(&mut self) -> Outcome<Option<Vec<u8>>> {
        if self.ended {
            return Ok(None);
        }
        let newest_first = self.list.newest_first;
        let (after, before) = match newest_first {
            false => (self.last.take(), None),
            true => (None, self.last.take()),
        };
        let window = ItemWindow {
            after,
            before,
            limit: PAGE_ITEMS,
            backward: newest_first,
            ..ItemWindow::default()
        };
        let mut page = self.list.reads.items(&self.list.version, &window).await?;
        self.ended = match newest_first {
            false => !page.has_next,
            true => !page.has_previous,
        };
        if newest_first {
            page.items.reverse();
        }
        let mut text = std::mem::take(&mut self.around.0);
        for item in &page.items {
            if self.read > 0 {
                text.push(b',');
            }
            self.read += 1;
            self.list.write(&mut text, item, self.read)?;
        }
        if self.ended {
            text.extend_from_slice(self.around.1);
        }
        self.last = page.items.pop().map(|item| item.key);
        Ok(Some(text))
    }
}

impl ItemList {
    fn write(&self, text: &mut Vec<u8>, item: &Item, index: u64) -> Outcome<()> {
        let dataset = self.version.dataset;
        let (key, data) = (item.key.as_str(), &item.data);
        let times = translate::item_times(key, data, self.dataset_made);
        let id = self.ids.show(dataset, key);
        let held = translate::held(data);
        let written = match self.shape {
            Shape::OfDataset => {
                let shown = translate::item((dataset, id), held, times);
                serde_json::to_writer(&mut *text, &shown)
            }
            Shape::OfVersion(version) => {
                let shown = DatasetV2VersionItem {
                    id: Uuid::new_v5(&version.0, key.as_bytes()),
                    version_id: version.0,
                    dataset_id: dataset.0,
                    item_index: index,
                    held,
                    source_item_id: Some(id),
                    source_created_at: Some(times.0),
                    source_updated_at: Some(times.1),
                };
                serde_json::to_writer(&mut *text, &shown)
            }
            Shape::BySlug => {
                let shown = SlugItem {
                    input: held.input,
                    ideal_output: held.ground_truth,
                };
                serde_json::to_writer(&mut *text, &shown)
            }
        };
        written.map_err(unwritten)
    }
}

fn unwritten(fault: serde_json::Error) -> LedgerError {
    LedgerError::Fault(fault.to_string())
}

/// Ends an answer in the middle.
fn broken_off(fault: &LedgerError) -> std::io::Error {
    tracing::error!(%fault, "a list of items met a fault");
    std::io::Error::other("the list broke off")
}
