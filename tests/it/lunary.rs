//! The dialect of datasets with versions, as its SDK and a script beneath it speak it; and beside
//! other writers.

use serde_json::{Value, json};

use crate::harness::{Home, KEY, Server, run_python, text, within};

/// Items that each writer adds.
const EACH: usize = 25;

/// Asks the dialect what must succeed; answers its JSON.
async fn asked(server: &Server, method: reqwest::Method, path: &str, body: Value) -> Value {
    let address = format!("{}/v1/datasets-v2{path}", server.address);
    let request = server.http.request(method, address).bearer_auth(KEY);
    let answer = within("an answer", request.json(&body).send()).await;
    let answer = answer.expect("the server answers");
    let status = answer.status();
    let words = within("a body", answer.text()).await.expect("a body");
    assert!(status.is_success(), "{path}: {status} {words}");
    serde_json::from_str(&words).expect("JSON")
}

#[tokio::test]
async fn its_sdk_and_a_script_live_through_a_dataset_s_whole_life() {
    let home = Home::new();
    let server = home.start().await;
    run_python(&home, "lunary", &[&server.address, KEY]).await;
    server.stop().await;
}

#[tokio::test]
async fn beside_a_writer_of_graphql_no_item_is_lost_and_every_version_is_whole() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("penguins").await;
    let here = async {
        for number in 0..EACH {
            let body = json!({ "input": format!("here {number}") });
            let items = format!("/{dataset}/items");
            let item = asked(&server, reqwest::Method::POST, &items, body).await;
            let at = format!("{items}/{}", text(&item["id"]));
            let change = json!({ "groundTruth": "changed" });
            asked(&server, reqwest::Method::PATCH, &at, change).await;
        }
    };
    let elsewhere = async {
        for number in 0..EACH {
            let row = json!({ "key": format!("row-{number}"), "data": { "n": number } });
            server.commit(&dataset, vec![row], &[]).await;
        }
    };
    tokio::join!(here, elsewhere);
    let head = server.head(&dataset).await;
    assert_eq!(head["itemCount"], 2 * EACH);
    let get = reqwest::Method::GET;
    let whole = asked(&server, get.clone(), &format!("/{dataset}"), Value::Null).await;
    assert_eq!(whole["items"].as_array().expect("items").len(), 2 * EACH);
    let path = format!("/{dataset}/versions?limit=100");
    let listed = asked(&server, get.clone(), &path, Value::Null).await;
    let versions = listed["versions"].as_array().expect("versions");
    assert_eq!(versions.len(), 1 + 2 * EACH);
    for version in versions {
        let path = format!("/{dataset}/versions/{}", text(&version["id"]));
        let read = asked(&server, get.clone(), &path, Value::Null).await;
        let items = read["items"].as_array().expect("items");
        assert_eq!(version["itemCount"], items.len(), "{version}");
    }
    server.stop().await;
}
