//! Whether the server is up, and whether it is ready: asked without a credential, by machines.
//!
//! Health fails where only a restart helps; readiness fails where this node should get no callers
//! for now. What fails is told in words, never anything of the data.

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Outside;
use super::around;
use crate::ledger::Condition;
use crate::rest::Trouble;

/// How many events the views may be behind the log on a node that calls itself ready.
const READY_LAG_MAX: u64 = 10_000;

/// The routes while the ledger opens.
pub(super) fn starting() -> Router {
    let opening = || async { Trouble::unavailable("the ledger is still opening").into_response() };
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(opening)
        .layer(map_response(around::completed))
}

pub(super) async fn healthz(State(outside): State<Outside>) -> Response {
    told(ill(&outside.ledger.condition()), "ok\n")
}

pub(super) async fn readyz(State(outside): State<Outside>) -> Response {
    let is_leaving = outside.leaving.is_cancelled();
    told(unready(&outside.ledger.condition(), is_leaving), "ready\n")
}

fn told(trouble: Option<String>, well: &'static str) -> Response {
    match trouble {
        Some(why) => Trouble::unavailable(why).into_response(),
        None => well.into_response(),
    }
}

/// What only a restart mends.
fn ill(condition: &Condition) -> Option<String> {
    if condition.log_fault.is_some() {
        let why = "the log could not be written and takes nothing more; restart the server";
        return Some(why.to_owned());
    }
    let why = "the caches no longer follow the log; restart the server";
    (!condition.is_following).then(|| why.to_owned())
}

/// Why this node should get no callers.
fn unready(condition: &Condition, is_leaving: bool) -> Option<String> {
    if is_leaving {
        return Some("the server is ending".to_owned());
    }
    if condition.is_silent {
        return Some("this node hears nothing from the log that it shares".to_owned());
    }
    let behind = condition.head.0.saturating_sub(condition.views.0);
    let is_behind = behind > READY_LAG_MAX;
    ill(condition)
        .or_else(|| is_behind.then(|| format!("the views are {behind} events behind the log")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Position;

    #[test]
    fn a_node_is_ready_when_it_is_well_and_caught_up_and_stays() {
        let well = Condition {
            head: Position(20_000),
            views: Position(10_000),
            log_fault: None,
            is_following: true,
            is_silent: false,
        };
        let silent = Condition {
            is_silent: true,
            ..well.clone()
        };
        let behind = Condition {
            views: Position(9_999),
            ..well.clone()
        };
        let poisoned = Condition {
            log_fault: Some("disk I/O error in /secret/path".to_owned()),
            ..well.clone()
        };
        let fallen = Condition {
            is_following: false,
            ..well.clone()
        };
        for (condition, is_leaving, ill_word, unready_word) in [
            (&well, false, "", ""),
            (&well, true, "", "ending"),
            (&silent, false, "", "hears nothing"),
            (&behind, false, "", "10001 events behind"),
            (&poisoned, false, "takes nothing more", "takes nothing more"),
            (&fallen, false, "no longer follow", "no longer follow"),
        ] {
            let found = [ill(condition), unready(condition, is_leaving)];
            for (found, word) in found.into_iter().zip([ill_word, unready_word]) {
                let found = found.unwrap_or_default();
                assert_eq!(found.is_empty(), word.is_empty(), "{found}");
                assert!(found.contains(word) && !found.contains("secret"), "{found}");
            }
        }
    }
}
