//! Datasets: made, found, changed, listed, deleted.

use serde_json::json;

use super::desk::{Desk, ada, text};
use crate::auth::{Grants, Principal};
use crate::domain::ids::ProjectId;
use crate::domain::values::Role;

#[tokio::test]
async fn a_dataset_is_made_with_its_first_snapshot_and_found_by_id_and_name() {
    let desk = Desk::set().await;
    let wanted = "xactId dataset { id name description metadata owner status snapshotsEnabled
        itemCount isModified viewerRole project { name } currentSnapshot { number reason isCurrent }
        activeOperation { id } activeTask { id } clonedFrom { id } deletedAt }";
    let input = json!({ "name": " Penguins ", "description": "344 birds", "metadata": { "b": 1 } });
    let made = desk.change("createDataset", input, wanted).await;
    let dataset = &made["dataset"];
    assert_eq!(dataset["name"], "Penguins");
    assert_eq!(dataset["metadata"], json!({ "b": 1 }));
    assert_eq!(
        (&dataset["owner"], &dataset["status"]),
        (&json!("ada"), &json!("READY"))
    );
    assert_eq!(dataset["project"]["name"], "default");
    assert_eq!(dataset["viewerRole"], "ADMIN");
    assert_eq!(dataset["itemCount"], 0);
    assert_eq!(dataset["isModified"], false);
    let first = json!({ "number": 1, "reason": "CREATION", "isCurrent": true });
    assert_eq!(dataset["currentSnapshot"], first);
    for absent in ["activeOperation", "activeTask", "clonedFrom", "deletedAt"] {
        assert!(dataset[absent].is_null(), "{absent}");
    }
    let found = "query($id: ID!) { dataset(id: $id) { name } node(id: $id) { id __typename }
        datasetByName(name: \"PENGUINS\") { id } }";
    let found = desk.ask(found, json!({ "id": dataset["id"] })).await;
    assert_eq!(found["dataset"]["name"], "Penguins");
    assert_eq!(found["node"]["__typename"], "Dataset");
    assert_eq!(found["datasetByName"]["id"], dataset["id"]);
}

#[tokio::test]
async fn a_dataset_is_renamed_deleted_and_then_found_no_more() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let input = json!({ "datasetId": id, "name": "birds", "description": "all of them" });
    let changed = desk
        .change("updateDataset", input, "dataset { name description }")
        .await;
    assert_eq!(
        changed["dataset"],
        json!({ "name": "birds", "description": "all of them" })
    );
    assert_eq!(
        desk.code_of("updateDataset", json!({ "datasetId": id }))
            .await,
        "NOTHING_TO_UPDATE"
    );
    assert_eq!(
        desk.code_of("createDataset", json!({ "name": "BIRDS" }))
            .await,
        "NAME_TAKEN"
    );
    let input = json!({ "datasetId": id });
    let deleted = desk
        .change("deleteDataset", input, "xactId dataset { id deletedAt }")
        .await;
    assert!(deleted["dataset"]["deletedAt"].is_string());
    let found = "query($id: ID!) { dataset(id: $id) { id } node(id: $id) { id }
        datasets { totalCount nodes { id } } snapshots { totalCount } }";
    let found = desk.ask(found, json!({ "id": id })).await;
    assert!(found["dataset"].is_null() && found["node"].is_null());
    assert_eq!(found["datasets"], json!({ "totalCount": 0, "nodes": [] }));
    assert_eq!(found["snapshots"]["totalCount"], 0);
    assert_eq!(
        desk.code_of("deleteDataset", json!({ "datasetId": id }))
            .await,
        "NOT_FOUND"
    );
    desk.dataset("birds").await;
}

