//! The audit: what the example folds from events alone is what the server shows.

use serde_json::{Value, json};

use crate::harness::{Home, KEY, Random, Server, item, lines, text};

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../examples/audit_replay.rs"]
mod audit_replay;

use audit_replay::{Client, replay};

/// Things done to the datasets.
const STEPS: usize = 60;
/// Moments at which the audit is compared.
const MOMENTS: usize = 5;

/// Does something to one of the datasets, or makes another one.
async fn step(server: &Server, datasets: &mut Vec<(String, Vec<String>)>, random: &mut Random) {
    let chosen = random.below(datasets.len() as u64) as usize;
    let (dataset, snapshots) = &mut datasets[chosen];
    match random.below(10) {
        0..=4 => {
            let edition = random.below(50) as u32;
            let upserts = (0..random.below(8))
                .map(|_| item(random.below(60), edition))
                .collect();
            let deletes = format!("item-{:07}", random.below(60));
            server.commit(dataset, upserts, &[deletes.as_str()]).await;
        }
        5..=6 => {
            let name = format!("snapshot {}", random.next());
            snapshots.push(server.snapshot(dataset, &name).await);
        }
        7..=8 => {
            let Some(snapshot) = snapshots.get(random.below(5) as usize) else {
                return;
            };
            server.restore(dataset, snapshot).await;
        }
        _ => {
            let Some(snapshot) = snapshots.last() else {
                return;
            };
            let clone = server.clone_snapshot(snapshot, None).await;
            datasets.push((clone, Vec::new()));
        }
    }
}

/// What the example gives at this moment is what every dataset held then.
async fn check_moment(server: &Server, client: &Client, datasets: &[&str], moment: &str) {
    let replayed = replay(client, Some(moment))
        .await
        .expect("the log is consistent");
    for dataset in datasets {
        let document = "query ($id: ID!, $at: XactId!) {
            dataset(id: $id) { version(at: { xactId: $at }) { itemCount } }
        }";
        let variables = json!({ "id": dataset, "at": moment });
        let answer = server.answer(document, variables).await;
        let was_there = answer.body["data"]["dataset"]["version"] != Value::Null;
        let Some(items) = replayed.get(*dataset) else {
            assert!(
                !was_there,
                "{dataset} at {moment}: the audit does not know it"
            );
            continue;
        };
        assert_eq!(
            *items,
            server.items(dataset, Some(moment)).await,
            "{dataset} at {moment}"
        );
    }
}

#[tokio::test]
async fn the_audit_folds_from_events_alone_what_the_server_shows_at_any_moment() {
    let home = Home::new();
    let server = home.start().await;
    let mut random = Random::fresh();
    let mut datasets = vec![(server.dataset("audited").await, Vec::new())];
    // More than one page of changes.
    server.import(&datasets[0].0, "", lines(450, 1)).await;
    for _ in 0..STEPS {
        step(&server, &mut datasets, &mut random).await;
    }
    let deleted = server.dataset("deleted").await;
    server.commit(&deleted, vec![item(1, 1)], &[]).await;
    server.delete_dataset(&deleted).await;

    let client = Client::new(&server.address, KEY);
    let live: Vec<&str> = datasets
        .iter()
        .map(|(dataset, _)| dataset.as_str())
        .collect();
    let events = server.events("xactId").await;
    for _ in 0..MOMENTS {
        let chosen = random.below(events.len() as u64) as usize;
        check_moment(&server, &client, &live, &text(&events[chosen]["xactId"])).await;
    }
    let head = text(&events[events.len() - 1]["xactId"]);
    check_moment(&server, &client, &live, &head).await;
    let end = replay(&client, None).await.expect("the log is consistent");
    assert!(
        !end.contains_key(&deleted),
        "a deleted dataset is still there"
    );
    assert_eq!(end.len(), live.len());
}
