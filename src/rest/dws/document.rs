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
        description = "Snapshots of clusters; a cluster is a dataset of the ledger.",
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
    security(("token" = []), ("bearer" = []), ("signature" = [])),
    modifiers(&Credentials)
)]
pub(super) struct Document;

/// The headers through which a credential may come.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let header = |name: &str, words: &str| {
            Scheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, words)))
        };
        let schemes = [
            ("token", header("X-Auth-Token", "An API key or a JWT.")),
            ("bearer", Scheme::Http(Http::new(HttpAuthScheme::Bearer))),
            (
                "signature",
                header("Authorization", "`SDK-HMAC-SHA256`, made with a pair."),
            ),
        ];
        let components = document.components.get_or_insert_default();
        for (name, scheme) in schemes {
            components.add_security_scheme(name, scheme);
        }
    }
}
