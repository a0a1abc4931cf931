//! The life of a dataset as a caller of this API sees it.

use serde_json::{Value, json};

use super::{ROOT, ask, done, made};
use crate::domain::ids::DatasetId;
use crate::ledger::{ItemKind, NewCommit, NewItem, VersionSpec};
use crate::rest::tests::served::{KEY, Served};

const DATASET: &[&str] = &[
    "id",
    "projectId",
    "ownerId",
    "ownerName",
    "ownerEmail",
    "name",
    "description",
    "createdAt",
    "updatedAt",
    "itemCount",
    "currentVersionId",
    "currentVersionNumber",
    "currentVersionCreatedAt",
    "currentVersionCreatedBy",
    "currentVersionRestoredFromVersionId",
    "evaluatorSlot1Id",
    "evaluatorSlot2Id",
    "evaluatorSlot3Id",
    "evaluatorSlot4Id",
    "evaluatorSlot5Id",
    "evaluatorConfigs",
];
const VERSION: &[&str] = &[
    "id",
    "datasetId",
    "versionNumber",
    "createdAt",
    "createdBy",
    "restoredFromVersionId",
    "name",
    "description",
    "itemCount",
];
const ITEM: &[&str] = &[
    "id",
    "datasetId",
    "input",
    "groundTruth",
    "output",
    "evaluatorResult1",
    "evaluatorResult2",
    "evaluatorResult3",
    "evaluatorResult4",
    "evaluatorResult5",
    "createdAt",
    "updatedAt",
];
const VERSION_ITEM: &[&str] = &[
    "id",
    "versionId",
    "datasetId",
    "itemIndex",
    "input",
    "groundTruth",
    "output",
    "sourceItemId",
    "sourceCreatedAt",
    "sourceUpdatedAt",
    "evaluatorResult1",
    "evaluatorResult2",
    "evaluatorResult3",
    "evaluatorResult4",
    "evaluatorResult5",
];

/// Checks that an object has these members and no other, each id and time in its form.
#[track_caller]
fn check_shape(object: &Value, members: &[&str]) {
    let found = object.as_object().expect("an object");
    let mut names: Vec<&str> = found.keys().map(String::as_str).collect();
    let mut expected = members.to_vec();
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for (name, value) in found {
        let Some(text) = value.as_str() else { continue };
        if name.ends_with("At") {
            let form = "2026-01-31T09:30:00.000Z";
            assert!(
                text.len() == form.len() && text.ends_with('Z'),
                "{name}: {text}"
            );
        }
        if name == "id" || name.ends_with("Id") {
            assert!(uuid::Uuid::try_parse(text).is_ok(), "{name}: {text}");
        }
    }
}

