//! Versions: the content of a dataset from one event on.

use async_graphql::{Context, Object};

use super::counted::Counted;
use super::diff::DiffSummary;
use super::{Snapshot, words};
use crate::graphql::connection::Listed;
use crate::graphql::error::Problem;
use crate::graphql::loaders;
use crate::graphql::scalars::Moment;
use crate::views::VersionRow;

/// A version.
pub struct Version(pub VersionRow);

impl Listed for Version {
    const CONNECTION: &'static str = "VersionConnection";
    const EDGE: &'static str = "VersionEdge";
}

/// The content of a dataset from one event on, until the next version.
#[Object]
impl Version {
    /// What it holds.
    #[graphql(flatten)]
    async fn at(&self) -> Counted {
        Counted(self.0.at)
    }

    /// What made it.
    async fn kind(&self) -> words::VersionKind {
        self.0.kind.into()
    }

    /// What it changed. In a first version all that it holds counts as unchanged.
    async fn summary(&self) -> DiffSummary {
        self.0.summary.into()
    }

    /// When it was made.
    async fn created_at(&self) -> Moment {
        self.0.created_at.into()
    }

    /// Who made it.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Why, in the words of whoever committed it.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// For a restore to a snapshot: which, also if that is deleted now.
    async fn restored_from(&self, ctx: &Context<'_>) -> Result<Option<Snapshot>, Problem> {
        let Some(id) = self.0.restored_from else {
            return Ok(None);
        };
        Ok(loaders::snapshot(ctx, id).await?.map(Snapshot))
    }

    /// The live snapshots that name it, oldest first.
    async fn snapshots(&self, ctx: &Context<'_>) -> Result<Vec<Snapshot>, Problem> {
        let rows = loaders::snapshots_of_version(ctx, self.0.at.position).await?;
        Ok(rows.into_iter().map(Snapshot).collect())
    }
}
