//! Items: put, deleted, read at any version, compared.

use serde_json::json;

use super::desk::{Desk, text};

#[tokio::test]
async fn items_are_read_at_the_head_and_at_every_version_before() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a", "b"], json!(1)).await;
    let second = desk.put(&id, &["b", "c"], json!(2)).await;
    let deletes = json!({ "datasetId": id, "deletes": ["a", "nobody"] });
    let wanted = "summary { added removed modified unchanged } dataset { itemCount isModified }";
    let deleted = desk.change("commitItems", deletes, wanted).await;
    let summary = json!({ "added": 0, "removed": 1, "modified": 0, "unchanged": 2 });
    assert_eq!(deleted["summary"], summary);
    assert_eq!(
        deleted["dataset"],
        json!({ "itemCount": 2, "isModified": true })
    );

    let one = |key: &str, value| (key.to_owned(), json!(value));
    assert_eq!(
        desk.items(&id, json!(null)).await,
        [one("b", 2), one("c", 2)]
    );
    let at = |xact: &str| json!({ "xactId": xact });
    assert_eq!(
        desk.items(&id, at(&first)).await,
        [one("a", 1), one("b", 1)]
    );
    let expected = [one("a", 1), one("b", 2), one("c", 2)];
    assert_eq!(desk.items(&id, at(&second)).await, expected);

    let query = "query($id: ID!, $at: VersionRef) { dataset(id: $id) {
        now: item(key: \"a\") { key } then: item(key: \"a\", at: $at) { key kind data digest }
        version(at: $at) { xactId kind actor itemCount }
        versions { totalCount nodes { kind xactId message summary { added } snapshots { number } } }
    } }";
    let data = desk.ask(query, json!({ "id": id, "at": at(&first) })).await;
    let dataset = &data["dataset"];
    assert!(dataset["now"].is_null());
    assert_eq!(dataset["then"]["data"], json!({ "value": 1 }));
    assert_eq!(dataset["then"]["digest"].as_str().map(str::len), Some(64));
    let version = json!({ "xactId": first, "kind": "COMMITTED", "actor": "ada", "itemCount": 2 });
    assert_eq!(dataset["version"], version);
    assert_eq!(dataset["versions"]["totalCount"], 4);
    let nodes = dataset["versions"]["nodes"].as_array().expect("versions");
    assert_eq!(nodes[3]["kind"], "CREATED");
    assert_eq!(nodes[3]["snapshots"], json!([{ "number": 1 }]));
    assert_eq!(nodes[2]["summary"], json!({ "added": 2 }));
}

#[tokio::test]
async fn items_keep_their_kind_media_and_numbers() {
    let desk = Desk::set().await;
    let id = desk.dataset("media").await;
    let media =
        json!({ "uri": "s3://x/y.png", "mimeType": "image/png", "byteSize": 12, "digest": "d" });
    let data = json!({ "big": u64::MAX, "half": 0.5, "deep": [null, { "ü": "\u{1}" }] });
    let input = json!({ "datasetId": id, "message": "two", "upserts": [
        { "key": "i", "kind": "IMAGE", "data": data, "media": media },
        { "key": "v", "kind": "VIDEO", "data": {} },
        { "data": { "made": true } },
    ] });
    desk.change("commitItems", input, "xactId").await;
    let query = "query($id: ID!) { dataset(id: $id) { itemCount imageCount videoCount
        images: items(kind: IMAGE) { totalCount nodes { kind data
            media { uri mimeType byteSize digest } } }
        records: items(kind: RECORD) { totalCount nodes { key } }
        begun: items(keyPrefix: \"v\") { totalCount nodes { key } } } }";
    let found = desk.ask(query, json!({ "id": id })).await;
    let found = &found["dataset"];
    assert_eq!(
        (&found["itemCount"], &found["imageCount"]),
        (&json!(3), &json!(1))
    );
    let image = json!({ "kind": "IMAGE", "data": data, "media": media });
    assert_eq!(
        found["images"],
        json!({ "totalCount": 1, "nodes": [image] })
    );
    assert_eq!(found["records"]["totalCount"], 1);
    assert_eq!(text(&found["records"]["nodes"][0]["key"]).len(), 36);
    assert_eq!(
        found["begun"],
        json!({ "totalCount": 1, "nodes": [{ "key": "v" }] })
    );
}

#[tokio::test]
async fn two_versions_are_compared() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a", "b", "c"], json!(1)).await;
    desk.put(&id, &["b", "d"], json!(2)).await;
    desk.change(
        "commitItems",
        json!({ "datasetId": id, "deletes": ["a"] }),
        "xactId",
    )
    .await;
    let query =
        "query($from: VersionRef!, $to: VersionRef!, $kinds: [ChangeKind!], $after: String) {
        diff(from: $from, to: $to, kinds: $kinds, first: 2, after: $after) {
            summary { added removed modified unchanged } from { itemCount } to { itemCount }
            nodes { key change before { data } after { data } }
            pageInfo { hasNextPage endCursor } } }";
    let from = json!({ "dataset": { "id": id, "xactId": first } });
    let to = json!({ "dataset": { "id": id } });
    let data = desk.ask(query, json!({ "from": from, "to": to })).await;
    let diff = &data["diff"];
    let summary = json!({ "added": 1, "removed": 1, "modified": 1, "unchanged": 1 });
    assert_eq!(diff["summary"], summary);
    let value = |value: i32| json!({ "data": { "value": value } });
    let expected = json!([
        { "key": "a", "change": "REMOVED", "before": value(1), "after": null },
        { "key": "b", "change": "MODIFIED", "before": value(1), "after": value(2) },
    ]);
    assert_eq!(diff["nodes"], expected);
    assert_eq!(diff["pageInfo"]["hasNextPage"], true);

    // The dataset moves on; the pages do not.
    desk.put(&id, &["e"], json!(3)).await;
    let after = &diff["pageInfo"]["endCursor"];
    let rest = desk
        .ask(query, json!({ "from": from, "to": to, "after": after }))
        .await;
    let expected = json!([{ "key": "d", "change": "ADDED", "before": null, "after": value(2) }]);
    assert_eq!(rest["diff"]["nodes"], expected);
    assert_eq!(rest["diff"]["pageInfo"]["hasNextPage"], false);

    let removed = json!({ "from": from, "to": to, "kinds": ["REMOVED"] });
    let removed = desk.ask(query, removed).await;
    assert_eq!(removed["diff"]["nodes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_that_tells_the_current_one() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a"], json!(1)).await;
    let second = desk.put(&id, &["a"], json!(2)).await;
    let text = "mutation($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }";
    let input = |version: &str| json!({ "input": { "datasetId": id, "ifVersion": version } });
    let refused = desk.refused(text, input(&first)).await;
    assert_eq!(refused["code"], "VERSION_CONFLICT");
    assert_eq!(refused["currentXactId"], json!(second));
    assert_eq!(refused["retryable"], false);
    desk.ask(text, input(&second)).await;
}