#[tokio::test]
async fn datasets_are_filtered_and_sorted() {
    let desk = Desk::set().await;
    let a = desk.dataset("alpha penguins").await;
    let _b = desk.dataset("beta gulls").await;
    let _c = desk.dataset("gamma PENGUINS").await;
    desk.put(&a, &["x"], json!(1)).await;
    let query = "query($filter: DatasetFilter, $orderBy: DatasetOrder) {
        datasets(filter: $filter, orderBy: $orderBy) { totalCount nodes { name } } }";
    let table = [
        (
            json!({}),
            json!({ "field": "NAME", "direction": "ASC" }),
            "alpha,beta,gamma",
        ),
        (
            json!({}),
            json!({ "field": "CREATED_AT", "direction": "DESC" }),
            "gamma,beta,alpha",
        ),
        (json!({}), json!(null), "gamma,beta,alpha"),
        (
            json!({ "nameContains": "penguin" }),
            json!(null),
            "gamma,alpha",
        ),
        (json!({ "modified": true }), json!(null), "alpha"),
        (json!({ "statuses": ["DRAFT"] }), json!(null), ""),
        (
            json!({}),
            json!({ "field": "ITEM_COUNT", "direction": "DESC" }),
            "alpha",
        ),
    ];
    for (filter, order_by, expected) in table {
        let variables = json!({ "filter": filter, "orderBy": order_by });
        let data = desk.ask(query, variables.clone()).await;
        let nodes = data["datasets"]["nodes"].as_array().expect("nodes");
        let names: Vec<String> = nodes.iter().map(|node| text(&node["name"])).collect();
        let words = names.iter().filter_map(|name| name.split(' ').next());
        let found = words.collect::<Vec<_>>().join(",");
        assert!(found.starts_with(expected), "{variables}: {found}");
        assert_eq!(data["datasets"]["totalCount"], nodes.len(), "{variables}");
    }
}

#[tokio::test]
async fn what_is_in_another_project_does_not_exist() {
    let desk = Desk::set().await;
    let dataset = desk.dataset("penguins").await;
    let input = json!({ "name": "Zoo", "externalId": "z-1" });
    let zoo = desk
        .change("createProject", input, "project { id name externalId }")
        .await;
    let zoo = text(&zoo["project"]["id"]);
    let project: ProjectId = zoo.parse().expect("an id");
    let bob = |role| Principal {
        grants: Grants::In(vec![(project, role)]),
        ..Principal::administrator("bob", None)
    };
    let query = "query($id: ID!) { dataset(id: $id) { id } node(id: $id) { id }
        datasets { totalCount } projects { nodes { name } } project(externalId: \"z-1\") { id }
        other: project { id } viewer { subject roles { role project { name } } }
        events { nodes { type } } }";
    let answer = desk
        .response(&bob(Role::Viewer), query, json!({ "id": dataset }))
        .await;
    let data = &answer["data"];
    assert!(data["dataset"].is_null() && data["node"].is_null() && data["other"].is_null());
    assert_eq!(data["datasets"]["totalCount"], 0);
    assert_eq!(data["projects"]["nodes"], json!([{ "name": "Zoo" }]));
    assert_eq!(data["project"]["id"], json!(zoo));
    let roles = json!([{ "role": "VIEWER", "project": { "name": "Zoo" } }]);
    assert_eq!(data["viewer"], json!({ "subject": "bob", "roles": roles }));
    assert_eq!(
        data["events"]["nodes"],
        json!([{ "type": "ProjectCreated" }])
    );

    let make = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { xactId } }";
    let into = |project: &str| json!({ "input": { "name": "own", "projectId": project } });
    let table = [
        (Role::Viewer, zoo.clone(), "FORBIDDEN"),
        (
            Role::Editor,
            desk.house.ledger.default_project().to_string(),
            "NOT_FOUND",
        ),
    ];
    for (role, project, code) in table {
        let answer = desk.response(&bob(role), make, into(&project)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
    }
    let answer = desk.response(&bob(Role::Editor), make, into(&zoo)).await;
    assert!(
        answer["data"]["createDataset"]["xactId"].is_string(),
        "{answer}"
    );
    let delete = "mutation($id: ID!) { deleteDataset(input: {datasetId: $id}) { xactId } }";
    let answer = desk
        .response(&bob(Role::Editor), delete, json!({ "id": dataset }))
        .await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert!(
        desk.response(&ada(), query, json!({ "id": dataset })).await["data"]["dataset"].is_object()
    );
}
