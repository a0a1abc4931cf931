//! What an SDK asks before anything else: whose key this is, where the API is, how far the log is.

use axum::Json;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;

use super::translate::ORGANISATION;
use super::wire::{LoggedIn, Organisation, Version};
use super::{Braintrust, Trouble};
use crate::rest::fault::Fault;
use crate::rest::visit::Visit;

/// Where a proxy tells how it was asked.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Tells what a key opens: the one organisation, at the address that was asked.
#[utoipa::path(
    post,
    path = "/api/apikey/login",
    responses((status = 200, description = "The organisation.", body = LoggedIn))
)]
pub(super) async fn login(
    visit: Visit<Braintrust>,
    headers: HeaderMap,
) -> Result<Json<LoggedIn>, Trouble> {
    let address = address(&headers)?;
    let organisation = Organisation {
        id: visit.ledger().id().to_string(),
        name: ORGANISATION.to_owned(),
        api_url: address.clone(),
        proxy_url: address.clone(),
        realtime_url: address,
        is_universal_api: true,
        git_metadata: None,
    };
    Ok(Json(LoggedIn {
        org_info: vec![organisation],
    }))
}

/// The program's version.
#[utoipa::path(
    get,
    path = "/version",
    responses((status = 200, description = "The version.", body = Version))
)]
pub(super) async fn version(_visit: Visit<Braintrust>) -> Json<Version> {
    let version = env!("CARGO_PKG_VERSION");
    Json(Version { version })
}

/// The newest transaction id, as bare text.
#[utoipa::path(
    get,
    path = "/xact-id",
    responses((
        status = 200,
        description = "The transaction id.",
        body = String,
        content_type = "text/plain; charset=utf-8",
    ))
)]
pub(super) async fn head(visit: Visit<Braintrust>) -> String {
    visit.ledger().head().xact().to_string()
}

/// The address under which this server was asked.
pub(super) fn address(headers: &HeaderMap) -> Result<String, Trouble> {
    let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = told(HOST.as_str()).and_then(|host| host.parse::<Authority>().ok());
    let host = host.ok_or_else(|| Fault::BadHeader {
        name: "Host",
        message: "the address that was asked is needed".to_owned(),
    })?;
    let scheme = match told(FORWARDED_PROTO) {
        Some("https") => "https",
        Some(_) | None => "http",
    };
    Ok(format!("{scheme}://{host}"))
}
