//! Who calls a dialect. Every route of one is behind [`admit`], so that no handler can forget to
//! ask; a handler takes the answer as a [`Visit`].

use std::marker::PhantomData;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Rest;
use super::caller::{MIN_XACT_ID, REACH_MAX, REQUEST_COST};
use super::fault::Fault;
use super::tongue::{Told, Tongue};
use crate::auth::{Principal, Signature, SignedRequest};
use crate::domain::ids::XactId;
use crate::gatekeeper::{Doors, Gatekeeper};
use crate::ledger::{Caller, Ledger, LedgerError, Reads};
use crate::request_id::RequestId;

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

/// Lets a request of a dialect pass once its caller is known, charged for it, and the views have
/// the position that it asks for; else tells them in the dialect's words.
pub(super) async fn admit<T: Tongue>(
    State(rest): State<Rest>,
    request: Request,
    next: Next,
) -> Response {
    match admitted::<T>(&rest, request).await {
        Ok(request) => next.run(request).await,
        Err(fault) => Told::<T>::from(fault).into_response(),
    }
}

async fn admitted<T: Tongue>(rest: &Rest, request: Request) -> Result<Request, Fault> {
    let (principal, mut request) = if T::TAKES_SIGNATURES && is_signed(request.headers()) {
        of_signed(rest, T::DOORS, request).await?
    } else {
        let headers = request.headers();
        let look = |gate: &Gatekeeper| gate.principal_through(T::DOORS, headers);
        let principal = rest.gatekeeper.sought(look).await?;
        (principal, request)
    };
    let principal = principal.ok_or(Fault::Unauthenticated)?;
    principal.note();
    let charged = rest.quota.charge(&principal, REQUEST_COST);
    charged.map_err(|wait| Fault::RateLimited {
        seconds: wait.seconds,
    })?;
    // These APIs know no position to wait for: whoever calls here after a call on another node
    // sees what that one did.
    rest.ledger.catch_up().await?;
    reached(rest, request.headers()).await?;
    request.extensions_mut().insert(Admitted(principal));
    Ok(request)
}

fn is_signed(headers: &HeaderMap) -> bool {
    Signature::of(headers).is_some()
}

/// The principal of a signed request, and the request again: its body is part of what is signed.
async fn of_signed(
    rest: &Rest,
    doors: Doors,
    request: Request,
) -> Result<(Option<Principal>, Request), Fault> {
    let (parts, body) = request.into_parts();
    let body = super::body::read(body, &rest.limits).await?;
    let signed = SignedRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
    };
    let look = |gate: &Gatekeeper| gate.of_signed_request(doors, &signed);
    let principal = rest.gatekeeper.sought(look).await?;
    Ok((principal, Request::from_parts(parts, Body::from(body))))
}

/// Waits for the position that a request asks for.
async fn reached(rest: &Rest, headers: &HeaderMap) -> Result<(), Fault> {
    let Some(wanted) = headers.get(MIN_XACT_ID) else {
        return Ok(());
    };
    let wanted = wanted.to_str().ok().and_then(|text| text.parse().ok());
    let wanted: XactId = wanted.ok_or_else(|| Fault::BadHeader {
        name: MIN_XACT_ID,
        message: "not an xact id: send 19 decimal digits".to_owned(),
    })?;
    match tokio::time::timeout(REACH_MAX, rest.ledger.reached(wanted)).await {
        Ok(reached) => Ok(reached.map(drop)?),
        Err(_) => {
            let message = "this node has not seen that xact id yet";
            Err(LedgerError::Unavailable(message.to_owned()).into())
        }
    }
}

impl<T: Tongue> FromRequestParts<Rest> for Visit<T> {
    type Rejection = Told<T>;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Told<T>> {
        let admitted = parts.extensions.get::<Admitted>();
        let principal = admitted.ok_or(Fault::Unauthenticated)?.0.clone();
        let request = RequestId::correlation(&parts.headers);
        let request = request.unwrap_or_else(|| rest.ledger.new_request_id());
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
