//! `snapledger log`: prints the ledger's events, and goes on with new ones.

use serde::Deserialize;
use serde_json::{Value, json};

use super::connection::Connection;
use super::dataset;
use super::failure::{Done, Failure};
use super::subscription::Subscription;

const EVENTS: &str = "subscription($after: XactId, $filter: EventFilter) { \
    batch: events(after: $after, filter: $filter) { checkpoint caughtUp events { \
        xactId type stream revision recordedAt actor correlationId data \
        dataset { name } } } }";

/// Print what happened, one line an event, and follow what happens
#[derive(clap::Args)]
pub(super) struct Log {
    /// Only after this xact id; from the first event if absent
    #[arg(long)]
    after: Option<String>,
    /// Only of this dataset, by name or id
    #[arg(long)]
    dataset: Option<String>,
    /// Print each event as a JSON object
    #[arg(long)]
    json: bool,
    /// End at the last event instead of waiting for the next
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Deserialize)]
struct News {
    batch: Batch,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    checkpoint: String,
    caught_up: bool,
    events: Vec<Value>,
}

impl Log {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let filter = match &self.dataset {
            Some(named) => {
                let dataset = dataset::need(&client, named).await?;
                json!({ "datasetIds": [dataset.id] })
            }
            None => Value::Null,
        };
        let variables = json!({ "after": self.after, "filter": filter });
        let mut news = Subscription::begin(&client, EVENTS, variables).await?;
        let mut checkpoint = self.after.clone();
        loop {
            let next = news.next::<News>(&client).await;
            let next = next.map_err(|failure| resumable(checkpoint.as_deref(), failure))?;
            let Some(News { batch }) = next else { break };
            for event in &batch.events {
                println!(
                    "{}",
                    if self.json {
                        event.to_string()
                    } else {
                        line(event)
                    }
                );
            }
            checkpoint = Some(batch.checkpoint);
            if self.once && batch.caught_up {
                news.end().await;
                return Ok(());
            }
        }
        let ended = Failure::new("the server ended the subscription");
        Err(resumable(checkpoint.as_deref(), ended))
    }
}

/// A failure that says where to go on.
fn resumable(checkpoint: Option<&str>, failure: Failure) -> Failure {
    let Some(checkpoint) = checkpoint else {
        return failure;
    };
    let go_on = format!("go on where it ended with --after {checkpoint}");
    let hint = match failure.hint {
        Some(hint) => format!("{hint}; {go_on}"),
        None => go_on,
    };
    Failure::with_hint(failure.message, hint)
}

/// An event on one line: when, what, of which dataset, by whom.
fn line(event: &Value) -> String {
    let text = |name: &str| event[name].as_str().unwrap_or("-").to_owned();
    let of = event["dataset"]["name"]
        .as_str()
        .map_or_else(|| text("stream"), str::to_owned);
    format!(
        "{}  {}  {:<18} {of}  by {}",
        text("xactId"),
        text("recordedAt"),
        text("type"),
        text("actor")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_with_its_dataset_or_its_stream() {
        let event = json!({
            "xactId": "1000192656880881665", "recordedAt": "2026-01-31T12:00:00Z",
            "type": "SnapshotCreated", "stream": "dataset-7", "actor": "ada",
            "dataset": { "name": "penguins" },
        });
        let expected =
            "1000192656880881665  2026-01-31T12:00:00Z  SnapshotCreated    penguins  by ada";
        assert_eq!(line(&event), expected);
        let event = json!({ "type": "LedgerFounded", "stream": "ledger", "dataset": null });
        assert!(line(&event).contains("LedgerFounded      ledger"));
    }

    #[test]
    fn a_broken_log_says_where_to_go_on() {
        let failure = resumable(Some("7"), Failure::new("gone"));
        assert!(failure.hint.is_some_and(|hint| hint.contains("--after 7")));
        assert_eq!(resumable(None, Failure::new("gone")).hint, None);
    }
}
