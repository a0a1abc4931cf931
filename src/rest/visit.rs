//! Who calls a dialect. Every route of one is behind [`admit`], so that no handler can forget to
//! ask; a handler takes the answer as a [`Visit`].

use std::marker::PhantomData;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Rest;
use super::fault::Fault;
use super::passage::RequestId;
use super::tongue::{Doors, Told, Tongue};
use crate::auth::{ApiKeyText, Principal};
use crate::domain::ids::XactId;
use crate::ledger::{Caller, Ledger, LedgerError, Outcome, Reads};

/// Where a request says which position its answer must have seen.
const MIN_XACT_ID: &str = "X-Min-Xact-Id";
/// How long a request waits for that position.
const REACH_MAX: Duration = Duration::from_secs(10);

/// A caller who was let in, with eyes for what is theirs.
pub struct Visit<T> {
    /// Who, and in which request.
    pub caller: Caller,
    /// What they may read.
    pub reads: Reads,
    tongue: PhantomData<fn() -> T>,
}

impl<T> Visit<T> {
    /// The ledger, whose verbs take [`Visit::caller`].
    pub const fn ledger(&self) -> &Ledger {
        self.reads.ledger()
    }
}

/// Left on a request by [`admit`].
#[derive(Clone)]
struct Admitted(Principal);

/// Lets a request of a dialect pass once its caller is known and the views have the position that
/// it asks for; else tells them in the dialect's words.
pub(super) async fn admit<T: Tongue>(
    State(rest): State<Rest>,
    mut request: Request,
    next: Next,
) -> Response {
    match admitted::<T>(&rest, request.headers()).await {
        Ok(principal) => {
            request.extensions_mut().insert(Admitted(principal));
            next.run(request).await
        }
        Err(fault) => Told::<T>::from(fault).into_response(),
    }
}

async fn admitted<T: Tongue>(rest: &Rest, headers: &HeaderMap) -> Result<Principal, Fault> {
    let principal = principal(rest, headers, T::DOORS)?;
    let principal = principal.ok_or(Fault::Unauthenticated)?;
    if let Some(wanted) = headers.get(MIN_XACT_ID) {
        let wanted = wanted.to_str().ok().and_then(|text| text.parse().ok());
        let wanted: XactId = wanted.ok_or_else(|| Fault::BadHeader {
            name: MIN_XACT_ID,
            message: "not an xact id: send 19 decimal digits".to_owned(),
        })?;
        match tokio::time::timeout(REACH_MAX, rest.ledger.reached(wanted)).await {
            Ok(reached) => reached.map(drop)?,
            Err(_) => {
                let message = "this node has not seen that xact id yet";
                return Err(LedgerError::Unavailable(message.to_owned()).into());
            }
        }
    }
    Ok(principal)
}

/// The principal of a request by the doors that are open to it.
fn principal(rest: &Rest, headers: &HeaderMap, doors: Doors) -> Outcome<Option<Principal>> {
    let other = match doors {
        Doors::Bearer => None,
        Doors::BearerOr(name) => headers.get(name),
    };
    match other.filter(|_| !headers.contains_key(AUTHORIZATION)) {
        None => rest.gatekeeper.principal(headers),
        Some(value) => {
            let token = ApiKeyText::given(value.to_str().unwrap_or_default().trim());
            rest.gatekeeper.of_token(&token)
        }
    }
}

impl<T: Tongue> FromRequestParts<Rest> for Visit<T> {
    type Rejection = Told<T>;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Told<T>> {
        let admitted = parts.extensions.get::<Admitted>();
        let principal = admitted.ok_or(Fault::Unauthenticated)?.0.clone();
        let request = parts.extensions.get::<RequestId>();
        let request = request.map_or_else(|| rest.ledger.new_request_id(), |id| id.0);
        let reads = rest.ledger.reads(&principal);
        let caller = Caller {
            principal,
            correlation: Some(request),
            causation: None,
            key: None,
        };
        Ok(Self {
            caller,
            reads,
            tongue: PhantomData,
        })
    }
}
