//! `snapledger key issue`: a new API key, its secret printed once.

use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::connection::Connection;
use crate::cli::failure::Done;
use crate::cli::project;

const ISSUE: &str = "mutation($input: IssueApiKeyInput!) { \
    issued: issueApiKey(input: $input) { \
        apiKey { id name role project { name } expiresAt } token accessKey secretKey } }";

/// Issue an API key; its secret is printed once
#[derive(Args)]
pub(super) struct Issue {
    /// What people call it: the actor of what is done with it
    #[arg(long)]
    name: String,
    /// What it may do
    #[arg(long)]
    role: RoleWord,
    #[command(flatten)]
    place: Place,
    /// An access key and a secret key, for signed requests and client-made tokens
    #[arg(long)]
    pair: bool,
    /// When it ends, as 2027-01-31T12:00:00Z [default: when it is revoked]
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// Recognises a retry: the same key and secret are told again
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// Where a key opens something.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// The project it is for, by name or id
    #[arg(long)]
    project: Option<String>,
    /// For every project, also those yet to come
    #[arg(long)]
    all_projects: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleWord {
    /// Reads
    Viewer,
    /// Reads, writes, makes snapshots, restores and clones
    Editor,
    /// All of it, and manages keys
    Admin,
}

#[derive(Deserialize)]
struct Answer {
    issued: Issued,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issued {
    api_key: ApiKey,
    token: Option<String>,
    access_key: Option<String>,
    secret_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiKey {
    id: String,
    name: String,
    role: String,
    project: Option<Project>,
    expires_at: Option<String>,
}

#[derive(Deserialize)]
struct Project {
    name: String,
}

impl Issue {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let project = match &self.place.project {
            None => Value::Null,
            Some(named) => json!(project::need(&client, named).await?.id),
        };
        let role = match self.role {
            RoleWord::Viewer => "VIEWER",
            RoleWord::Editor => "EDITOR",
            RoleWord::Admin => "ADMIN",
        };
        let input = json!({
            "name": self.name,
            "role": role,
            "projectId": project,
            "kind": if self.pair { "AK_SK" } else { "BEARER" },
            "expiresAt": self.expires,
            "idempotencyKey": self.idempotency_key,
        });
        let answer: Answer = client.ask(ISSUE, json!({ "input": input })).await?;
        answer.issued.print();
        Ok(())
    }
}

impl Issued {
    fn print(self) {
        let ApiKey {
            id,
            name,
            role,
            project,
            expires_at,
        } = self.api_key;
        let place = project.map_or_else(
            || "every project".to_owned(),
            |project| format!("project {:?}", project.name),
        );
        let end = expires_at.map_or_else(String::new, |end| format!(", until {end}"));
        println!("key {name:?}: {role} of {place}{end}");
        println!("  id {id}");
        let secrets = [
            ("token", self.token),
            ("access key", self.access_key),
            ("secret key", self.secret_key),
        ];
        let mut is_told = false;
        for (what, secret) in secrets {
            if let Some(secret) = secret {
                println!("  {what} {secret}");
                is_told = true;
            }
        }
        if is_told {
            eprintln!("keep the secret now: it is shown this once");
        } else {
            eprintln!(
                "the secret cannot be told again: the server has another sealing key since; \
                 revoke the key and issue another"
            );
        }
    }
}
