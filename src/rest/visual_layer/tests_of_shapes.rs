//! The examples that this API's users know, as shapes: fields, order, types, forms of times.

use serde_json::{Value, json};

use super::tests::ask;
use crate::rest::tests::served::Served;

/// Whether a value has the fields of an example, in their order and of their types. Texts that end
/// in digits and have the length of a time must have the form of the example's.
fn check_shape(found: &Value, example: &Value) {
    let (found, example) = (
        found.as_object().expect("one"),
        example.as_object().expect("one"),
    );
    let fields: Vec<_> = found.keys().collect();
    assert_eq!(fields, example.keys().collect::<Vec<_>>());
    for (field, expected) in example {
        let value = &found[field];
        let same = match expected {
            // Null stands for what may be null.
            Value::Null => value.is_null() || value.is_string(),
            Value::Bool(_) => value.is_boolean(),
            Value::Number(_) => value.is_u64(),
            Value::String(_) => value.is_string(),
            Value::Array(_) | Value::Object(_) => false,
        };
        assert!(same, "{field}: {value}, as {expected}");
        if field.ends_with("_at") || field.ends_with("_time") {
            let form = |text: &Value| -> String {
                let text = text.as_str().unwrap_or_default().chars();
                text.map(|one| if one.is_ascii_digit() { '0' } else { one })
                    .collect()
            };
            assert_eq!(form(value), form(expected), "{field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_have_the_shapes_of_the_examples() {
    let served = Served::start().await;
    let id = served.dataset("Product Images Q1").await;
    let path = format!("/api/v1/dataset/{id}/snapshot");
    let body = r#"{"name": "pre-enrichment-checkpoint", "description": "Before it"}"#;
    let (status, made) = ask(&served, "POST", &path, Some(body)).await;
    assert_eq!(status, 200, "{made}");
    let example = json!({
        "snapshot_id": "183163fa-e999-43da-b92f-964b445af9d7",
        "snapshot_name": "pre-enrichment-checkpoint",
        "source_dataset_name": "Product Images Q1",
        "created_at": "2026-03-29T12:21:33.090247",
        "created_by": "rachel@visual-layer.com",
        "n_images": 26,
        "n_videos": 0,
        "description": "Before it",
        "reason": "manual",
        "training_model_id": null,
        "training_model_name": null,
        "is_current": true,
        "is_restoring": false,
    });
    check_shape(&made, &example);
    for same in [
        "snapshot_name",
        "source_dataset_name",
        "description",
        "reason",
        "is_current",
    ] {
        assert_eq!(made[same], example[same]);
    }
    let (_, listed) = ask(&served, "GET", &path, None).await;
    assert_eq!(listed[0], made);
    check_shape(&listed[1], &example);
    assert_eq!(
        (&listed[1]["reason"], &listed[2]),
        (&json!("creation"), &Value::Null)
    );

    let (_, found) = ask(&served, "GET", &format!("/api/v1/dataset/{id}"), None).await;
    let example = json!({
        "id": "ad48d250-1232-11f1-bfca-fa39f6ed1f22",
        "display_name": "Product Images Q1",
        "description": "",
        "source_type": "BUCKET",
        "owned_by": "VL",
        "created_at": "2025-04-24T07:44:46.136915",
        "status_new": "READY",
        "progress": 100,
        "n_images": 26,
        "n_videos": 0,
        "n_objects": 0,
        "fatal_error_msg": null,
        "source_dataset_id": null,
    });
    check_shape(&found, &example);
    assert_eq!(
        (&found["id"], &found["status_new"]),
        (&json!(id), &json!("READY"))
    );

    let clone = format!(
        "{path}/{}/clone",
        made["snapshot_id"].as_str().expect("text")
    );
    assert_eq!(ask(&served, "POST", &clone, None).await, (202, Value::Null));
    let (_, page) = ask(&served, "GET", "/api/v1/tasks", None).await;
    assert_eq!(
        (&page["total"], &page["page"], &page["page_size"]),
        (&json!(1), &json!(1), &json!(20))
    );
    let example = json!({
        "task_id": "a1b2c3d4-5678-90ab-cdef-1234567890ab",
        "dataset_id": "b1a39406-123d-11f1-9353-fa39f6ed1f22",
        "dataset_name": "Product Images Q1",
        "dataset_status": "READY",
        "created_by": "rachel@visual-layer.com",
        "task_type": "ENRICHMENT",
        "status": "FAILED",
        "status_message": "Enrichment failed",
        "progress_percentage": 45,
        "error_message": null,
        "start_time": "2026-03-01T14:30:00Z",
        "end_time": "2026-03-01T14:35:12Z",
    });
    check_shape(&page["tasks"][0], &example);
    assert_eq!(
        page["tasks"][0]["dataset_name"],
        "Product Images Q1 (cloned)"
    );
    served.stop().await;
}
