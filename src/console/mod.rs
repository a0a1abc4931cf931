//! The console and the playground: the files built in `console/`, held by the program itself and
//! served with a policy under which they can reach nothing but this server.
//!
//! No file holds data: all of it comes through the public API, with the caller's own key. Without
//! a build a small plain page stands in. Nothing here knows the ledger.

mod encoding;
mod files;
mod policy;
mod serving;

#[cfg(test)]
mod tests;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use files::File;
use policy::Policy;

/// The page of the console; it finds out by itself which one of its pages is meant.
const CONSOLE: &str = "index.html";
/// The page of the playground.
const PLAYGROUND: &str = "playground.html";
/// Files beside the pages that are named by no hash of theirs.
const BESIDE: [&str; 4] = ["theme.js", "icon.svg", "plain.js", "plain.css"];
/// Where the console has pages: each is a link that can be kept.
const PAGES: [&str; 8] = [
    "/datasets/{*rest}",
    "/snapshots/{*rest}",
    "/tasks/{*rest}",
    "/compare",
    "/events",
    "/tasks",
    "/keys",
    "/ledger",
];

/// What the console must know of its server before it asks for anything. Nothing in it is secret.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Whether anybody is let in only with a key.
    pub asks_for_key: bool,
    /// Whether files that items point to can be asked for.
    pub hands_out_media: bool,
}

/// The routes of the pages and of what they are made of; `/` is the server's.
pub fn routes(told: Told) -> Router {
    let pages = PAGES
        .iter()
        .fold(Router::new(), |routes, path| routes.route(path, get(page)));
    BESIDE
        .iter()
        .fold(pages, |routes, name| {
            let path = format!("/{name}");
            routes.route(&path, get(|headers: HeaderMap| beside(name, headers)))
        })
        .route("/assets/{name}", get(asset))
        .route("/playground", get(playground))
        .route("/console.json", get(move || async move { Json(told) }))
}

/// The console's first page for a browser; nothing for whoever asks for no page.
pub async fn front_page(headers: &HeaderMap) -> Option<Response> {
    let accept = headers.get(header::ACCEPT)?.to_str().ok()?;
    if !accept.contains("text/html") {
        return None;
    }
    Some(console(headers).await)
}

async fn page(headers: HeaderMap) -> Response {
    console(&headers).await
}

async fn console(headers: &HeaderMap) -> Response {
    match File::built(CONSOLE) {
        Some(file) => serving::answer(&file, Policy::Console, headers).await,
        None => serving::answer(&File::plain_page(), Policy::Console, headers).await,
    }
}

async fn playground(headers: HeaderMap) -> Response {
    match File::built(PLAYGROUND) {
        Some(file) => serving::answer(&file, Policy::Playground, &headers).await,
        None => serving::answer(&File::plain_page(), Policy::Console, &headers).await,
    }
}

/// Whatever a page loads by a name that holds the hash of what it is.
async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match File::built(&format!("assets/{name}")) {
        Some(file) => serving::answer(&file.immutable(), Policy::Console, &headers).await,
        None => (StatusCode::NOT_FOUND, "there is no such asset\n").into_response(),
    }
}

async fn beside(name: &str, headers: HeaderMap) -> Response {
    match File::plain(name).or_else(|| File::built(name)) {
        Some(file) => serving::answer(&file, Policy::Console, &headers).await,
        None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    }
}
