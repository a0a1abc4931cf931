//! What leads from one project to another: clones, comparisons, cursors. None of it may be a way
//! around the wall between them.

use serde_json::{Value, json};

use super::world::World;
use crate::auth::{Grants, Principal};
use crate::domain::values::Role;
use crate::graphql::tests::desk::{ada, text};

/// An editor of one project of the world.
fn editor_of(project: crate::domain::ids::ProjectId) -> Principal {
    Principal {
        grants: Grants::In(vec![(project, Role::Editor)]),
        ..Principal::administrator("someone", None)
    }
}

fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}

const CLONE: &str = "mutation($snapshot: ID!, $project: ID) {
    cloneSnapshot(input: { snapshotId: $snapshot, projectId: $project }) {
        xactId task { id } dataset { id } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_does_not_tell_where_it_came_from_to_those_for_whom_that_is_nowhere() {
    let world = World::made().await;
    let source = world.things(world.own).await;
    let variables = json!({ "snapshot": source["snapshot"], "project": world.other.to_string() });
    let made = world.asked(&ada(), CLONE, &variables).await;
    let made = &made["data"]["cloneSnapshot"];
    let look = "query($dataset: ID!, $task: ID!, $project: ID!) {
        dataset(id: $dataset) { id clonedFrom { id } clonedFromDataset { id } clonedFromXactId }
        task(id: $task) { id snapshot { id } dataset { id } }
        events(filter: { projectId: $project }, first: 500) {
            nodes { type data snapshot { id } dataset { id } } } }";
    let variables = json!({
        "dataset": made["dataset"]["id"], "task": made["task"]["id"],
        "project": world.other.to_string(),
    });
    let whole = world.asked(&ada(), look, &variables).await;
    assert_eq!(
        whole["data"]["dataset"]["clonedFrom"]["id"],
        source["snapshot"]
    );
    assert_eq!(whole["data"]["task"]["snapshot"]["id"], source["snapshot"]);
    assert!(whole.to_string().contains(&text(&source["dataset"])));

    let seen = world.asked(&editor_of(world.other), look, &variables).await;
    assert_eq!(code(&seen), None, "{seen}");
    assert_eq!(seen["data"]["dataset"]["id"], made["dataset"]["id"]);
    let nodes = |answer: &Value| answer["data"]["events"]["nodes"].as_array().map(Vec::len);
    assert_eq!(nodes(&seen), nodes(&whole), "the same events, telling less");
    for foreign in ["dataset", "snapshot", "project"] {
        let id = text(&source[foreign]);
        assert!(!seen.to_string().contains(&id), "{foreign}: {seen}");
    }
    assert_eq!(seen["data"]["dataset"]["clonedFromXactId"], Value::Null);

    let clones = "query($dataset: ID!, $snapshot: ID!) {
        dataset(id: $dataset) { clones { totalCount nodes { id } } }
        snapshot(id: $snapshot) { clones { totalCount nodes { id } } } }";
    for (who, expected) in [(ada(), 1), (editor_of(world.own), 0)] {
        let answer = world.asked(&who, clones, &source).await;
        for part in ["dataset", "snapshot"] {
            let clones = &answer["data"][part]["clones"];
            assert_eq!(clones["totalCount"], expected, "{answer}");
            assert_eq!(
                clones["nodes"].as_array().map(Vec::len),
                Some(expected),
                "{answer}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cloned_out_of_or_into_a_project_that_is_not_the_callers() {
    let world = World::made().await;
    let things = world.things(world.own).await;
    let nothing = world.nothing();
    let check = async |who: &Principal, variables: Value, unknown: Value| {
        let answer = world.asked(who, CLONE, &variables).await;
        assert_eq!(code(&answer), Some("NOT_FOUND"), "{answer}");
        assert_eq!(answer, world.asked(who, CLONE, &unknown).await);
    };
    let (own, other) = (world.own.to_string(), world.other.to_string());
    let snapshot = &things["snapshot"];
    check(
        &editor_of(world.own),
        json!({ "snapshot": snapshot, "project": other }),
        json!({ "snapshot": snapshot, "project": nothing["project"] }),
    )
    .await;
    for project in [&own, &other] {
        check(
            &editor_of(world.other),
            json!({ "snapshot": snapshot, "project": project }),
            json!({ "snapshot": nothing["snapshot"], "project": project }),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_version_or_cursor_of_another_project_opens_anything() {
    let world = World::made().await;
    let (foreign, own) = (
        world.things(world.own).await,
        world.things(world.other).await,
    );
    let who = editor_of(world.other);
    let items = "query($dataset: ID!, $after: String) {
        dataset(id: $dataset) { items(first: 1, after: $after) { pageInfo { endCursor } } } }";
    let page = world.asked(&ada(), items, &foreign).await;
    let cursor = page["data"]["dataset"]["items"]["pageInfo"]["endCursor"].clone();
    let diff = "query($from: ID!, $to: ID!, $after: String) {
        diff(from: { dataset: { id: $from } }, to: { dataset: { id: $to } }, first: 1,
            after: $after) { summary { added } pageInfo { endCursor } nodes { key } } }";
    let own_diff =
        |after: &Value| json!({ "from": own["dataset"], "to": own["dataset"], "after": after });
    let both = json!({ "from": foreign["snapshot"], "to": foreign["dataset"] });
    let wide = "query($from: ID!, $to: ID!) { diff(from: { snapshotId: $from },
        to: { dataset: { id: $to } }, first: 1) { pageInfo { endCursor } } }";
    let page = world.asked(&ada(), wide, &both).await;
    let diff_cursor = page["data"]["diff"]["pageInfo"]["endCursor"].clone();
    assert!(cursor.is_string() && diff_cursor.is_string(), "{page}");

    let at = "query($dataset: ID!, $snapshot: ID!, $foreign: ID!) { dataset(id: $dataset) {
        version(at: { snapshotId: $snapshot }) { xactId }
        other: version(at: { dataset: { id: $foreign } }) { xactId } } }";
    let preview = "query($dataset: ID!, $snapshot: ID!) {
        previewRestore(datasetId: $dataset, target: { snapshotId: $snapshot }) { added } }";
    let restore = "mutation($dataset: ID!, $snapshot: ID!) { restoreSnapshot(input: {
        datasetId: $dataset, target: { snapshotId: $snapshot } }) { xactId } }";
    let mixed = json!({
        "dataset": own["dataset"], "snapshot": foreign["snapshot"],
        "foreign": foreign["dataset"],
    });
    for (text, variables, expected) in [
        (
            items,
            json!({ "dataset": own["dataset"], "after": cursor }),
            "BAD_INPUT",
        ),
        (diff, own_diff(&diff_cursor), "BAD_INPUT"),
        (
            diff,
            json!({ "from": own["dataset"], "to": foreign["dataset"] }),
            "NOT_FOUND",
        ),
        (
            diff,
            json!({ "from": foreign["dataset"], "to": own["dataset"] }),
            "NOT_FOUND",
        ),
        (at, mixed.clone(), "NOT_FOUND"),
        (preview, mixed.clone(), "NOT_FOUND"),
        (restore, mixed, "NOT_FOUND"),
    ] {
        let answer = world.asked(&who, text, &variables).await;
        assert_eq!(code(&answer), Some(expected), "{text}: {answer}");
        assert!(!answer.to_string().contains("\"key\""), "{answer}");
    }
}
