//! The routes that are not GraphQL: items in bulk, the files that items point to, and the foreign
//! APIs, a folder each.
//!
//! Thin: parse, authorise, call, translate. A rule that stands here stands in the wrong room. No
//! dialect knows another; what all of them stand on is in the files beside their folders.

mod body;
mod braintrust;
mod caller;
mod dialect;
mod dws;
mod fault;
mod items;
mod limits;
mod lunary;
mod media;
mod patience;
mod strict;
#[cfg(test)]
mod tests;
mod tongue;
mod trouble;
mod visit;
mod visual_layer;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use crate::gatekeeper::Gatekeeper;
use crate::ledger::Ledger;
use crate::quota::Quota;

use braintrust::Braintrust;
use dws::Dws;
use fault::Fault;
pub use limits::RestLimits;
use lunary::{ItemIds, Lunary};
pub use media::{MediaFolder, MediaFolderFault};
use tongue::Tongue;
pub use trouble::Trouble;
use visual_layer::VisualLayer;

/// How a dialect tells a fault.
type Tell = fn(&Fault) -> Response;
/// Under which paths which dialect answers what is not there; of several the longest counts.
const PREFIXES: &[(&[&str], Tell)] = &[
    (&braintrust::PREFIXES, Braintrust::tell),
    (&["/v1.0/"], Dws::tell),
    (&["/v1/datasets-v2", "/v1/datasets/"], Lunary::tell),
    (&["/api/v1/"], VisualLayer::tell),
];
/// Paths of one dialect among the prefixes of another, by their ends; they count before those.
const ENDS: &[(&str, Tell)] = &[("/snapshots/check", Dws::tell)];

/// What the routes need.
#[derive(Clone)]
pub struct Rest {
    ledger: Ledger,
    gatekeeper: Gatekeeper,
    uploads: Arc<Semaphore>,
    limits: RestLimits,
    quota: Quota,
    item_ids: ItemIds,
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
            item_ids: ItemIds::default(),
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
    Router::new()
        .merge(items::routes())
        .merge(media::routes())
        .merge(braintrust::dialect().router(&rest))
        .merge(dws::dialect().router(&rest))
        .merge(lunary::router(&rest))
        .merge(visual_layer::dialect().router(&rest))
        .layer(body_bytes_max)
        .with_state(rest)
}

/// The answer at a path where there is nothing, in the words of whoever is asked there.
pub fn not_found(path: &str) -> Response {
    match tongue_at(path) {
        Some(tell) => tell(&Fault::NoSuchPath),
        None => Trouble::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "there is nothing at this path",
            "see / for what there is",
        )
        .into_response(),
    }
}

/// The answer to a method that a path does not take, in the words of whoever is asked there.
pub fn method_not_allowed(path: &str) -> Response {
    match tongue_at(path) {
        Some(tell) => tell(&Fault::MethodNotAllowed),
        None => Trouble::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "BAD_INPUT",
            "this path does not take this method",
            "see / for what there is",
        )
        .into_response(),
    }
}

fn tongue_at(path: &str) -> Option<Tell> {
    if let Some((_, tell)) = ENDS.iter().find(|(end, _)| path.ends_with(end)) {
        return Some(*tell);
    }
    if items::owns(path) {
        return None;
    }
    let all = PREFIXES.iter();
    let all = all.flat_map(|(prefixes, tell)| prefixes.iter().map(move |prefix| (*prefix, *tell)));
    let fitting = all.filter(|(prefix, _)| {
        // `/v1/dataset` is no beginning of `/v1/datasets`.
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/'))
    });
    let longest = fitting.max_by_key(|(prefix, _)| prefix.len());
    longest.map(|(_, tell)| tell)
}
