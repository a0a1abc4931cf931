//! Items, and pages of them at one fixed version.

use async_graphql::{Object, SimpleObject};

use super::words;
use crate::domain::ids::DatasetId;
use crate::graphql::connection::{Connection, Count, Edge, Listed, PageArguments};
use crate::graphql::cursor::{self, PinnedVersion, Place};
use crate::graphql::error::Problem;
use crate::graphql::scalars::{BigInt, ContentDigest, Json};
use crate::ledger::{self, ItemKind, ItemWindow, Reads, VersionSpec};
use crate::views::{Take, VersionRow};

/// An item as it is at a version.
pub struct Item(pub ledger::Item);

impl Listed for Item {
    const CONNECTION: &'static str = "ItemConnection";
    const EDGE: &'static str = "ItemEdge";
}

/// An item as it is at a version of its dataset.
#[Object]
impl Item {
    /// Its key, unique in the dataset.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What it is.
    async fn kind(&self) -> words::ItemKind {
        self.0.kind.into()
    }

    /// Its data: a JSON object.
    async fn data(&self) -> Json {
        Json(self.0.data.clone())
    }

    /// The file it shows, which lies elsewhere.
    async fn media(&self) -> Option<Media> {
        self.0.media.as_ref().map(|media| Media {
            uri: media.uri.clone(),
            mime_type: media.mime_type.clone(),
            byte_size: media.byte_size.map(BigInt::Known),
            digest: media.digest.clone(),
        })
    }

    /// The digest of its data and media as canonical JSON.
    async fn digest(&self) -> ContentDigest {
        ContentDigest(self.0.digest)
    }
}

/// A file that lies elsewhere.
#[derive(Debug, Clone, SimpleObject)]
pub struct Media {
    /// Where it lies.
    pub uri: String,
    /// Its type, as `image/png`.
    pub mime_type: Option<String>,
    /// Its size in bytes.
    pub byte_size: Option<BigInt>,
    /// Its digest, as its owner writes it.
    pub digest: Option<String>,
}

/// Which items are wanted of a version.
pub struct ItemsWanted {
    window: ItemWindow,
    pinned: Vec<PinnedVersion>,
}

impl ItemsWanted {
    /// A page of the items that begin so and are of this kind.
    pub fn new(
        prefix: Option<String>,
        kind: Option<words::ItemKind>,
        offset: u64,
        page: &PageArguments,
    ) -> Result<Self, Problem> {
        let mut pinned = Vec::new();
        let mut key = |field, text: &Option<String>| {
            let Some(text) = text else { return Ok(None) };
            let (version, key) = cursor::read_item(field, text)?;
            pinned.push(version);
            Ok::<_, Problem>(Some(key))
        };
        let (after, before) = (key("after", &page.after)?, key("before", &page.before)?);
        let (limit, backward) = match page.take()? {
            Take::First(limit) => (limit, false),
            Take::Last(limit) => (limit, true),
        };
        let window = ItemWindow {
            prefix,
            kind: kind.map(Into::into),
            after,
            before,
            offset,
            limit,
            backward,
        };
        Ok(Self { window, pinned })
    }

    /// The version at which paging began, if it did; of this dataset, or it is refused.
    pub fn version_of(&self, dataset: DatasetId) -> Result<Option<PinnedVersion>, Problem> {
        let Some(first) = self.pinned.first() else {
            return Ok(None);
        };
        let is_one = self.pinned.iter().all(|version| version == first);
        if is_one && first.dataset == dataset {
            Ok(Some(*first))
        } else {
            Err(cursor::unfit("after"))
        }
    }
}

/// A version that a cursor holds.
pub async fn pinned_version(reads: &Reads, pinned: PinnedVersion) -> Result<VersionRow, Problem> {
    let PinnedVersion { dataset, position } = pinned;
    Ok(reads
        .version(VersionSpec::Xact(dataset, position.xact()))
        .await?)
}

/// A page of a version's items.
pub async fn listed(
    reads: &Reads,
    version: VersionRow,
    wanted: ItemsWanted,
) -> Result<Connection<Item>, Problem> {
    let ItemWindow { prefix, kind, .. } = &wanted.window;
    let count = match prefix {
        None => Count::Known(count_of(&version, *kind)),
        Some(prefix) => {
            let (reads, version) = (reads.clone(), version.clone());
            let (prefix, kind) = (prefix.clone(), *kind);
            Count::by(move || Ok(reads.item_count(&version, &prefix, kind)?))
        }
    };
    let slice = reads.items(&version, &wanted.window).await?;
    let pinned = PinnedVersion::from(&version);
    let edges = slice.items.into_iter().map(|item| {
        let place = Place::Item(pinned, item.key.clone());
        Edge::new(place, Item(item))
    });
    Ok(Connection::new(
        edges.collect(),
        (slice.has_next, slice.has_previous),
        count,
    ))
}

fn count_of(version: &VersionRow, kind: Option<ItemKind>) -> u64 {
    let counts = version.at.version.counts;
    match kind {
        None => counts.items,
        Some(ItemKind::Image) => counts.images,
        Some(ItemKind::Video) => counts.videos,
        Some(ItemKind::Record) => counts.items - counts.images - counts.videos,
    }
}