fn texts(items: &Value, member: &str) -> Vec<String> {
    let items = items.as_array().expect("items");
    let text = |item: &Value| item[member].as_str().unwrap_or("-").to_owned();
    items.iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_makes_a_version_and_a_restore_brings_words_and_items_back() {
    let served = Served::start().await;
    let body = json!({ "name": " penguins ", "description": "of Palmer", "more": 1 });
    let dataset = done(&served, ("POST", ROOT, 201), Some(&body)).await;
    check_shape(&dataset, DATASET);
    assert_eq!(
        (&dataset["name"], &dataset["currentVersionNumber"]),
        (&json!("penguins"), &json!(1))
    );
    assert_eq!(
        (&dataset["itemCount"], &dataset["evaluatorConfigs"]),
        (&json!(0), &json!({}))
    );
    let path = format!("{ROOT}/{}", dataset["id"].as_str().expect("an id"));
    let items = format!("{path}/items");

    let one = json!({ "input": "a", "groundTruth": "b", "output": "c" });
    let one = done(&served, ("POST", &items, 201), Some(&one)).await;
    check_shape(&one, ITEM);
    let two = done(&served, ("POST", &items, 201), None).await;
    assert_eq!(
        (&two["input"], &two["groundTruth"], &two["output"]),
        (&json!(""), &Value::Null, &Value::Null)
    );
    let one_at = format!("{items}/{}", one["id"].as_str().expect("an id"));
    assert_eq!(done(&served, ("GET", &one_at, 200), None).await, one);
    let change = json!({ "groundTruth": null, "input": "a2" });
    let changed = done(&served, ("PATCH", &one_at, 200), Some(&change)).await;
    check_shape(&changed, ITEM);
    assert_eq!(
        (
            &changed["input"],
            &changed["groundTruth"],
            &changed["output"]
        ),
        (&json!("a2"), &Value::Null, &json!("c"))
    );
    assert_eq!(changed["createdAt"], one["createdAt"]);
    assert_eq!(done(&served, ("GET", &one_at, 200), None).await, changed);

    let whole = done(&served, ("GET", &path, 200), None).await;
    assert_eq!(
        (&whole["itemCount"], &whole["currentVersionNumber"]),
        (&json!(2), &json!(4))
    );
    assert_eq!(texts(&whole["items"], "input"), ["a2", ""]);
    let newest_first = done(&served, ("GET", &items, 200), None).await;
    assert_eq!(texts(&newest_first, "input"), ["", "a2"]);

    let words = json!({ "name": "auks", "description": null });
    let named = done(&served, ("PATCH", &path, 200), Some(&words)).await;
    assert_eq!(
        (
            &named["name"],
            &named["description"],
            &named["currentVersionNumber"]
        ),
        (&json!("auks"), &Value::Null, &json!(5))
    );
    let quietly = format!("{one_at}?skipVersion=YES");
    done(&served, ("DELETE", &quietly, 204), None).await;
    done(&served, ("GET", &one_at, 404), None).await;

    let versions = format!("{path}/versions");
    let snapshot = done(&served, ("POST", &versions, 201), None).await;
    check_shape(&snapshot["version"], VERSION);
    check_shape(&snapshot["dataset"], DATASET);
    assert_eq!(
        snapshot["version"]["id"],
        snapshot["dataset"]["currentVersionId"]
    );
    assert_eq!(
        (
            &snapshot["version"]["versionNumber"],
            &snapshot["version"]["itemCount"]
        ),
        (&json!(6), &json!(1))
    );
    let listed = done(&served, ("GET", &format!("{versions}?limit=4"), 200), None).await;
    let numbers: Vec<&Value> = listed["versions"]
        .as_array()
        .expect("versions")
        .iter()
        .map(|it| &it["versionNumber"])
        .collect();
    assert_eq!(numbers, [6, 5, 4, 3]);
    let second = &done(&served, ("GET", &versions, 200), None).await["versions"][4];
    assert_eq!(
        (
            &second["versionNumber"],
            &second["name"],
            &second["description"]
        ),
        (&json!(2), &json!("penguins"), &json!("of Palmer"))
    );

    let version = format!("{versions}/{}", second["id"].as_str().expect("an id"));
    let read = done(&served, ("GET", &version, 200), None).await;
    assert_eq!(&read["version"], second);
    check_shape(&read["items"][0], VERSION_ITEM);
    assert_eq!(
        (
            &read["items"][0]["itemIndex"],
            &read["items"][0]["sourceItemId"]
        ),
        (&json!(1), &one["id"])
    );
    let restored = done(&served, ("POST", &format!("{version}/restore"), 200), None).await;
    assert_eq!(
        (&restored["name"], &restored["description"]),
        (&json!("penguins"), &json!("of Palmer"))
    );
    assert_eq!(
        (
            &restored["currentVersionNumber"],
            &restored["currentVersionRestoredFromVersionId"]
        ),
        (&json!(7), &second["id"])
    );
    assert_eq!(restored["items"], json!([one]));

    done(&served, ("DELETE", &path, 204), None).await;
    assert_eq!(
        ask(&served, "GET", &path, None).await,
        (404, json!({ "message": "Dataset not found" }))
    );
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datasets_are_listed_searched_imported_into_duplicated_and_found_by_name() {
    let served = Served::start().await;
    let (auks, bears) = (made(&served, "auks").await, made(&served, "Bears").await);
    let csv = json!({ "format": "csv", "content": "input,expected_output\na,1\nb,\n" });
    let import = format!("{bears}/import");
    let imported = done(&served, ("POST", &import, 200), Some(&csv)).await;
    assert_eq!(imported, json!({ "insertedCount": 2 }));
    let lines: String = (0..3_000)
        .map(|number| format!("{{\"input\":\"row {number}\"}}\n"))
        .collect();
    let lines = json!({ "format": "jsonl", "content": lines });
    let imported = done(&served, ("POST", &import, 200), Some(&lines)).await;
    assert_eq!(imported, json!({ "insertedCount": 3_000 }));
    let nothing = json!({ "format": "csv", "content": "input\n" });
    assert_eq!(
        done(&served, ("POST", &import, 200), Some(&nothing)).await,
        json!({ "insertedCount": 0 })
    );
    let whole = done(&served, ("GET", &bears, 200), None).await;
    assert_eq!(
        (&whole["itemCount"], &whole["currentVersionNumber"]),
        (&json!(3_002), &json!(3))
    );
    let inputs = texts(&whole["items"], "input");
    assert_eq!(
        (inputs.len(), inputs[0].as_str(), inputs[3_001].as_str()),
        (3_002, "a", "row 2999")
    );
    let mut newest_first = texts(
        &done(&served, ("GET", &format!("{bears}/items"), 200), None).await,
        "input",
    );
    newest_first.reverse();
    assert_eq!(newest_first, inputs);

    let words = json!({ "description": "of the Arctic" });
    done(&served, ("PATCH", &bears, 200), Some(&words)).await;
    for (query, expected) in [
        ("", vec!["Bears", "auks"]),
        ("/", vec!["Bears", "auks"]),
        ("?sort=alphabetical", vec!["auks", "Bears"]),
        ("?sort=items", vec!["Bears", "auks"]),
        ("?sort=updated", vec!["Bears", "auks"]),
        ("?search=ARCTIC", vec!["Bears"]),
        ("?search=%20auk&sort=newest", vec!["auks"]),
        ("?search=whale", vec![]),
    ] {
        let listed = done(&served, ("GET", &format!("{ROOT}{query}"), 200), None).await;
        assert_eq!(texts(&listed, "name"), expected, "{query}");
    }
    for name in ["Bears copy", "Bears copy (2)", "Bears copy (3)"] {
        let copy = done(&served, ("POST", &format!("{bears}/duplicate"), 201), None).await;
        check_shape(&copy, DATASET);
        assert_eq!(
            (
                &copy["name"],
                &copy["itemCount"],
                &copy["currentVersionNumber"]
            ),
            (&json!(name), &json!(3_002), &json!(1))
        );
        assert_eq!(copy["description"], "of the Arctic");
    }
    let found = done(&served, ("GET", "/v1/datasets/bears", 200), None).await;
    assert_eq!(
        (&found["slug"], &found["ownerId"]),
        (&json!("Bears"), &Value::Null)
    );
    assert_eq!(
        found["items"][0],
        json!({ "input": "a", "idealOutput": "1" })
    );
    assert_eq!(found["items"].as_array().expect("items").len(), 3_002);
    let id = auks.rsplit('/').next().expect("an id");
    let found = done(&served, ("GET", &format!("/v1/datasets/{id}"), 200), None).await;
    assert_eq!((&found["id"], &found["items"]), (&json!(id), &json!([])));
    served.stop().await;
}

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
