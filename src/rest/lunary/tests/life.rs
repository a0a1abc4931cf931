//! The life of a dataset as a caller of this API sees it.

use serde_json::{Value, json};

use super::shapes::{DATASET, ITEM, VERSION, VERSION_ITEM, check, check_shape, texts};
use super::{ROOT, ask, done, made};
use crate::rest::tests::served::Served;

#[tokio::test(flavor = "multi_thread")]
async fn every_change_makes_a_version() {
    let served = Served::start().await;
    let body = json!({ "name": " penguins ", "description": "of Palmer", "more": 1 });
    let dataset = done(&served, ("POST", ROOT, 201), Some(&body)).await;
    check_shape(&dataset, DATASET);
    let expected = json!({ "name": "penguins", "currentVersionNumber": 1, "itemCount": 0,
        "description": "of Palmer", "evaluatorConfigs": {} });
    check(&dataset, &expected);
    let path = format!("{ROOT}/{}", dataset["id"].as_str().expect("an id"));
    let items = format!("{path}/items");

    let one = json!({ "input": "a", "groundTruth": "b", "output": "c" });
    let one = done(&served, ("POST", &items, 201), Some(&one)).await;
    check_shape(&one, ITEM);
    let two = done(&served, ("POST", &items, 201), None).await;
    check(
        &two,
        &json!({ "input": "", "groundTruth": null, "output": null }),
    );
    let one_at = format!("{items}/{}", one["id"].as_str().expect("an id"));
    assert_eq!(done(&served, ("GET", &one_at, 200), None).await, one);
    let change = json!({ "groundTruth": null, "input": "a2" });
    let changed = done(&served, ("PATCH", &one_at, 200), Some(&change)).await;
    check_shape(&changed, ITEM);
    let expected = json!({ "input": "a2", "groundTruth": null, "output": "c",
        "createdAt": one["createdAt"] });
    check(&changed, &expected);
    assert_eq!(done(&served, ("GET", &one_at, 200), None).await, changed);

    let whole = done(&served, ("GET", &path, 200), None).await;
    check(
        &whole,
        &json!({ "itemCount": 2, "currentVersionNumber": 4 }),
    );
    assert_eq!(texts(&whole["items"], "input"), ["a2", ""]);
    let newest_first = done(&served, ("GET", &items, 200), None).await;
    assert_eq!(texts(&newest_first, "input"), ["", "a2"]);

    let words = json!({ "name": "auks", "description": null });
    let named = done(&served, ("PATCH", &path, 200), Some(&words)).await;
    let expected = json!({ "name": "auks", "description": null, "currentVersionNumber": 5 });
    check(&named, &expected);
    let quietly = format!("{one_at}?skipVersion=YES");
    done(&served, ("DELETE", &quietly, 204), None).await;
    done(&served, ("GET", &one_at, 404), None).await;
    let whole = done(&served, ("GET", &path, 200), None).await;
    check(
        &whole,
        &json!({ "itemCount": 1, "currentVersionNumber": 5 }),
    );

    done(&served, ("DELETE", &path, 204), None).await;
    let gone = (404, json!({ "message": "Dataset not found" }));
    assert_eq!(ask(&served, "GET", &path, None).await, gone);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_read_and_a_restore_brings_its_words_and_items_back() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    let words = json!({ "description": "of Palmer" });
    done(&served, ("PATCH", &path, 200), Some(&words)).await;
    let (items, versions) = (format!("{path}/items"), format!("{path}/versions"));
    let one = done(
        &served,
        ("POST", &items, 201),
        Some(&json!({ "input": "a" })),
    )
    .await;
    done(&served, ("POST", &items, 201), None).await;
    let words = json!({ "name": "auks", "description": null });
    done(&served, ("PATCH", &path, 200), Some(&words)).await;

    let snapshot = done(&served, ("POST", &versions, 201), None).await;
    let (version, dataset) = (&snapshot["version"], &snapshot["dataset"]);
    check_shape(version, VERSION);
    check_shape(dataset, DATASET);
    assert_eq!(version["id"], dataset["currentVersionId"]);
    let expected = json!({ "versionNumber": 6, "itemCount": 2, "name": "auks",
        "description": null, "restoredFromVersionId": null });
    check(version, &expected);
    let listed = done(&served, ("GET", &format!("{versions}?limit=4"), 200), None).await;
    let listed = listed["versions"].as_array().expect("versions").clone();
    let numbers: Vec<&Value> = listed.iter().map(|it| &it["versionNumber"]).collect();
    assert_eq!(numbers, [6, 5, 4, 3]);
    assert_eq!(&listed[0], version);

    let third = &listed[3];
    let words = json!({ "name": "penguins", "description": "of Palmer" });
    check(third, &words);
    let at = format!("{versions}/{}", third["id"].as_str().expect("an id"));
    let read = done(&served, ("GET", &at, 200), None).await;
    assert_eq!(&read["version"], third);
    check_shape(&read["items"][0], VERSION_ITEM);
    let expected = json!({ "itemIndex": 1, "sourceItemId": one["id"], "input": "a",
        "sourceCreatedAt": one["createdAt"] });
    check(&read["items"][0], &expected);
    assert_eq!(done(&served, ("GET", &at, 200), None).await, read);

    let restored = done(&served, ("POST", &format!("{at}/restore"), 200), None).await;
    check(&restored, &words);
    let expected = json!({ "currentVersionNumber": 7, "itemCount": 1, "items": [one],
        "currentVersionRestoredFromVersionId": third["id"] });
    check(&restored, &expected);
    served.stop().await;
}
