//! Who calls, and since when they want to read: what every route asks of a request first.

use std::time::Duration;

use axum::http::HeaderMap;
use uuid::Uuid;

use super::{Rest, Trouble};
use crate::domain::ids::XactId;
use crate::ledger::Caller;
use crate::request_id::RequestId;

/// Where a request says which position its answer must have seen.
pub(super) const MIN_XACT_ID: &str = "X-Min-Xact-Id";
/// How long a request waits for that position.
pub(super) const REACH_MAX: Duration = Duration::from_secs(10);
/// What a request is charged, in the cost of GraphQL: as much as ten objects.
pub(super) const REQUEST_COST: f64 = 10.0;

impl Rest {
    /// The caller of a request, known under its id; charged for it, and once the views have the
    /// position that it asks for.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<(Caller, Uuid), Trouble> {
        let correlation = RequestId::correlation(headers);
        let correlation = correlation.unwrap_or_else(|| self.ledger.new_request_id());
        let principal = self
            .gatekeeper
            .sought(|gate| gate.principal(headers))
            .await
            .map_err(|error| Trouble::of(error, correlation))?
            .ok_or_else(Trouble::unauthenticated)?;
        principal.note();
        self.quota
            .charge(&principal, REQUEST_COST)
            .map_err(|wait| Trouble::rate_limited(wait.seconds))?;
        if let Some(wanted) = headers.get(MIN_XACT_ID) {
            let wanted = wanted
                .to_str()
                .ok()
                .and_then(|text| text.parse::<XactId>().ok());
            let wanted = wanted.ok_or_else(|| {
                Trouble::bad_input("X-Min-Xact-Id: not an xact id", "send 19 decimal digits")
            })?;
            match tokio::time::timeout(REACH_MAX, self.ledger.reached(wanted)).await {
                Ok(reached) => reached.map_err(|error| Trouble::of(error, correlation))?,
                Err(_) => return Err(Trouble::unavailable("this node has not seen it yet")),
            };
        }
        let caller = Caller {
            principal,
            correlation: Some(correlation),
            causation: None,
            key: None,
        };
        Ok((caller, correlation))
    }
}
