//! What is asked wrongly is told in this API's words, whatever is wrong with it.

use serde_json::{Value, json};

use super::{ROOT, ask, done, made};
use crate::rest::tests::served::{KEY, Served};

const NOBODY: &str = "0198a1b2-0000-7000-8000-00000000000a";

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_queries_of_the_wrong_form_are_invalid_and_those_of_nothing_are_not_found() {
    let served = Served::start().await;
    let (path, other) = (made(&served, "penguins").await, made(&served, "auks").await);
    let versions = done(&served, ("GET", &format!("{other}/versions"), 200), None).await;
    let foreign = versions["versions"][0]["id"].as_str().expect("an id");
    let no_dataset = format!("{ROOT}/{NOBODY}");
    for (method, path, status, message) in [
        (
            "GET",
            format!("{ROOT}/no-id"),
            422,
            "Validation error: Invalid uuid at \"datasetId\"",
        ),
        ("GET", format!("{ROOT}/%ff"), 422, "Validation error"),
        (
            "GET",
            format!("{path}/items/7"),
            422,
            "Validation error: Invalid uuid at \"itemId\"",
        ),
        (
            "GET",
            format!("{path}/versions/7"),
            422,
            "Validation error: Invalid uuid at \"versionId\"",
        ),
        (
            "POST",
            format!("{path}/versions/7/restore"),
            422,
            "Validation error",
        ),
        (
            "GET",
            format!("{path}/versions?limit=0"),
            422,
            "Validation error: Expected a number",
        ),
        (
            "GET",
            format!("{path}/versions?limit=101"),
            422,
            "Validation error",
        ),
        (
            "GET",
            format!("{ROOT}?sort=oldest"),
            422,
            "Validation error",
        ),
        ("GET", format!("{ROOT}?search=%20"), 422, "Validation error"),
        (
            "GET",
            format!("{ROOT}?search={}", "x".repeat(256)),
            422,
            "Validation error",
        ),
        (
            "GET",
            format!("{ROOT}?projectId=nowhere"),
            404,
            "Project not found",
        ),
        (
            "GET",
            format!("{path}?projectId=nowhere"),
            404,
            "Dataset not found",
        ),
        ("GET", no_dataset.clone(), 404, "Dataset not found"),
        ("DELETE", no_dataset.clone(), 404, "Dataset not found"),
        (
            "POST",
            format!("{no_dataset}/versions"),
            404,
            "Dataset not found",
        ),
        (
            "POST",
            format!("{no_dataset}/duplicate"),
            404,
            "Dataset not found",
        ),
        (
            "GET",
            format!("{path}/versions/{NOBODY}"),
            404,
            "Dataset version not found",
        ),
        (
            "GET",
            format!("{path}/versions/{foreign}"),
            404,
            "Dataset version not found",
        ),
        (
            "POST",
            format!("{path}/versions/{foreign}/restore"),
            404,
            "Dataset version not found",
        ),
        (
            "GET",
            format!("{path}/items/{NOBODY}"),
            404,
            "Dataset item not found",
        ),
        (
            "DELETE",
            format!("{path}/items/{NOBODY}"),
            404,
            "Dataset item not found",
        ),
        (
            "GET",
            "/v1/datasets/nothing".to_owned(),
            404,
            "Dataset not found",
        ),
    ] {
        let (found, body) = ask(&served, method, &path, None).await;
        let told = body["message"].as_str().expect("a message");
        assert!(
            found == status && told.starts_with(message),
            "{method} {path}: {found} {body}"
        );
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_the_wrong_form_are_told_and_change_nothing() {
    let served = Served::start().await;
    let path = made(&served, "penguins").await;
    made(&served, "auks").await;
    let item = done(&served, ("POST", &format!("{path}/items"), 201), None).await;
    let item = format!("{path}/items/{}", item["id"].as_str().expect("an id"));
    let import = format!("{path}/import");
    let (post, patch) = ("POST", "PATCH");
    let long = json!({ "name": "x".repeat(256) }).to_string();
    let wordy = json!({ "name": "x", "description": "x".repeat(10_001) }).to_string();
    let large = json!({ "input": "x".repeat(600 << 10) }).to_string();
    for (method, path, body, status, message) in [
        (post, ROOT, "", 422, "Validation error: Required"),
        (post, ROOT, "{}", 422, "Validation error: missing field"),
        (post, ROOT, "{", 400, "the body is not JSON"),
        (post, ROOT, "[]", 422, "Validation error"),
        (
            post,
            ROOT,
            r#"{"name":1}"#,
            422,
            "Validation error: invalid type",
        ),
        (
            post,
            ROOT,
            r#"{"name":"  "}"#,
            422,
            "Validation error: a name has",
        ),
        (post, ROOT, r#"{"name":null}"#, 422, "Validation error"),
        (post, ROOT, &long, 422, "Validation error: a name has"),
        (post, ROOT, &wordy, 422, "Validation error"),
        (
            post,
            ROOT,
            r#"{"name":"Penguins"}"#,
            409,
            "Dataset name already exists",
        ),
        (patch, &path, "", 400, "No fields to update"),
        (patch, &path, r#"{"more":1}"#, 400, "No fields to update"),
        (patch, &path, r#"{"name":null}"#, 422, "Validation error"),
        (
            patch,
            &path,
            r#"{"name":"AUKS"}"#,
            409,
            "Dataset name already exists",
        ),
        (patch, &item, "{}", 400, "No fields to update"),
        (patch, &item, r#"{"input":null}"#, 422, "Validation error"),
        (
            patch,
            &item,
            r#"{"groundTruth":1}"#,
            422,
            "Validation error",
        ),
        (patch, &item, &large, 413, "an item's value is over"),
        (post, &import, "{}", 422, "Validation error: missing field"),
        (
            post,
            &import,
            r#"{"format":"xml","content":"a"}"#,
            422,
            "Validation error",
        ),
        (
            post,
            &import,
            r#"{"format":"csv","content":""}"#,
            422,
            "Validation error",
        ),
        (
            post,
            &import,
            r#"{"format":"csv","content":"a\nb"}"#,
            400,
            "CSV import requires",
        ),
        (
            post,
            &import,
            r#"{"format":"jsonl","content":"{"}"#,
            400,
            "Invalid JSONL",
        ),
    ] {
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str())];
        let (found, _, text) = served.ask((method, path), &headers, Some(body)).await;
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        let told = answer["message"].as_str().expect("a message");
        let shown = &body[..body.len().min(40)];
        assert!(
            found.as_u16() == status && told.starts_with(message),
            "{method} {path} {shown}: {found} {answer}"
        );
    }
    let whole = done(&served, ("GET", &path, 200), None).await;
    assert_eq!(
        (&whole["itemCount"], &whole["currentVersionNumber"]),
        (&json!(1), &json!(2))
    );
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_in_the_words_of_the_dialect() {
    for (response, status, message) in [
        (
            crate::rest::not_found("/v1/datasets-v2/a/b/c"),
            404,
            "Not Found",
        ),
        (
            crate::rest::method_not_allowed("/v1/datasets-v2"),
            405,
            "Method Not Allowed",
        ),
        (
            crate::rest::method_not_allowed("/v1/datasets/slug"),
            405,
            "Method Not Allowed",
        ),
    ] {
        assert_eq!(response.status().as_u16(), status);
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await;
        let body: Value = serde_json::from_slice(&bytes.expect("bytes")).expect("JSON");
        assert_eq!(body, json!({ "message": message }));
    }
}
