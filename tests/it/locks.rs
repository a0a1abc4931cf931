//! While a restore runs: nothing is written, everything is read, and it can be called off.

use serde_json::{Value, json};

use crate::harness::{Home, Long, Server, Socket, item, line, reply};

/// How often something is tried until the restore was still running after it.
const ATTEMPTS_MAX: usize = 20;

/// A dataset whose restore to many items is a long one, on a server.
struct Held {
    server: Server,
    dataset: String,
    few: String,
    many: String,
}

impl Held {
    async fn on(home: &Home) -> Self {
        let server = home.start().await;
        let Long {
            dataset, few, many, ..
        } = server.long("locked").await;
        Self {
            server,
            dataset,
            few,
            many,
        }
    }

    /// Begins the restore to many items; answers its task as soon as it verifies.
    async fn verifying(&self) -> String {
        let document = "subscription ($id: ID!) { restoreProgress(datasetId: $id) { phase } }";
        let variables = json!({ "id": self.dataset });
        let mut socket = Socket::open(&self.server, document, variables).await;
        let target = json!({ "snapshotId": self.many });
        let task = self.server.begin_restore(&self.dataset, target).await;
        while socket.next().await["restoreProgress"]["phase"] != "VERIFYING" {}
        task
    }

    /// What comes of something that is done while a restore verifies.
    async fn meanwhile<T>(&self, done: impl AsyncFn() -> T) -> T {
        for _ in 0..ATTEMPTS_MAX {
            let task = self.verifying().await;
            let come = done().await;
            let was_running = self.phase(&task).await == "VERIFYING";
            let ended = self.server.task_end(&task).await;
            assert_eq!(ended["phase"], "COMPLETED", "{ended}");
            self.server.restore(&self.dataset, &self.few).await;
            if was_running {
                return come;
            }
        }
        panic!("every restore ended too soon");
    }

    /// Calls a restore off that verifies; answers its task.
    async fn called_off(&self, document: &str) -> String {
        for _ in 0..ATTEMPTS_MAX {
            let task = self.verifying().await;
            let answer = self.server.answer(document, json!({ "id": task })).await;
            if !answer.is_refused() {
                assert_eq!(self.phase(&task).await, "CANCELLED");
                return task;
            }
            assert_eq!(answer.error().code, "TASK_ENDED");
            self.server.restore(&self.dataset, &self.few).await;
        }
        panic!("every restore ended too soon");
    }

    async fn phase(&self, task: &str) -> Value {
        let document = "query ($id: ID!) { task(id: $id) { phase } }";
        let mut found = self.server.ask(document, json!({ "id": task })).await;
        found["task"]["phase"].take()
    }

    /// The code with which a mutation of the dataset is refused; none when it is done.
    async fn refusal(&self, verb: &str, input: &Value) -> Option<String> {
        let mut letters = verb.chars();
        let first = letters.next().expect("a verb").to_ascii_uppercase();
        let kind = format!("{first}{}Input", letters.as_str());
        let document = format!("mutation ($i: {kind}!) {{ {verb}(input: $i) {{ xactId }} }}");
        let mut input = input.clone();
        input["datasetId"] = json!(self.dataset);
        let answer = self.server.answer(&document, json!({ "i": input })).await;
        answer.is_refused().then(|| answer.error().code)
    }
}

#[tokio::test]
async fn nothing_is_written_while_a_restore_runs() {
    let home = Home::new();
    let held = Held::on(&home).await;
    for (verb, input, code) in [
        ("commitItems", json!({ "deletes": ["a"] }), "DATASET_LOCKED"),
        ("createSnapshot", json!({}), "OPERATION_RUNNING"),
        (
            "restoreSnapshot",
            json!({ "target": { "current": true } }),
            "OPERATION_RUNNING",
        ),
        (
            "beginOperation",
            json!({ "kind": "REINDEX" }),
            "OPERATION_RUNNING",
        ),
        ("deleteDataset", json!({}), "OPERATION_RUNNING"),
    ] {
        let refusal = held.meanwhile(async || held.refusal(verb, &input).await);
        assert_eq!(refusal.await.as_deref(), Some(code), "{verb}");
    }
    let upload = held.meanwhile(async || {
        let upload = held.server.upload(&held.dataset, "");
        reply(upload.body(line(1, 1))).await
    });
    let upload = upload.await;
    assert_eq!((upload.status, upload.code()), (409, "DATASET_LOCKED"));
    held.server
        .commit(&held.dataset, vec![item(0, 3)], &[])
        .await;
}

#[tokio::test]
async fn reads_see_the_state_before_while_a_restore_runs() {
    let home = Home::new();
    let held = Held::on(&home).await;
    let root = held.server.digest(&held.dataset).await;
    let head = held.meanwhile(async || held.server.head(&held.dataset).await);
    let head = head.await;
    assert_eq!(
        (&head["status"], &head["digest"]),
        (&json!("READ_ONLY"), &json!(root))
    );
    let export = held.meanwhile(async || held.server.export(&held.dataset, None).await);
    assert_eq!(export.await, line(0, 2));
    let items = held.meanwhile(async || held.server.items(&held.dataset, None).await);
    assert_eq!(items.await.len(), 1);
}

#[tokio::test]
async fn a_restore_called_off_while_verifying_leaves_everything_as_it_was() {
    let home = Home::new();
    let held = Held::on(&home).await;
    let root = held.server.digest(&held.dataset).await;
    let document = "mutation ($id: ID!) {
        cancelTask(input: { taskId: $id }) { task { phase } xactId }
    }";
    let task = held.called_off(document).await;
    let again = held.server.refused(document, json!({ "id": task })).await;
    assert_eq!(again.code, "TASK_ENDED");
    assert_eq!(held.server.task_end(&task).await["status"], "CANCELLED");
    let head = held.server.head(&held.dataset).await;
    assert_eq!(
        (&head["status"], &head["digest"]),
        (&json!("READY"), &json!(root))
    );
    held.server
        .commit(&held.dataset, vec![item(0, 3)], &[])
        .await;
}
