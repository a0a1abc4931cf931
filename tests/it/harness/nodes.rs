//! A node with a stable address: a server behind a link, killed, frozen and started as a story
//! wants it.

use super::{Home, Link, Server};

/// A node. Between two starts nobody listens behind its link.
pub struct Node {
    // Before its folder: a server that a failed story leaves behind shows its words from there.
    server: Option<Server>,
    /// Its folder.
    pub home: Home,
    /// The link by which clients reach it.
    pub front: Link,
    flags: Vec<String>,
}

impl Node {
    /// A node on this folder, not started yet; `flags` are those of `serve`.
    pub async fn on(home: Home, flags: Vec<String>) -> Self {
        // The far end is told at each start.
        let nowhere = "127.0.0.1:9".parse().expect("an address");
        Self {
            home,
            front: Link::to(nowhere).await,
            flags,
            server: None,
        }
    }

    /// Where clients reach it, through all its starts.
    pub fn address(&self) -> String {
        format!("http://{}", self.front.near())
    }

    /// Starts it, and waits until it is ready.
    pub async fn start(&mut self) {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        let server = self.home.start_with(&flags).await;
        let far = server.address.trim_start_matches("http://").parse();
        self.front.lead_to(far.expect("its port"));
        self.server = Some(server);
    }

    /// The server, which must run: for questions that no link is between.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the node runs")
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.server.take().expect("the node runs").kill();
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(&mut self) {
        self.server.take().expect("the node runs").stop().await;
    }
}
