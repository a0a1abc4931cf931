//! What every dialect speaks with: its doors, its errors, and extractors whose failures come out
//! in its own words. No handler of a dialect meets an answer that axum worded.

use std::marker::PhantomData;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::Rest;
use super::body;
use super::fault::{BodyFault, Fault};
use crate::domain::Refusal;
use crate::gatekeeper::Doors;
use crate::ledger::LedgerError;

/// A dialect.
pub trait Tongue: Send + Sync + 'static {
    /// Its name: the part of `/openapi/{name}.json`.
    const NAME: &'static str;
    /// Through which headers its callers' credentials come.
    const DOORS: Doors;
    /// Whether its callers may sign their requests instead.
    const TAKES_SIGNATURES: bool;
    /// Every status with which it tells a fault, and in what case: for its document.
    const ERRORS: &'static [(u16, &'static str)];

    /// The type of the body of an error.
    const ERROR_TYPE: &'static str = "application/json";

    /// Tells a fault in the dialect's own words, without anything of the inside.
    fn tell(fault: &Fault) -> Response;
}

/// A fault on its way to a caller of this dialect.
pub struct Told<T> {
    fault: Fault,
    tongue: PhantomData<fn() -> T>,
}

impl<T: Tongue> IntoResponse for Told<T> {
    fn into_response(self) -> Response {
        if let Fault::Ledger(LedgerError::Fault(fault)) = &self.fault {
            // The span of the request tells its id.
            tracing::error!(fault, "a request met a fault");
        }
        T::tell(&self.fault)
    }
}

impl<T> From<Fault> for Told<T> {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            tongue: PhantomData,
        }
    }
}

macro_rules! told_as_faults {
    ($($cause:ty)+) => {$(
        impl<T> From<$cause> for Told<T> {
            fn from(cause: $cause) -> Self {
                Fault::from(cause).into()
            }
        }
    )+};
}
told_as_faults! { LedgerError Refusal BodyFault }

/// The parameters of a path, by name; mostly texts, since what they mean is the dialect's.
pub struct Places<T, Form>(pub Form, pub PhantomData<fn() -> T>);

impl<T: Tongue, Form: DeserializeOwned + Send> FromRequestParts<Rest> for Places<T, Form> {
    type Rejection = Told<T>;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Told<T>> {
        let found: Result<Path<Form>, PathRejection> = Path::from_request_parts(parts, rest).await;
        match found {
            Ok(Path(form)) => Ok(Self(form, PhantomData)),
            Err(fault) => Err(Fault::BadPath(fault.body_text()).into()),
        }
    }
}

/// The parameters of a query. `Vec<(String, String)>` has them as they came, repeated ones too.
pub struct Asked<T, Form>(pub Form, pub PhantomData<fn() -> T>);

impl<T: Tongue, Form: DeserializeOwned + Send> FromRequestParts<Rest> for Asked<T, Form> {
    type Rejection = Told<T>;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Told<T>> {
        let found: Result<Query<Form>, QueryRejection> =
            Query::from_request_parts(parts, rest).await;
        match found {
            Ok(Query(form)) => Ok(Self(form, PhantomData)),
            Err(fault) => {
                let text = fault.body_text();
                let words = text.rsplit_once("query string: ");
                let words = words.map_or(text.as_str(), |(_, words)| words);
                Err(Fault::BadQuery(words.to_owned()).into())
            }
        }
    }
}

/// A JSON body that may be left out.
pub struct MaybeBody<T, Form>(pub Option<Form>, pub PhantomData<fn() -> T>);

impl<T: Tongue, Form: DeserializeOwned> FromRequest<Rest> for MaybeBody<T, Form> {
    type Rejection = Told<T>;

    async fn from_request(request: Request, rest: &Rest) -> Result<Self, Told<T>> {
        plain(request.headers())?;
        let bytes = body::read(request.into_body(), &rest.limits).await?;
        Ok(Self(body::parse(&bytes)?, PhantomData))
    }
}

/// Refuses a body that is packed: these are small, and no client of the services packs them.
fn plain(headers: &HeaderMap) -> Result<(), Fault> {
    let packed = headers.get(CONTENT_ENCODING);
    let packed = packed.filter(|packing| !packing.as_bytes().eq_ignore_ascii_case(b"identity"));
    let Some(packing) = packed else {
        return Ok(());
    };
    let packing = String::from_utf8_lossy(packing.as_bytes());
    Err(Fault::BadHeader {
        name: "Content-Encoding",
        message: format!("{packing:?} is not taken here: send the body as it is"),
    })
}

/// A JSON body that must be there.
pub struct Body<T, Form>(pub Form, pub PhantomData<fn() -> T>);

impl<T: Tongue, Form: DeserializeOwned> FromRequest<Rest> for Body<T, Form> {
    type Rejection = Told<T>;

    async fn from_request(request: Request, rest: &Rest) -> Result<Self, Told<T>> {
        let MaybeBody(form, _) = MaybeBody::<T, Form>::from_request(request, rest).await?;
        let form = form.ok_or(BodyFault::Missing)?;
        Ok(Self(form, PhantomData))
    }
}
