//! `snapledger restore`: moves a dataset back to a snapshot or version, and shows how far it is.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bar;
use super::connection::{Client, Connection};
use super::dataset::{self, Dataset, nearest};
use super::failure::{Done, Failure};
use super::subscription::Subscription;

const BY_NAME: &str = "query($dataset: ID!, $name: String!) { \
    found: snapshotByName(datasetId: $dataset, name: $name) { id number name } }";
const OF_DATASET: &str = "query($dataset: ID!) { dataset(id: $dataset) { \
    snapshots(first: 500) { nodes { id number name } } } }";
const RESTORE: &str = "mutation($input: RestoreSnapshotInput!) { \
    begun: restoreSnapshot(input: $input) { task { id } } }";
const PROGRESS: &str = "subscription($task: ID!) { task: taskProgress(taskId: $task) { \
    phase error resultXactId summary { added removed modified unchanged } \
    progress { done total } } }";

/// Move a dataset back to a snapshot or version; the state before stays, and can be restored too
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("target").required(true)))]
pub(super) struct Restore {
    /// The snapshot, by name, id or number
    #[arg(group = "target")]
    snapshot: Option<String>,
    /// The version of this xact id
    #[arg(long, group = "target")]
    xact: Option<String>,
    /// The version of this time (RFC 3339)
    #[arg(long, group = "target")]
    at: Option<String>,
    /// The dataset, by name or id
    #[arg(long)]
    dataset: String,
    /// Name the state before by a snapshot
    #[arg(long)]
    safety_snapshot: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Clone, Deserialize)]
struct Snapshot {
    id: String,
    number: u64,
    name: String,
}

#[derive(Deserialize)]
struct Found {
    found: Option<Snapshot>,
}

#[derive(Deserialize)]
struct OfDataset {
    dataset: Option<WithSnapshots>,
}

#[derive(Deserialize)]
struct WithSnapshots {
    snapshots: Nodes,
}

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Snapshot>,
}

#[derive(Deserialize)]
struct Begun {
    begun: BegunTask,
}

#[derive(Deserialize)]
struct BegunTask {
    task: TaskId,
}

#[derive(Deserialize)]
struct TaskId {
    id: String,
}

#[derive(Deserialize)]
struct News {
    task: Task,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    phase: String,
    error: Option<String>,
    result_xact_id: Option<String>,
    summary: Option<Summary>,
    progress: Progress,
}

#[derive(Deserialize)]
struct Summary {
    added: u64,
    removed: u64,
    modified: u64,
    unchanged: u64,
}

#[derive(Deserialize)]
struct Progress {
    done: u64,
    /// None while it is not known yet.
    total: Option<u64>,
}

impl Restore {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let dataset = dataset::need(&client, &self.dataset).await?;
        let (target, named) = self.target(&client, &dataset).await?;
        let input = json!({
            "datasetId": dataset.id,
            "target": target,
            "safetySnapshot": self.safety_snapshot,
        });
        let begun: Begun = client.ask(RESTORE, json!({ "input": input })).await?;
        let task = begun.begun.task.id;
        let ended = follow(&client, &task)
            .await
            .map_err(|failure| unfollowed(&task, failure))?;
        match ended.phase.as_str() {
            "COMPLETED" => tell(&dataset, &named, &ended),
            phase => Err(Failure::with_hint(
                ended
                    .error
                    .unwrap_or_else(|| format!("the restore ended as {phase}")),
                format!("{} is as it was before", dataset.name),
            )),
        }
    }

    /// The target as GraphQL takes it, and in words.
    async fn target(&self, client: &Client, dataset: &Dataset) -> Done<(Value, String)> {
        match (&self.snapshot, &self.xact, &self.at) {
            (Some(named), _, _) => {
                let snapshot = need_snapshot(client, dataset, named).await?;
                let words = format!("snapshot {} ({:?})", snapshot.number, snapshot.name);
                Ok((json!({ "snapshotId": snapshot.id }), words))
            }
            (None, Some(xact), _) => Ok((json!({ "xactId": xact }), format!("version {xact}"))),
            (None, None, Some(at)) => Ok((json!({ "at": at }), format!("its state at {at}"))),
            (None, None, None) => Err(Failure::new("name a snapshot, --xact or --at")),
        }
    }
}

/// The snapshot of this name, id or number; without one, a failure that offers others.
async fn need_snapshot(client: &Client, dataset: &Dataset, named: &str) -> Done<Snapshot> {
    let question = json!({ "dataset": dataset.id, "name": named });
    let found: Found = client.ask(BY_NAME, question).await?;
    if let Some(snapshot) = found.found {
        return Ok(snapshot);
    }
    let id = Uuid::try_parse(named).map(|id| id.to_string());
    let number = named.trim_start_matches('#').parse::<u64>();
    let found: OfDataset = client
        .ask(OF_DATASET, json!({ "dataset": dataset.id }))
        .await?;
    let snapshots = found
        .dataset
        .map(|dataset| dataset.snapshots.nodes)
        .unwrap_or_default();
    let is_meant = |snapshot: &&Snapshot| {
        number.as_ref() == Ok(&snapshot.number) || id.as_ref() == Ok(&snapshot.id)
    };
    if let Some(snapshot) = snapshots.iter().find(is_meant) {
        return Ok(snapshot.clone());
    }
    let names: Vec<String> = snapshots
        .into_iter()
        .map(|snapshot| snapshot.name)
        .collect();
    let hint = match names.is_empty() {
        true => "it has none yet; make one with `snapledger snapshot`".to_owned(),
        false => format!("there are: {}", nearest(named, &names).join(", ")),
    };
    Err(Failure::with_hint(
        format!("{} has no snapshot {named:?}", dataset.name),
        hint,
    ))
}

/// Follows the task to its end, with a bar.
async fn follow(client: &Client, task: &str) -> Done<Task> {
    let mut news = Subscription::begin(client, PROGRESS, json!({ "task": task })).await?;
    let bar = bar::of_steps()?;
    let mut last = None;
    while let Some(News { task }) = news.next(client).await? {
        bar.set_length(task.progress.total.unwrap_or(0));
        bar.set_position(task.progress.done);
        bar.set_message(task.phase.clone());
        let before = last.as_ref().map(|last: &Task| last.phase.as_str());
        if before != Some(&task.phase) {
            let Progress { done, total } = task.progress;
            let total = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
            bar::say_unseen(&format!("{} {done}/{total}", task.phase));
        }
        last = Some(task);
    }
    bar.finish_and_clear();
    news.end().await;
    last.ok_or_else(|| Failure::new("the server told nothing of the restore"))
}

fn unfollowed(task: &str, failure: Failure) -> Failure {
    Failure::with_hint(
        format!(
            "the restore was begun, but cannot be followed: {}",
            failure.message
        ),
        format!("it goes on; ask for it with {{ task(id: \"{task}\") {{ phase error }} }}"),
    )
}

fn tell(dataset: &Dataset, named: &str, ended: &Task) -> Done {
    println!("restored {} to {named}", dataset.name);
    if let Some(Summary {
        added,
        removed,
        modified,
        unchanged,
    }) = &ended.summary
    {
        println!("  {added} added, {removed} removed, {modified} modified, {unchanged} unchanged");
    }
    if let Some(xact) = &ended.result_xact_id {
        println!("  version {xact}");
    }
    Ok(())
}
