//! What others wrote, and callers without a credential.

use serde_json::{Value, json};

use super::shapes::texts;
use super::{ROOT, done, made};
use crate::domain::ids::DatasetId;
use crate::ledger::{ItemKind, NewCommit, NewItem, VersionSpec};
use crate::rest::tests::served::{KEY, Served};

#[tokio::test(flavor = "multi_thread")]
async fn items_of_other_writers_have_ids_and_keep_what_this_api_does_not_know() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    let id: DatasetId = path
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let data = json!({ "input": { "q": [1] }, "expected": "e", "tags": ["x"] });
    let item = |key: &str, data: &Value| NewItem {
        key: Some(key.to_owned()),
        kind: ItemKind::Image,
        data: data.clone(),
        media: None,
    };
    let commit = NewCommit {
        upserts: vec![
            item("row-1", &data),
            item("row-2", &json!({ "species": "Adelie" })),
        ],
        ..NewCommit::default()
    };
    served
        .ledger()
        .commit_items(&Served::ada(), id, commit)
        .await
        .expect("a commit");
    // Nothing was shown yet, so the key is looked for.
    let one = uuid::Uuid::new_v5(&id.0, b"row-1");
    let one_at = format!("{path}/items/{one}");
    let read = done(&served, ("GET", &one_at, 200), None).await;
    assert_eq!(
        (&read["id"], &read["input"], &read["groundTruth"]),
        (&json!(one), &json!("{\"q\":[1]}"), &json!("e"))
    );
    let change = json!({ "output": "o" });
    done(&served, ("PATCH", &one_at, 200), Some(&change)).await;
    let reads = served.ledger().reads(&Served::ada().principal);
    let version = reads
        .version(VersionSpec::Head(id))
        .await
        .expect("a version");
    let kept = reads
        .item(&version, "row-1")
        .expect("a read")
        .expect("an item");
    assert_eq!(kept.kind, ItemKind::Image);
    assert_eq!(
        (
            &kept.data["input"],
            &kept.data["tags"],
            &kept.data["output"]
        ),
        (&data["input"], &data["tags"], &json!("o"))
    );
    let listed = done(&served, ("GET", &format!("{path}/items"), 200), None).await;
    assert_eq!(
        texts(&listed, "input"),
        ["{\"species\":\"Adelie\"}", "{\"q\":[1]}"]
    );
    let two = listed[0]["id"].as_str().expect("an id");
    done(
        &served,
        ("DELETE", &format!("{path}/items/{two}"), 204),
        None,
    )
    .await;
    done(
        &served,
        ("DELETE", &format!("{path}/items/{two}"), 404),
        None,
    )
    .await;
    let nobody = uuid::Uuid::new_v5(&id.0, b"row-3");
    done(
        &served,
        ("GET", &format!("{path}/items/{nobody}"), 404),
        None,
    )
    .await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_comes_through_either_header_and_a_caller_without_one_is_turned_away() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    let list = format!("{path}/versions");
    let bearer = format!("Bearer {KEY}");
    let check = async |path: &str, header: Option<(&str, &str)>, expected: (u16, Value)| {
        let headers: Vec<(&str, &str)> = header.into_iter().collect();
        let (status, _, text) = served.ask(("GET", path), &headers, None).await;
        let body: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            (status.as_u16(), &body),
            (expected.0, &expected.1),
            "{path} {header:?}"
        );
    };
    for header in [("authorization", bearer.as_str()), ("x-api-key", KEY)] {
        let (status, _, text) = served.ask(("GET", &list), &[header], None).await;
        assert_eq!(status, 200, "{text}");
    }
    let unknown = json!({ "message": "Invalid API key" });
    check(&list, Some(("x-api-key", "sl_no")), (401, unknown.clone())).await;
    check(&list, Some(("authorization", "Bearer no")), (401, unknown)).await;
    let forbidden =
        json!({ "error": "Forbidden", "message": "You don't have access to this resource" });
    check(&list, None, (403, forbidden.clone())).await;
    check(ROOT, None, (403, forbidden)).await;
    check(
        &path,
        None,
        (400, json!({ "message": "projectId is required" })),
    )
    .await;
    served.stop().await;
}
