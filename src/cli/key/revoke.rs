//! `snapledger key revoke`: an API key opens nothing any more.

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::connection::Connection;
use crate::cli::failure::Done;

const REVOKE: &str = "mutation($id: ID!) { \
    revoked: revokeApiKey(input: { apiKeyId: $id }) { apiKey { id name } } }";

/// Revoke an API key: it opens nothing any more, and nothing brings it back
#[derive(Args)]
pub(super) struct Revoke {
    /// The key's id, as `key list` shows it
    id: String,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Deserialize)]
struct Answer {
    revoked: Revoked,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    api_key: ApiKey,
}

#[derive(Deserialize)]
struct ApiKey {
    id: String,
    name: String,
}

impl Revoke {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let answer: Answer = client.ask(REVOKE, json!({ "id": self.id })).await?;
        let ApiKey { id, name } = answer.revoked.api_key;
        println!("revoked {name:?} ({id})");
        Ok(())
    }
}
