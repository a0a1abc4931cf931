//! The routes that are not GraphQL: items in bulk, and the files that items point to.
//!
//! Thin: parse, authorise, call, translate. A rule that stands here stands in the wrong room.

mod caller;
mod items;
mod limits;
mod media;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::sync::Semaphore;

use crate::gatekeeper::Gatekeeper;
use crate::ledger::Ledger;
use crate::quota::Quota;

pub use limits::RestLimits;
pub use media::{MediaFolder, MediaFolderFault};
pub use trouble::Trouble;

/// What the routes need.
#[derive(Clone)]
pub struct Rest {
    ledger: Ledger,
    gatekeeper: Gatekeeper,
    uploads: Arc<Semaphore>,
    limits: RestLimits,
    quota: Quota,
    media: Option<MediaFolder>,
}

impl Rest {
    /// Routes over this ledger for those whom the gatekeeper knows.
    pub fn new(ledger: Ledger, gatekeeper: Gatekeeper) -> Self {
        let limits = RestLimits::default();
        Self {
            ledger,
            gatekeeper,
            uploads: Arc::new(Semaphore::new(limits.uploads_max)),
            limits,
            quota: Quota::default(),
            media: None,
        }
    }

    /// With these limits, and each caller's work charged to this quota.
    #[must_use]
    pub fn bounded_by(self, limits: RestLimits, quota: Quota) -> Self {
        Self {
            uploads: Arc::new(Semaphore::new(limits.uploads_max)),
            limits,
            quota,
            ..self
        }
    }

    /// Handing out the files of this folder that items point to.
    #[must_use]
    pub fn handing_out(self, media: Option<MediaFolder>) -> Self {
        Self { media, ..self }
    }
}

/// The routes.
pub fn routes(rest: Rest) -> Router {
    let body_bytes_max = DefaultBodyLimit::max(rest.limits.body_bytes_max);
    items::routes()
        .merge(media::routes())
        .layer(body_bytes_max)
        .with_state(rest)
}
