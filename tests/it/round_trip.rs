//! The whole way: a hundred thousand items in, a snapshot, a change, and back.

use serde_json::{Value, json};

use crate::harness::{ENDS, Home, Random, Server, Socket, item, line, lines, text, within};

/// Items in the dataset.
const ITEMS: u64 = 100_000;
/// What the watcher of a restore asks for.
const WATCH: &str = "subscription ($id: ID!) {
    restoreProgress(datasetId: $id) {
        id status phase error progress { done total percent }
    }
}";

/// Every push of one restore, to its end.
async fn course(socket: &mut Socket) -> Vec<Value> {
    let mut pushes = Vec::new();
    loop {
        let restore = socket.next().await["restoreProgress"].take();
        let is_end = ENDS.iter().any(|end| restore["phase"] == *end);
        pushes.push(restore);
        if is_end {
            return pushes;
        }
    }
}

/// Every phase in its order, steps that only rise, and a hundred percent at the end alone.
fn check_course(pushes: &[Value], steps: u64) {
    let mut phases: Vec<&str> = pushes
        .iter()
        .filter_map(|push| push["phase"].as_str())
        .collect();
    phases.dedup();
    assert_eq!(phases, ["QUEUED", "VERIFYING", "SWITCHING", "COMPLETED"]);
    let mut done_before = 0;
    for push in pushes {
        let progress = &push["progress"];
        let done = progress["done"].as_u64().expect("steps done");
        assert!(done >= done_before, "done went back: {pushes:?}");
        done_before = done;
        let is_whole = progress["percent"] == 100.0;
        assert_eq!(is_whole, push["phase"] == "COMPLETED", "{push}");
    }
    let last = &pushes[pushes.len() - 1];
    let expected = json!({ "done": steps, "total": steps, "percent": 100.0 });
    assert_eq!(last["progress"], expected);
    assert_eq!(last["status"], "COMPLETED");
}

/// A change of one percent: 600 items modified, 200 deleted, 200 new.
fn one_percent() -> String {
    let mut changes = String::new();
    for number in 0..600 {
        changes.push_str(&line(number * 100, 2));
    }
    for number in 0..200 {
        let key = text(&item(number * 300 + 1, 1)["key"]);
        changes.push_str(&json!({ "key": key, "delete": true }).to_string());
        changes.push('\n');
    }
    for number in ITEMS..ITEMS + 200 {
        changes.push_str(&line(number, 1));
    }
    changes
}

#[tokio::test]
async fn a_restore_brings_every_item_back_and_loses_nothing_of_what_came_after() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("a hundred thousand").await;
    let before = lines(ITEMS, 1);
    let imported = server.import(&dataset, "", before.clone()).await;
    assert_eq!(imported["added"], ITEMS, "{imported}");
    let root_before = server.digest(&dataset).await;
    let snapshot = server.snapshot(&dataset, "before the change").await;

    let changed = server
        .import(&dataset, "?message=one%20percent", one_percent())
        .await;
    let counts = ["added", "modified", "removed"].map(|count| changed[count].as_u64());
    assert_eq!(counts, [Some(200), Some(600), Some(200)]);
    let later_version = text(&changed["xactId"]);
    let later = server.export(&dataset, None).await;
    assert_ne!(later, before);

    let mut socket = Socket::open(&server, WATCH, json!({ "id": dataset })).await;
    let task = server
        .begin_restore(&dataset, json!({ "snapshotId": snapshot }))
        .await;
    let pushes = within("the restore", course(&mut socket)).await;
    assert!(pushes.iter().all(|push| push["id"] == task), "{pushes:?}");
    check_course(&pushes, 1_000);

    let head = server.head(&dataset).await;
    assert_eq!(head["digest"], root_before);
    assert_eq!(head["currentSnapshot"]["id"], snapshot);
    assert_eq!(
        (&head["isModified"], &head["status"]),
        (&json!(false), &json!("READY"))
    );
    assert!(
        server.export(&dataset, None).await == before,
        "an item differs after the restore"
    );
    assert!(
        server.export(&dataset, Some(&later_version)).await == later,
        "a later item is lost"
    );
    check_pages_of_a_version(&server, &dataset, &later_version, &later).await;
}

/// A stretch of a version by GraphQL is the same stretch of its export.
async fn check_pages_of_a_version(server: &Server, dataset: &str, version: &str, all: &str) {
    let document = "query ($id: ID!, $at: XactId!, $offset: BigInt!) {
        dataset(id: $id) {
            items(at: { xactId: $at }, offset: $offset, first: 500) { nodes { key kind data } }
        }
    }";
    let lines: Vec<&str> = all.lines().collect();
    let offset = Random::fresh().below(lines.len() as u64 - 500);
    let variables = json!({ "id": dataset, "at": version, "offset": offset });
    let found = server.ask(document, variables).await;
    let found = found["dataset"]["items"]["nodes"]
        .as_array()
        .expect("a page");
    assert_eq!(found.len(), 500);
    for (item, line) in found.iter().zip(&lines[offset as usize..]) {
        let line: Value = serde_json::from_str(line).expect("a line of the export");
        assert_eq!(*item, line);
    }
}
