//! Datasets in lists, filled by imports, duplicated, and found by their names.

use serde_json::{Value, json};

use super::shapes::{DATASET, check, check_shape, texts};
use super::{ROOT, done, made};
use crate::rest::tests::served::Served;

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
    check(
        &whole,
        &json!({ "itemCount": 3_002, "currentVersionNumber": 3 }),
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
