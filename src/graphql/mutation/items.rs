//! Items: put and deleted, in one version.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changed_dataset;
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{BigInt, Json, Xact, read_id, read_optional_id};
use crate::graphql::types::words::ItemKind;
use crate::graphql::types::{Dataset, DiffSummary};
use crate::graphql::visit::visit;
use crate::ledger::{Media, NewCommit, NewItem};

/// Items to be put and deleted together. Larger commits go to `POST /v1/datasets/{id}/items`.
#[derive(InputObject)]
pub struct CommitItemsInput {
    /// The dataset.
    dataset_id: ID,
    /// Items put; of a repeated key the last counts.
    upserts: Option<Vec<ItemInput>>,
    /// Keys deleted, after the upserts; one that is not there changes nothing.
    deletes: Option<Vec<String>>,
    /// Why, in your words; at most 10,000 characters.
    message: Option<String>,
    /// The version you saw; if the dataset has moved on since, the commit is refused.
    if_version: Option<Xact>,
    /// The operation inside which this is done; needed while one holds the dataset.
    operation_id: Option<ID>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// An item to be put.
#[derive(InputObject)]
pub struct ItemInput {
    /// Its key: 1 to 1,024 bytes of UTF-8 without control characters; none: a fresh UUID.
    key: Option<String>,
    /// What it is.
    #[graphql(default_with = "Some(ItemKind::Record)")]
    kind: Option<ItemKind>,
    /// Its data: a JSON object.
    data: Json,
    /// The file it shows, which lies elsewhere.
    media: Option<MediaInput>,
}

/// A file that lies elsewhere.
#[derive(InputObject)]
pub struct MediaInput {
    /// Where it lies; not blank, and without control characters.
    uri: String,
    /// Its type, as `image/png`.
    mime_type: Option<String>,
    /// Its size in bytes; not negative.
    byte_size: Option<BigInt>,
    /// Its digest, as you write it: 1 to 255 visible characters of ASCII.
    digest: Option<String>,
}

/// The version that was made.
#[derive(SimpleObject)]
pub struct CommitItemsPayload {
    /// The dataset.
    dataset: Dataset,
    /// What changed.
    summary: DiffSummary,
    /// The new version.
    xact_id: Xact,
}

/// Changes of items.
#[derive(Default)]
pub struct ItemMutations;

/// Changes of items.
#[Object]
impl ItemMutations {
    /// Puts and deletes items: one new version, also when nothing differs.
    async fn commit_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The items.")] input: CommitItemsInput,
    ) -> Result<CommitItemsPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "commitItems", input.idempotency_key.as_deref())?;
        let id = read_id("datasetId", &input.dataset_id)?;
        let upserts = input.upserts.unwrap_or_default().into_iter();
        let if_version = input.if_version.map(|version| version.checked("ifVersion"));
        let new = NewCommit {
            upserts: upserts.map(ItemInput::checked).collect::<Result<_, _>>()?,
            deletes: input.deletes.unwrap_or_default(),
            message: input.message,
            if_version: if_version.transpose()?,
            operation: read_optional_id("operationId", input.operation_id.as_ref())?,
            auto_snapshot: false,
        };
        let made = visit.ledger().commit_items(&caller, id, new).await?;
        Ok(CommitItemsPayload {
            dataset: changed_dataset(&visit.reads, id)?,
            summary: made.summary.into(),
            xact_id: made.xact.into(),
        })
    }
}

impl ItemInput {
    fn checked(self) -> Result<NewItem, Problem> {
        Ok(NewItem {
            key: self.key,
            kind: self.kind.unwrap_or(ItemKind::Record).into(),
            data: self.data.0,
            media: self.media.map(MediaInput::checked).transpose()?,
        })
    }
}

impl MediaInput {
    fn checked(self) -> Result<Media, Problem> {
        let byte_size = self.byte_size.map(|size| size.checked("media.byteSize"));
        Ok(Media {
            uri: self.uri,
            mime_type: self.mime_type,
            // A checked number is at most 2^53.
            byte_size: byte_size.transpose()?.map(u64::cast_signed),
            digest: self.digest,
        })
    }
}
