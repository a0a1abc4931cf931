//! Many callers at the same moment: one makes what all ask for, and nobody's change is lost.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Desk, text};
use crate::domain::ids::DatasetId;
use crate::domain::values::OperationKind;
use crate::rest::tests::served::Served;

/// Callers at a time.
const CALLERS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn all_who_ask_for_one_name_get_the_same_object() {
    let desk = Desk::open().await;
    for round in 0..4 {
        let name = format!("shards {round}");
        let project = json!({"name": name});
        let asked = (0..CALLERS).map(|_| desk.post("/v1/project", project.clone()));
        let projects = join_all(asked).await;
        assert!(
            projects.iter().all(|one| *one == projects[0]),
            "{projects:?}"
        );
        let new = json!({"project_id": projects[0]["id"], "name": name});
        let asked = (0..CALLERS).map(|_| desk.post("/v1/dataset", new.clone()));
        let datasets = join_all(asked).await;
        assert!(
            datasets.iter().all(|one| *one == datasets[0]),
            "{datasets:?}"
        );
        let new = json!({"project_name": format!("{name} registered"), "dataset_name": name});
        let asked = (0..CALLERS).map(|_| desk.post("/api/dataset/register", new.clone()));
        let found = join_all(asked).await;
        let made = found.iter().filter(|one| one["found_existing"] == false);
        assert_eq!(made.count(), 1, "{found:?}");
        assert!(
            found
                .iter()
                .all(|one| one["dataset"] == found[0]["dataset"])
        );
    }
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_metadata_that_many_change_are_all_kept() {
    let desk = Desk::open().await;
    let at = format!("/v1/dataset/{}", desk.dataset("penguins").await);
    let patches = (0..CALLERS).map(|number| {
        let member = format!("m{number}");
        let patch = json!({"metadata": {member: number, "nested": {format!("n{number}"): true}}});
        desk.ask("PATCH", &at, patch)
    });
    for (status, told) in join_all(patches).await {
        assert_eq!(status, 200, "{told}");
    }
    let metadata = desk.get(&at).await["metadata"].take();
    for number in 0..CALLERS {
        assert_eq!(metadata[format!("m{number}")], json!(number), "{metadata}");
        assert_eq!(metadata["nested"][format!("n{number}")], true, "{metadata}");
    }
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_and_restores_that_meet_wait_for_each_other() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let row = |n: usize| json!([{"id": format!("r{n}"), "input": n}]);
    desk.insert(&dataset, row(0)).await;
    let first = desk.head().await;
    let restore = format!("/v1/dataset/{dataset}/restore");
    let insert = format!("/v1/dataset/{dataset}/insert");
    let restores = (0..6).map(|_| desk.ask("POST", &restore, json!({"version": first})));
    let inserts = (1..9).map(|n| desk.ask("POST", &insert, json!({"events": row(n)})));
    let (restored, inserted) = tokio::join!(join_all(restores), join_all(inserts));
    for (status, told) in restored.into_iter().chain(inserted) {
        assert_eq!(status, 200, "{told}");
    }
    let (status, told) = desk.ask("POST", &restore, json!({"version": first})).await;
    assert_eq!(status, 200, "{told}");
    let ids: Vec<String> = desk
        .rows(&dataset, Value::Null)
        .await
        .iter()
        .map(|row| text(&row["id"]))
        .collect();
    assert_eq!(ids, ["r0"]);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_would_change_nothing_meets_what_runs_all_the_same() {
    let desk = Desk::open().await;
    let id = desk.dataset("penguins").await;
    let restore = format!("/v1/dataset/{id}/restore");
    let present = json!({"version": desk.head().await});
    let told = desk.post(&restore, present.clone()).await;
    assert_eq!(told["xact_id"], Value::Null, "{told}");
    let dataset = DatasetId(id.parse().expect("an id"));
    let (ledger, ada) = (desk.served.ledger(), Served::ada());
    let begun = ledger.begin_operation(&ada, dataset, OperationKind::Enrichment);
    begun.await.expect("an operation begins");
    let (status, told) = desk.ask("POST", &restore, present).await;
    assert_eq!(status, 409, "{told}");
    desk.close().await;
}
