//! API keys: issued and revoked.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::domain::ids::ApiKeyId;
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Moment, Xact, read_id, read_optional_id};
use crate::graphql::types::{ApiKey, words};
use crate::graphql::visit::{Visit, visit};
use crate::ledger::{KeyKind, KeySecret, NewApiKey};

/// An API key to be issued.
#[derive(InputObject)]
pub struct IssueApiKeyInput {
    /// What people call it: the actor of what is done with it.
    name: String,
    /// What it may do; not more than you may.
    role: words::Role,
    /// The project it is for; default: every project, which only an administrator of all projects
    /// can give.
    project_id: Option<ID>,
    /// What of it is sent.
    #[graphql(default_with = "Some(words::ApiKeyKind::Bearer)")]
    kind: Option<words::ApiKeyKind>,
    /// When it ends; default: when it is revoked.
    expires_at: Option<Moment>,
    /// Recognises a retry: 1 to 255 characters. A retry is told the same secret.
    idempotency_key: Option<String>,
}

/// The API key that was issued. Its secrets are shown this once: keep them now. They are null for a
/// retry after the server was given another sealing key; then revoke the key and issue another.
#[derive(SimpleObject)]
pub struct IssueApiKeyPayload {
    /// The key.
    api_key: ApiKey,
    /// Of a BEARER: what is sent as `Authorization: Bearer`.
    token: Option<String>,
    /// Of an AK_SK: what names it.
    access_key: Option<String>,
    /// Of an AK_SK: what signs requests and tokens; it is never sent.
    secret_key: Option<String>,
    /// The event.
    xact_id: Xact,
}

/// An API key to be revoked.
#[derive(InputObject)]
pub struct RevokeApiKeyInput {
    /// The key.
    api_key_id: ID,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The API key that was revoked.
#[derive(SimpleObject)]
pub struct RevokeApiKeyPayload {
    /// The key.
    api_key: ApiKey,
    /// The event.
    xact_id: Xact,
}

/// Changes of API keys.
#[derive(Default)]
pub struct KeyMutations;

/// Changes of API keys.
#[Object]
impl KeyMutations {
    /// Issues an API key. For administrators: of a project for that project, of all projects for
    /// any.
    async fn issue_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API key to be issued.")] input: IssueApiKeyInput,
    ) -> Result<IssueApiKeyPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "issueApiKey", input.idempotency_key.as_deref())?;
        let expires_at = input.expires_at.map(|time| time.checked("expiresAt"));
        let new = NewApiKey {
            name: input.name,
            kind: match input.kind {
                None | Some(words::ApiKeyKind::Bearer) => KeyKind::Bearer,
                Some(words::ApiKeyKind::AkSk) => KeyKind::Pair,
            },
            role: input.role.into(),
            project: read_optional_id("projectId", input.project_id.as_ref())?,
            expires_at: expires_at.transpose()?,
        };
        let issued = visit.ledger().issue_api_key(&caller, new).await?;
        let mut payload = IssueApiKeyPayload {
            api_key: changed_key(visit, issued.changed.id)?,
            token: None,
            access_key: None,
            secret_key: None,
            xact_id: issued.changed.xact.into(),
        };
        match issued.secret {
            None => {}
            Some(KeySecret::Bearer(key)) => payload.token = Some(key.reveal().to_owned()),
            Some(KeySecret::Pair {
                access_key,
                secret_key,
            }) => {
                payload.access_key = Some(access_key.to_string());
                payload.secret_key = Some(secret_key.reveal().to_owned());
            }
        }
        Ok(payload)
    }

    /// Revokes an API key: from now on it opens nothing on this node, and soon nothing on any.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The API key to be revoked.")] input: RevokeApiKeyInput,
    ) -> Result<RevokeApiKeyPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "revokeApiKey", input.idempotency_key.as_deref())?;
        let key = read_id("apiKeyId", &input.api_key_id)?;
        let revoked = visit.ledger().revoke_api_key(&caller, key).await?;
        Ok(RevokeApiKeyPayload {
            api_key: changed_key(visit, key)?,
            xact_id: revoked.xact.into(),
        })
    }
}

fn changed_key(visit: &Visit, id: ApiKeyId) -> Result<ApiKey, Problem> {
    let row = visit.reads.api_key(id)?;
    row.map(ApiKey).ok_or_else(|| Problem::not_found("API key"))
}
