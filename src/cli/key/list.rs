//! `snapledger key list`: the API keys that one manages, newest first.

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::connection::Connection;
use crate::cli::failure::Done;
use crate::cli::project;

const LIST: &str = "query($project: ID, $after: String) { \
    keys: apiKeys(projectId: $project, first: 500, after: $after) { \
        nodes { id name kind accessKey role project { name } isActive createdAt expiresAt \
            lastUsedAt revokedAt } \
        pageInfo { hasNextPage endCursor } } }";
/// Pages read at most: more keys than anybody reads.
const PAGES_MAX: usize = 200;

/// List the API keys that you manage, newest first
#[derive(Args)]
pub(super) struct List {
    /// Only those of this project, by name or id
    #[arg(long)]
    project: Option<String>,
    /// Also those that open nothing any more
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Deserialize)]
struct Answer {
    keys: Keys,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    nodes: Vec<ApiKey>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiKey {
    id: String,
    name: String,
    kind: String,
    access_key: Option<String>,
    role: String,
    project: Option<Project>,
    is_active: bool,
    created_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

#[derive(Deserialize)]
struct Project {
    name: String,
}

impl List {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let project = match &self.project {
            None => Value::Null,
            Some(named) => json!(project::need(&client, named).await?.id),
        };
        let mut after = Value::Null;
        for _ in 0..PAGES_MAX {
            let variables = json!({ "project": project, "after": after });
            let answer: Answer = client.ask(LIST, variables).await?;
            let shown = answer.keys.nodes.iter();
            for key in shown.filter(|key| self.all || key.is_active) {
                println!("{}", key.line());
            }
            if !answer.keys.page_info.has_next_page {
                return Ok(());
            }
            after = json!(answer.keys.page_info.end_cursor);
        }
        Ok(())
    }
}

impl ApiKey {
    fn line(&self) -> String {
        let place = self.project.as_ref().map_or("*", |project| &project.name);
        let kind = self.access_key.as_deref().unwrap_or(&self.kind);
        let end = match (&self.revoked_at, &self.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) if self.is_active => format!("until {at}"),
            (None, Some(at)) => format!("ended {at}"),
            (None, None) => "until revoked".to_owned(),
        };
        let used = self.last_used_at.as_deref().unwrap_or("never");
        format!(
            "{}  {:<6} {place:?} {kind}  {:?}  issued {}, {end}, last used {used}",
            self.id, self.role, self.name, self.created_at
        )
    }
}
