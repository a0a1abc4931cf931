//! A project as a person names it: by its name or its id.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::connection::Client;
use super::failure::{Done, Failure};

const BY_ID: &str = "query($id: ID!) { found: project(id: $id) { id } }";
const BY_NAME: &str = "query($name: String!) { found: project(name: $name) { id } }";

/// A project that is there.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Project {
    /// Its id.
    pub id: String,
}

#[derive(Deserialize)]
struct Found {
    found: Option<Project>,
}

/// The project of this name or id, which must be there.
pub(super) async fn need(client: &Client, named: &str) -> Done<Project> {
    let mut found: Found = client.ask(BY_NAME, json!({ "name": named })).await?;
    if found.found.is_none() && Uuid::try_parse(named).is_ok() {
        found = client.ask(BY_ID, json!({ "id": named })).await?;
    }
    found.found.ok_or_else(|| {
        Failure::with_hint(
            format!("there is no project {named:?}, at least not for this key"),
            "name one that you see, or leave --project out where that is allowed",
        )
    })
}
