//! Paging: every entry once, whatever is added meanwhile.

use serde_json::{Value, json};

use super::desk::{Desk, text};

#[tokio::test]
async fn pages_of_items_stay_at_the_version_where_paging_began() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let keys: Vec<String> = (0..25).map(|number| format!("k{number:02}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    desk.put(&id, &keys, json!(1)).await;
    let query = "query($id: ID!, $after: String) { dataset(id: $id) {
        items(first: 7, after: $after) { totalCount edges { cursor node { key } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
    let mut after = Value::Null;
    let mut seen = Vec::new();
    for page in 0.. {
        let data = desk.ask(query, json!({ "id": id, "after": after })).await;
        let items = &data["dataset"]["items"];
        assert_eq!(items["totalCount"], 25, "page {page}");
        assert_eq!(items["pageInfo"]["hasPreviousPage"], page > 0);
        let edges = items["edges"].as_array().expect("edges");
        seen.extend(edges.iter().map(|edge| text(&edge["node"]["key"])));
        assert_eq!(
            items["pageInfo"]["endCursor"],
            edges[edges.len() - 1]["cursor"]
        );
        if items["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = items["pageInfo"]["endCursor"].clone();
        // Between pages items come and go, in pages read and unread.
        let added = format!("k{page:02}x");
        desk.put(&id, &[&added, &format!("k{:02}", 24 - page)], json!(2))
            .await;
        let deletes = json!({ "datasetId": id, "deletes": [format!("k{:02}", 20 - page)] });
        desk.change("commitItems", deletes, "xactId").await;
    }
    assert_eq!(seen, keys);
}

#[tokio::test]
async fn items_are_paged_from_the_end_and_by_offset() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    desk.put(&id, &["a", "b", "c", "d", "e"], json!(1)).await;
    let query = "query($id: ID!, $last: Int, $before: String, $first: Int, $offset: BigInt) {
        dataset(id: $id) { items(last: $last, before: $before, first: $first, offset: $offset) {
            nodes { key } pageInfo { hasNextPage hasPreviousPage startCursor } } } }";
    let keys = |data: &Value| -> Vec<String> {
        let nodes = data["dataset"]["items"]["nodes"].as_array().expect("nodes");
        nodes.iter().map(|node| text(&node["key"])).collect()
    };
    let end = desk.ask(query, json!({ "id": id, "last": 2 })).await;
    assert_eq!(keys(&end), ["d", "e"]);
    let info = &end["dataset"]["items"]["pageInfo"];
    assert_eq!(
        (&info["hasNextPage"], &info["hasPreviousPage"]),
        (&json!(false), &json!(true))
    );
    let before = json!({ "id": id, "last": 2, "before": info["startCursor"] });
    assert_eq!(keys(&desk.ask(query, before).await), ["b", "c"]);
    let offset = json!({ "id": id, "first": 2, "offset": "3" });
    assert_eq!(keys(&desk.ask(query, offset).await), ["d", "e"]);
}

#[tokio::test]
async fn pages_of_datasets_neither_repeat_nor_skip_when_others_are_made() {
    let desk = Desk::set().await;
    for number in 0..10 {
        desk.dataset(&format!("d{number}")).await;
    }
    let table = [
        (json!(null), "d9,d8,d7,d6,d5,d4,d3,d2,d1,d0"),
        (
            json!({ "field": "NAME", "direction": "ASC" }),
            "d0,d1,d2,d3,d4,d5,d6,d7,d8,d9",
        ),
    ];
    for (order_by, expected) in table {
        let query = "query($after: String, $orderBy: DatasetOrder) {
            datasets(first: 3, after: $after, orderBy: $orderBy, filter: {nameContains: \"d\"}) {
                nodes { name } pageInfo { hasNextPage endCursor } } }";
        let mut after = Value::Null;
        let mut seen = Vec::new();
        for page in 0.. {
            let variables = json!({ "after": after, "orderBy": order_by });
            let data = desk.ask(query, variables).await["datasets"].take();
            seen.extend(
                data["nodes"]
                    .as_array()
                    .expect("nodes")
                    .iter()
                    .map(|n| text(&n["name"])),
            );
            if data["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = data["pageInfo"]["endCursor"].clone();
            let suffix = if order_by.is_null() { "new" } else { "newer" };
            // Newest first and a name before all others: both come before the page.
            desk.dataset(&format!("  !d {suffix} {page}")).await;
        }
        let seen: Vec<String> = seen
            .into_iter()
            .filter(|name| !name.contains('!'))
            .collect();
        assert_eq!(seen.join(","), expected);
    }
}
