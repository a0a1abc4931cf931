//! The OpenAPI document of this API, but for its errors, which every operation has.

use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme as Scheme,
};
use utoipa::{Modify, OpenApi};

use super::{clusters, copies, snapshots, wire};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Data warehouse clusters and snapshots",
        description = "Snapshots of clusters; a cluster is a dataset of the ledger. A caller who \
            has a pair may sign requests by `SDK-HMAC-SHA256` instead of sending a token.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        clusters::list,
        clusters::create,
        clusters::details,
        clusters::delete,
        snapshots::list_of_cluster,
        snapshots::statistics,
        snapshots::list,
        snapshots::create,
        snapshots::details,
        snapshots::delete,
        copies::restore,
        copies::copy,
        snapshots::check,
    ),
    components(schemas(wire::ErrorBody)),
    security(("token" = []), ("bearer" = [])),
    modifiers(&Credentials)
)]
pub(super) struct Document;

/// The headers through which a credential may come.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = ApiKeyValue::with_description("X-Auth-Token", "An API key or a JWT.");
        let token = Scheme::ApiKey(ApiKey::Header(token));
        let bearer = Scheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", token);
        components.add_security_scheme("bearer", bearer);
    }
}
