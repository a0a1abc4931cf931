//! Work on a node that is long enough for something to happen in its middle: a restore that has
//! much to verify, an upload that does not end.

use futures_util::stream;
use serde_json::json;

use super::clients::made;
use super::deeds::Deed;
use super::writers::Writer;
use crate::harness::{Server, Socket, lines};

/// Items of a large dataset.
const ITEMS: u64 = 30_000;
/// Times that a restore is tried to be met in its middle.
const TRIES_MAX: usize = 5;
const WATCH: &str = "subscription ($id: ID!) { restoreProgress(datasetId: $id) { phase } }";

/// A dataset with a snapshot of nothing, and one of much.
pub struct Large {
    /// The dataset.
    pub dataset: String,
    few: String,
    many: String,
}

impl Large {
    /// A new one, empty as it is.
    pub async fn new(writer: &mut Writer, name: &str) -> Self {
        let name = name.to_owned();
        let created = writer.must(Deed::CreateDataset { name }).await;
        let dataset = made(&created.made, "/dataset/id");
        let few = snapshot(writer, &dataset, "few").await;
        let import = Deed::Import {
            dataset: dataset.clone(),
            items: ITEMS,
            edition: 1,
        };
        writer.must(import).await;
        let many = snapshot(writer, &dataset, "many").await;
        Self { dataset, few, many }
    }

    /// Begins the long restore at this node, and answers its task when it is in its middle, where
    /// `stop` stops it.
    pub async fn in_the_middle(
        &self,
        writer: &mut Writer,
        (node, server): (usize, &Server),
        stop: impl Fn(),
    ) -> String {
        for _ in 0..TRIES_MAX {
            let emptied = writer.must(self.restore(&self.few)).await;
            server.task_end(&made(&emptied.made, "/task/id")).await;
            let mut socket = Socket::open(server, WATCH, json!({ "id": self.dataset })).await;
            let begun = writer.perform_at(node, self.restore(&self.many)).await;
            let begun = begun.expect("the restore begins");
            let phase = loop {
                let phase = socket.next().await["restoreProgress"]["phase"].take();
                if phase != "QUEUED" {
                    break phase;
                }
            };
            let task = made(&begun.made, "/task/id");
            if phase == "VERIFYING" {
                stop();
                return task;
            }
            server.task_end(&task).await;
        }
        panic!("the restore is never met while it verifies");
    }

    fn restore(&self, snapshot: &str) -> Deed {
        Deed::Restore {
            dataset: self.dataset.clone(),
            snapshot: snapshot.to_owned(),
        }
    }
}

async fn snapshot(writer: &mut Writer, dataset: &str, name: &str) -> String {
    let create = Deed::CreateSnapshot {
        dataset: dataset.to_owned(),
        name: name.to_owned(),
    };
    made(&writer.must(create).await.made, "/snapshot/id")
}

/// The first half of an upload's body; the other never comes.
pub fn half_a_body() -> reqwest::Body {
    let chunks = stream::unfold(Some(lines(ITEMS, 2)), |half| async {
        match half {
            Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
            None => std::future::pending().await,
        }
    });
    reqwest::Body::wrap_stream(chunks)
}
