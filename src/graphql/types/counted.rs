//! What a version holds, shown alike wherever a version is shown.

use async_graphql::Object;

use crate::graphql::scalars::{BigInt, ContentDigest, Xact};
use crate::views::PlacedVersion;

/// A version's place, digest and counts: part of datasets, snapshots and versions.
pub struct Counted(pub PlacedVersion);

/// What a version holds.
#[Object]
impl Counted {
    /// The version: the xact id of the event that made it.
    async fn xact_id(&self) -> Xact {
        self.0.position.into()
    }

    /// The version's content root: a commitment to every item. Equal digests mean equal items.
    async fn digest(&self) -> ContentDigest {
        ContentDigest(self.0.version.root)
    }

    /// Items in the version, of every kind.
    async fn item_count(&self) -> BigInt {
        BigInt::of(self.0.version.counts.items)
    }

    /// Items of kind IMAGE in the version.
    async fn image_count(&self) -> BigInt {
        BigInt::of(self.0.version.counts.images)
    }

    /// Items of kind VIDEO in the version.
    async fn video_count(&self) -> BigInt {
        BigInt::of(self.0.version.counts.videos)
    }

    /// Bytes of the version's items: the sum of their data and media as canonical JSON.
    async fn byte_count(&self) -> BigInt {
        BigInt::of(self.0.version.counts.bytes)
    }
}
