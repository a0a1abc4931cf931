//! Nodes that share one log in PostgreSQL, each with a link of its own to the database.

use std::net::SocketAddr;

use super::crowd::Crowd;
use super::postgres::Database;
use crate::harness::{Home, Link, Node, Random, Server};

/// Nodes on one log.
pub struct Cluster {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The link of each to the database.
    pub backs: Vec<Link>,
}

impl Cluster {
    /// Nodes on empty folders, none of them started.
    pub async fn new(count: usize, database: &Database<'_>, port: u16) -> Self {
        let mut cluster = Self {
            nodes: Vec::new(),
            backs: Vec::new(),
        };
        for _ in 0..count {
            cluster.add(Home::new(), database, port).await;
        }
        cluster
    }

    /// One more node, on this folder.
    pub async fn add(&mut self, home: Home, database: &Database<'_>, port: u16) {
        let back = Link::to(SocketAddr::from(([127, 0, 0, 1], port))).await;
        let log = database.tcp_url(back.near().port());
        let node = Node::on(home, vec!["--log".to_owned(), log]).await;
        self.nodes.push(node);
        self.backs.push(back);
    }

    /// Starts all nodes, and waits until they are ready.
    pub async fn start(&mut self) {
        for node in &mut self.nodes {
            node.start().await;
        }
    }

    /// All clients of a story, at work on all these nodes, one of which must run.
    pub async fn crowd(&self, random: &mut Random) -> Crowd {
        let addresses = self.nodes.iter().map(Node::address);
        Crowd::begin(addresses.collect(), random).await
    }

    /// The servers, all of which must run.
    pub fn servers(&self) -> Vec<&Server> {
        self.nodes.iter().map(Node::server).collect()
    }
}
